"""Recordings as spans: Chrome's trace events, OpenTelemetry through a real collector; folders."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from commands import environment
from support import ENGINES, Recorded, record
from ui import handmade

from rerun_trace import cli
from rerun_trace.db.store import TraceStore
from rerun_trace.exporting import chrome_trace, otlp
from rerun_trace.exporting.folder import file_name, index_page
from rerun_trace.exporting.job import Export, ExportProblem
from rerun_trace.exporting.spans import Kind, Level, Span, spans_of

pytestmark = pytest.mark.first_row

APP = """
import threading
import streamlit as st

@st.cache_data
def load(n):
    return [double(i) for i in range(n)]

def double(i):
    return 2 * i

def outer(n):
    values = numbers(n)
    return sum(values) + inner(n)

def inner(n):
    return n if n < 2 else inner(n - 1)

def numbers(n):
    for i in range(n):
        yield double(i)

def changed():
    st.session_state.n = double(st.session_state.n)

@st.fragment
def clock():
    load(3)
    st.button("Tick")

def work():
    for i in range(3):
        double(i)

st.session_state.setdefault("n", 4)
outer(st.session_state.n)
load(3)
clock()
thread = threading.Thread(target=work)
thread.start()
thread.join()
st.button("Change", on_click=changed)
if st.button("Again"):
    st.session_state.n = 1
    st.rerun()
if st.button("Fail"):
    outer([])
"""
STEPS = [{"click": "Change"}, {"click": "Again"}, {"click": "Tick"}, {"click": "Fail"}]


@pytest.fixture(scope="module", params=ENGINES)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("spans")
    app = folder / "spans" / "app.py"
    app.parent.mkdir()
    app.write_text(APP)
    return record(app, STEPS, folder / "db.sqlite", engine=request.param)


@pytest.fixture(scope="module")
def spans(recorded: Recorded) -> list[Span]:
    with recorded.store() as store:
        return spans_of(store, recorded.id)


def of(spans: list[Span], kind: Kind) -> list[Span]:
    return [span for span in spans if span.kind is kind]


def ancestors(span: Span) -> list[tuple[Kind, str]]:
    found = []
    while span.parent is not None:
        span = span.parent
        found.append((span.kind, span.name))
    return found


def test_what_happened_is_told_as_spans_inside_of_each_other(spans: list[Span]) -> None:
    interactions = of(spans, Kind.INTERACTION)
    assert [span.name for span in interactions] == [
        *("first load", "click Change", "click Again", "click Tick", "click Fail")
    ]
    runs = of(spans, Kind.RUN)
    outcomes = [run.args["outcome"] for run in runs]
    assert outcomes == ["completed", "completed", "rerun", "completed", "completed", "error"]
    assert [run.parent for run in runs] == [interactions[n] for n in (0, 1, 2, 2, 3, 4)]
    assert [run.cause for run in runs] == [None, None, None, runs[2], None, None]
    assert runs[5].failed is not None
    assert runs[5].failed.startswith("TypeError")
    assert [run.failed for run in runs[:5]] == [None] * 5
    (callback,) = of(spans, Kind.CALLBACK)
    assert (callback.name, callback.parent) == ("changed", runs[1])
    assert callback.args["widget"] == "Change"
    cached = of(spans, Kind.CACHE)
    assert cached[0].args["outcome"] == "miss"
    assert all(access.args["outcome"] == "hit" for access in cached[1:])
    fragments = of(spans, Kind.FRAGMENT)
    assert {span.name for span in fragments} == {"clock"}
    assert {span.run for span in fragments} == {1, 2, 3, 4, 5, 6}
    calls = of(spans, Kind.CALL)
    in_callback = [span for span in calls if span.parent is callback or span.name == "changed"]
    assert in_callback
    recursive = [span for span in calls if (span.name, span.run) == ("inner", 1)][:4]
    assert [name for _, name in ancestors(recursive[-1])] == [
        *("inner", "inner", "inner", "outer", "run 1", "first load")
    ]
    on_thread = [span for span in calls if span.thread]
    assert {span.name for span in on_thread} == {"work", "double"}


def test_what_lies_in_a_span_lies_in_it_whole(spans: list[Span]) -> None:
    seen: set[int] = set()
    for span in spans:
        assert 0 <= span.start_ns <= span.end_ns
        if span.parent is not None:
            assert id(span.parent) in seen, "a parent comes first"
            if span.thread == span.parent.thread:
                assert span.parent.start_ns <= span.start_ns
                assert span.end_ns <= span.parent.end_ns
        seen.add(id(span))


def test_levels_tell_more_or_less(recorded: Recorded, spans: list[Span]) -> None:
    with recorded.store() as store:
        none = spans_of(store, recorded.id, Level.NONE)
        run = spans_of(store, recorded.id, Level.RUN)
    assert {span.kind for span in none} == {Kind.INTERACTION}
    assert {span.kind for span in run} == set(Kind) - {Kind.CALL}
    assert len(run) == len([span for span in spans if span.kind is not Kind.CALL])


# -- Chrome's trace event format ----------------------------------------------------------------


def read_strictly(document: Any) -> dict[tuple[int, int], list[tuple[int, str, str]]]:
    """The slices of each track as (depth, category, name), read as the format demands it.

    Slices of one track must nest; async events come in pairs, arrows begin and end in slices.
    """
    assert set(document) == {"displayTimeUnit", "otherData", "traceEvents"}
    tracks: dict[tuple[int, int], list[Any]] = defaultdict(list)
    names: dict[tuple[str, int, int], str] = {}
    pairs: dict[tuple[str, int], list[str]] = defaultdict(list)
    arrows: list[Any] = []
    for event in document["traceEvents"]:
        assert type(event["pid"]) is int
        assert type(event["tid"]) is int
        assert type(event["name"]) is str
        if event["ph"] == "M":
            assert event["name"] in ("process_name", "thread_name")
            key = (event["name"], event["pid"], event["tid"])
            assert key not in names
            names[key] = event["args"]["name"]
            continue
        assert type(event["ts"]) is int
        assert event["ts"] >= 0
        assert type(event["cat"]) is str
        if event["ph"] == "X":
            assert event["dur"] >= 0
            assert all(type(value) in (str, int, bool) for value in event["args"].values())
            tracks[event["pid"], event["tid"]].append(event)
        elif event["ph"] in ("b", "e"):
            pairs[event["cat"], event["id"]].append(event["ph"])
        else:
            assert event["ph"] in ("s", "f")
            arrows.append(event)
    assert all(both == ["b", "e"] for both in pairs.values())
    for event in arrows:
        around = tracks[event["pid"], event["tid"]]
        assert any(s["ts"] <= event["ts"] <= s["ts"] + s["dur"] for s in around)
    found: dict[Any, list[Any]] = {}
    for track, events in tracks.items():
        assert ("process_name", track[0], 0) in names
        assert ("thread_name", *track) in names
        stack: list[int] = []
        found[track] = []
        # A reader sorts by time, and takes what came first in the file for the outer one.
        for event in sorted(events, key=lambda e: (e["ts"], -e["dur"])):
            end = event["ts"] + event["dur"]
            while stack and stack[-1] <= event["ts"] and end > stack[-1]:
                stack.pop()
            while stack and stack[-1] < event["ts"]:
                stack.pop()
            assert not stack or end <= stack[-1], "slices of one track nest"
            stack.append(end)
            found[track].append((len(stack), event["cat"], event["name"]))
    return found


def test_a_trace_file_can_be_read_strictly(recorded: Recorded, tmp_path: Path) -> None:
    with recorded.store() as store:
        chrome_trace.write(Export(store, tmp_path / "trace.json", (recorded.id,)))
        (info,) = store.recordings()
    document = json.loads((tmp_path / "trace.json").read_text("utf-8"))
    tracks = read_strictly(document)
    script = tracks[1, 1]
    assert [name for depth, _, name in script if depth == 1] == [f"run {n}" for n in range(1, 7)]
    assert (2, "callback", "changed") in script
    assert max(depth for depth, *_ in script) >= 5  # run, outer, inner, inner, inner
    assert any(
        name == "work" for track, found in tracks.items() if track != (1, 1) for *_, name in found
    )
    durations = {
        event["name"]: event["dur"] * 1000
        for event in document["traceEvents"]
        if event["ph"] == "X" and event["cat"] == "run"
    }
    for run in recorded.facts["runs"]:
        assert abs(durations[f"run {run['n']}"] - run["duration_ns"]) <= 1000
    assert document["otherData"]["app"] == info.app
    arrows = [event for event in document["traceEvents"] if event["ph"] in "sf"]
    assert [(event["ph"], event["name"], event["id"]) for event in arrows] == [
        *(("s", "rerun", 4), ("f", "rerun", 4))
    ]


def test_runs_that_overlap_are_on_tracks_of_their_own() -> None:
    load = Span(Kind.INTERACTION, "load", 0, 90_000, 1, args={"interaction": 0})
    runs = [
        Span(Kind.RUN, "run 1", 0, 50_000, 1, 1, parent=load),
        Span(Kind.RUN, "run 2", 40_000, 90_000, 1, 2, parent=load),
        Span(Kind.RUN, "run 3", 60_000, 70_000, 1, 3, parent=load),
        Span(Kind.RUN, "run 4", 60_000, 70_000, 2, 4, parent=load),
    ]
    made = chrome_trace.events([load, *runs], "app.py")
    tracks = read_strictly({"displayTimeUnit": "ms", "otherData": {}, "traceEvents": made})
    assert {track: [name for *_, name in found] for track, found in tracks.items()} == {
        (1, 1): ["run 1", "run 3"],
        (1, 2): ["run 2"],
        (2, 1): ["run 4"],
    }


# -- OpenTelemetry ------------------------------------------------------------------------------


class Receiver:
    """The end of the line: takes OTLP over HTTP, read by OpenTelemetry's own classes."""

    def __init__(self, status: int = 200) -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
            ExportTraceServiceRequest,
        )

        self.requests: list[Any] = []
        self.arrived = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                import gzip

                data = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    data = gzip.decompress(data)
                assert self.path == "/v1/traces"
                receiver.requests.append(ExportTraceServiceRequest.FromString(data))
                self.send_response(status)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()
                receiver.arrived.set()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self) -> list[Any]:
        return [
            span
            for request in list(self.requests)
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def collector(receiver: Receiver, tmp_path: Path) -> Iterator[str]:
    """The address of Rotel, an OpenTelemetry collector, that hands on what it gets."""
    import rotel

    agent = Path(rotel.__file__).parent / "rotel-agent"
    ports = [free_port(), free_port()]
    command = [
        *(agent, "start", "--exporter", "otlp", "--otlp-exporter-endpoint", receiver.url),
        *("--otlp-exporter-protocol", "http", "--batch-timeout", "100ms"),
        *("--otlp-grpc-endpoint", f"127.0.0.1:{ports[0]}"),
        *("--otlp-http-endpoint", f"127.0.0.1:{ports[1]}"),
    ]
    # It has Python's library inside of it, which need not be where the loader looks.
    libraries = {"LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR"))}
    with (tmp_path / "collector.log").open("wb") as log:
        process = subprocess.Popen(
            list(map(str, command)), stdout=log, stderr=log, env=os.environ | libraries
        )
    try:
        while True:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", ports[1]), 1).close()
                break
            assert process.poll() is None, (tmp_path / "collector.log").read_text()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{ports[1]}"
    finally:
        process.terminate()
        process.wait(20)


def test_a_collector_receives_the_spans_with_their_parents(
    recorded: Recorded, spans: list[Span], collector: str, receiver: Receiver
) -> None:
    # GIVEN a real collector that hands on what it takes
    with recorded.store() as store:
        sent = otlp.send(store, [recorded.id], collector, Level.CALL)
        info = store.recording(recorded.id)
    assert sent == len(spans)
    # WHEN all of it has come through
    while len(receiver.spans()) < sent:
        assert receiver.arrived.wait(30), "nothing came through the collector"
        receiver.arrived.clear()
    got = receiver.spans()
    assert len(got) == sent
    # THEN each span has the parent that it has here, and the time at which it was
    by_id = {(span.trace_id, span.span_id): span for span in got}
    assert len(by_id) == sent
    began = info.started_at.timestamp()

    def path(span: Any) -> tuple[str, ...]:
        names = [span.name]
        while span.parent_span_id:
            span = by_id[span.trace_id, span.parent_span_id]
            names.append(span.name)
        return tuple(names)

    expected = sorted((span.name, *(name for _, name in ancestors(span))) for span in spans)
    assert sorted(map(path, got)) == expected
    assert len({span.trace_id for span in got}) == len(of(spans, Kind.INTERACTION))
    runs = {span.name: span for span in got if re.fullmatch(r"run \d", span.name)}
    for run in of(spans, Kind.RUN):
        mine = runs[run.name]
        assert abs(mine.start_time_unix_nano / 1e9 - began - run.start_ns / 1e9) < 1e-5
        assert abs(mine.end_time_unix_nano / 1e9 - began - run.end_ns / 1e9) < 1e-5
    assert [link.span_id for link in runs["run 4"].links] == [runs["run 3"].span_id]
    assert runs["run 6"].status.code == 2
    told = {each.key: each.value.string_value for each in runs["run 6"].attributes}
    assert told["rerun_trace.outcome"] == "error"
    assert told["rerun_trace.trigger"] == "interaction 4"
    service = {
        each.key: each.value.string_value
        for request in receiver.requests
        for resource in request.resource_spans
        for each in resource.resource.attributes
    }
    assert service["service.name"] == "app.py"
    assert service["process.runtime.version"] == info.python


def test_what_cannot_be_sent_is_said_in_one_line(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusal(url: str) -> str:
        with recorded.store() as store, pytest.raises(ExportProblem) as caught:
            otlp.send(store, [recorded.id], url)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    for url in ("localhost:4318", "ftp://x", "http://", "http://x:99999", "http://[::1", ""):
        assert "write it like http://localhost:4318" in refusal(url)
    assert "no collector answers" in refusal(f"http://127.0.0.1:{free_port()}")
    refusing = Receiver(status=400)
    try:
        assert "refused the spans of recording 1" in refusal(refusing.url)
    finally:
        refusing.close()
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)
    assert 'pip install "rerun-trace[otlp]"' in refusal("http://localhost:4318")


# -- the command: kinds of files, folders -------------------------------------------------------


class _Main:
    """What the console script calls, in the shape that click's runner takes."""

    name = "rerun-trace"

    def main(self, args: list[str], prog_name: str, **extra: object) -> None:
        cli.main(args)


def export(db: Path, *words: str | Path) -> Result:
    runner = CliRunner(env=environment(db))
    result = runner.invoke(_Main(), ["export", *map(str, words)])  # type: ignore[arg-type]
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_name_of_a_file_says_its_kind(recorded: Recorded, tmp_path: Path) -> None:
    begins = {
        "facts.json": '{\n "schema": "rerun-trace/facts/2"',
        "run.JSON": '{\n "schema": "rerun-trace/facts/2"',
        "trace.json": '{"displayTimeUnit"',
        "mine.trace.json": '{"displayTimeUnit"',
        "flow.mmd": "flowchart",
        "flow.dot": "digraph flow",
        "cause.dot": "digraph causes",
        "my-causes.mmd": "flowchart",
    }
    for name, begin in begins.items():
        result = export(recorded.db, "1", "-o", tmp_path / name)
        assert (result.exit_code, result.stdout) == (0, "")
        (line,) = result.stderr.splitlines()
        assert line.startswith(f"{name}: masked nothing more")
        assert (tmp_path / name).read_text("utf-8").startswith(begin), name
    result = export(recorded.db, "-o", tmp_path / "x.dot", "--graph", "cause")
    assert (tmp_path / "x.dot").read_text("utf-8").startswith("digraph causes")


def test_what_cannot_be_exported_is_said_in_one_line(recorded: Recorded, tmp_path: Path) -> None:
    def refusal(code: int, *words: str | Path) -> str:
        result = export(recorded.db, *words)
        assert result.exit_code == code, result.output
        line = result.stderr.splitlines()[-1]
        assert line.startswith("rerun-trace: ")
        assert list(tmp_path.iterdir()) == [tmp_path / "file"]
        return line

    (tmp_path / "file").write_text("here")
    assert "name a file with -o" in refusal(2, "1")
    assert "must end in .html, " in refusal(2, "1", "-o", tmp_path / "x.zip")
    assert "recording 77" in refusal(2, "77", "-o", tmp_path / "x.json")
    assert "comparison 7" in refusal(2, "--comparison", "7", "-o", tmp_path / "x.rtrace")
    assert "cannot be written" in refusal(1, "1", "-o", tmp_path / "no" / "x.json")
    assert "--all needs a folder" in refusal(2, "--all", "-o", tmp_path / "x.json")
    assert "is a file" in refusal(2, "1", "--format", "json", "-o", tmp_path / "file")
    assert "--redact nope" in refusal(1, "1", "--redact", "nope", "-o", tmp_path / "x.json")
    assert "no collector" in refusal(1, "1", "--otlp", f"http://127.0.0.1:{free_port()}")
    assert "no others" in refusal(2, "1", "--comparison", "1", "-o", tmp_path / "x.rtrace")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def test_a_class_of_recordings_goes_into_one_folder(tmp_path: Path) -> None:
    db = tmp_path / "class.sqlite"
    with TraceStore.open(db) as many:
        for _ in range(30):
            handmade.three_runs(many)
    folder = tmp_path / "class"
    result = export(db, "--all", "--format", "json", "-o", f"{folder}/")
    assert result.exit_code == 0, result.output
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(["index.html", *(f"rerun-{n}.json" for n in range(1, 31))])
    assert json.loads((folder / "rerun-7.json").read_text())["recording"]["id"] == 7
    page = _Page()
    page.feed((folder / "index.html").read_text("utf-8"))
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links == [f"rerun-{n}.json" for n in range(1, 31)]
    assert "script" not in {tag for tag, _ in page.tags}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert page.texts.count("1 halted by a rerun") == 30
    # some of them, into a folder that is there
    assert export(db, "3", "5", "-o", folder, "--format", "rtrace").exit_code == 0
    assert (folder / "rerun-3.rtrace").exists()


def test_names_in_the_index_are_escaped(tmp_path: Path, recorded: Recorded) -> None:
    from dataclasses import replace

    with recorded.store() as store:
        (summary,) = store.summaries()
        info = replace(summary.info, app="<b>&.py", variant='"><script>alert(1)</script>')
        page = index_page(store, [replace(summary, info=info)], ["a b&.html"], "<i>")
        named = replace(summary, info=replace(info, name="Ada's <try>"))
        of_named = index_page(store, [named], ["x.html"], None)
    assert "<script" not in page
    assert "<b>" not in page
    assert 'href="a%20b%26.html"' in page
    assert "Ada&#x27;s &lt;try&gt;" in of_named
    assert file_name("../..\\a b/<x>.py", 3, ".html") == "x-3.html"
    assert file_name("...", 3, ".html") == "app-3.html"
