"""The report as a file: what it answers is what the server answers, and what it must not hold."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from reports import Report, page_at, served
from support import SAMPLES, record
from ui.handmade import everything, many_runs, two_threads

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.app import create_app
from rerun_trace.web.report.answers import ReportError
from rerun_trace.web.report.build import build_report
from rerun_trace.web.report.compared import PER_PART
from rerun_trace.web.report.machine import Machine
from rerun_trace.web.report.routes import ROUTES, How

pytestmark = pytest.mark.first_row

APP = """\
import os
import streamlit as st

HERE = os.path.abspath(__file__)


def area(width, height):
    return width * height


@st.fragment
def part():
    st.checkbox("Wide", key="wide")


def more():
    st.session_state.count += 1


st.session_state.setdefault("count", 0)
name = st.text_input("Name")
st.write(sum(area(width, 10) for width in range(3)), name)
st.button("More", on_click=more)
part()
if st.session_state.count == 2:
    raise ValueError("two </script> is <!-- enough")
"""
STEPS: list[dict[str, Any]] = [
    {"set": "Name", "value": "Ann"},
    {"set": "Wide", "value": True},
    {"click": "More"},
    {"set": "Wide", "value": False},
    {"click": "More"},
]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1: an app with a callback, a fragment, a typed name and an error; 2: samples/rerun.py;
    3 and 4: records made by hand, with all that there is, and with threads; 5: 201 runs."""
    folder = tmp_path_factory.mktemp("an app's own folder")
    db, app = folder / "recordings.db", folder / "shop" / "app.py"
    app.parent.mkdir()
    app.write_text(APP)
    record(app, STEPS, db)
    record(SAMPLES / "rerun.py", [{"click": "Foo"}], db)
    with TraceStore.open(db) as store:
        everything(store)
        two_threads(store)
        many_runs(store, 100)
    return db


@pytest.fixture(scope="module")
def store(recorded: Path) -> Any:
    with TraceStore.open(recorded, create=False) as store:
        yield store


@pytest.fixture(scope="module")
def client(store: TraceStore) -> FlaskClient:
    return create_app(store).test_client()


@pytest.fixture(scope="module")
def report(store: TraceStore) -> Report:
    """All recordings in one file."""
    return Report(build_report(store, recordings=[1, 2, 3, 4, 5], replay=False))


def api(client: FlaskClient, recording: int, path: str) -> Any:
    answer = client.get(f"/api/recordings/{recording}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json if answer.is_json else answer.text


def test_every_route_of_the_pages_is_known_to_the_report(store: TraceStore) -> None:
    """A new route: say in `web/report/routes.py` how a report answers it."""
    rules = {rule.rule for rule in create_app(store).url_map.iter_rules()}
    assert rules - ROUTES.keys() == set()
    assert ROUTES.keys() - rules == set()


@pytest.mark.parametrize("recording", [1, 2, 3, 4, 5])
def test_answers_are_those_of_the_server(
    store: TraceStore, client: FlaskClient, report: Report, recording: int
) -> None:
    kept = report.answers(recording)
    folder = store.recording(recording).folder
    hide = Machine([folder], str(Path.home())).hide
    compared = set()
    for path, answer in kept.items():
        if path in ("ends", "/graph.dot?kind=cause") or path.endswith("/page"):
            continue
        run = re.search(r"runs?[/=](\d+)", path)
        if recording == 5 and run is not None and int(run[1]) % 16 > 1:
            continue  # they are alike
        there = api(client, recording, path)
        here = served(path, answer)
        if path.startswith("/index"):
            for key in ("state", "marker", "limits"):  # a report is never live
                there.pop(key), here.pop(key)
        if path == "/findings":  # of more interactions in full, as nothing can be asked later
            asked, own = here.pop("asked"), here.pop("own")
            assert asked == [each for each in kept if each.startswith("/why?")]
            assert [each for each in there.pop("own") if each not in own] == []
        if path == "/notes":  # who reads a report changes nothing
            assert (here.pop("may_change"), there.pop("may_change")) == (False, True)
        assert here == json.loads(hide(json.dumps(there))), path
        compared.add(re.sub(r"\d+", "N", path.partition("?")[0]))
    assert compared == {
        *("/index", "/timeline", "/graph.dot", "/notes", "/share", "/findings", "/why"),
        *("/runs/N", "/runs/N/state", "/runs/N/steps"),
        *(["/source/N"] if store.sources(recording) else []),
        *(["/state/history"] if store.state_writes(recording) else []),
    }
    assert report.start["recordings"][str(recording)]["missing"] == ""


def test_a_comparison_s_answers_are_those_of_the_server(
    store: TraceStore, client: FlaskClient
) -> None:
    """And the page of each beat is there, with the page messages that it is drawn from."""
    variants = tuple(ComparedVariant(f"{n}.py", (n,)) for n in (1, 5))
    number = store.add_comparison(Comparison("Two", datetime.now(UTC), (), variants))
    made = Report(build_report(store, comparison=number))
    assert not made.start["noReplay"]
    bodies = made.part("bodies").keys()
    held = {recording: made.answers(recording) for recording in (1, 5)}
    base = f"/api/comparisons/{number}"
    overview = client.get(f"{base}/overview").get_json()
    assert made.part("compared") == {"/overview": overview}
    count = len(overview["interactions"])
    for n in range(count):
        kept = made.part(f"compared-{n // PER_PART}")[f"/interactions/{n}"]
        assert kept == client.get(f"{base}/interactions/{n}").get_json()
        for step in kept["steps"]:
            for recording, beat in zip((1, 5), step["beats"], strict=True):
                if beat is None or beat["run"] is None:
                    continue
                run = held[recording][f"/runs/{beat['run']}/page"]
                there = page_at(run, beat["step"], "sent")
                assert {item["hash"] for item in there["feed"] if "hash" in item} <= bodies
    store.delete_comparison(number)


@pytest.mark.parametrize("recording", [1, 2, 3])
def test_the_page_at_every_step_is_the_servers(
    store: TraceStore, client: FlaskClient, report: Report, recording: int
) -> None:
    kept = report.answers(recording)
    hide = Machine([store.recording(recording).folder], str(Path.home())).hide
    for run in store.runs(recording):
        last = max(run.steps, 1)
        for step in {*range(min(last, 20) + 1), last, last + 5, 999_999_999}:
            for as_ in ("sent", "written"):
                path = f"/runs/{run.n}/page?step={step}&as={as_}"
                there = json.loads(hide(json.dumps(api(client, recording, path))))
                assert page_at(kept[f"/runs/{run.n}/page"], step, as_) == there, path


def test_there_is_a_graph_of_causes_that_shows_each_run(
    store: TraceStore, client: FlaskClient, report: Report
) -> None:
    for recording in (1, 2, 3, 5):
        causes = report.part(f"r{recording}")["/graph.dot?kind=cause"]
        for run in store.runs(recording)[:: 1 if recording < 5 else 25]:
            graph = causes["graphs"][causes["of"][str(run.n)]]
            own = api(client, recording, f"/graph.dot?kind=cause&keep={run.n}")
            names = "holds-selected", f'"?run={run.n}'
            plain = [re.sub(r" holds-selected", "", text) for text in (graph, own)]
            if recording != 5:  # all of it is drawn
                assert plain[0] == plain[1], run.n
            assert f"run-{run.n}" in graph or names[0] in graph, run.n


def test_nothing_of_the_machine_is_in_it(store: TraceStore, report: Report) -> None:
    whole = report.bytes.decode(errors="replace")
    folder = store.recording(1).folder
    assert store.errors(1)[0].traceback.count(folder)
    assert folder not in whole
    assert str(Path(folder).parent) not in whole
    assert str(SAMPLES) not in whole
    assert str(Path.home()) + "/" not in whole
    assert "shop/app.py" in whole
    assert not re.search(r'File \\"/', whole)


def test_what_an_app_wrote_ends_no_element(report: Report) -> None:
    assert b"two </script> is <!-- enough" in report.bytes
    assert len(re.findall(r"<script", report.text)) == len(re.findall(r"</script", report.text))
    assert "<!--" not in report.text
    assert report.text.count("<body") == 1


def test_nothing_is_fetched_from_elsewhere(report: Report) -> None:
    head = report.text.partition('<script type="text/plain"')[0]
    assert "default-src 'none'" in head
    assert not re.search(r'(src|href)="(?!data:)', head)


def test_a_report_of_some_runs_says_so(store: TraceStore) -> None:
    report = Report(build_report(store, recordings=[5], replay=False, runs=(190, 200)))
    held = report.start["recordings"]["5"]
    assert sorted(run for place in held["places"] for run in place["runs"]) == [*range(190, 201)]
    index = report.part("r5")["/index?from=1&interactions=0&again="]
    assert index["limits"][-1] == "This report was made of the runs 190 to 200 of 201."
    assert len(index["runs"]["n"]) == 201


def test_what_is_too_large_is_left_out_the_oldest_first(store: TraceStore, report: Report) -> None:
    full = report.start["recordings"]["5"]["places"]
    sizes = {part: len(text) for part, text in report.raw.items()}
    contents = sum(sizes[place["id"]] for place in full)
    limit = len(build_report(store, recordings=[5], replay=False)) - contents // 2
    data = build_report(store, recordings=[5], replay=False, max_size=limit)
    assert len(data) <= limit
    small = Report(data)
    places = small.start["recordings"]["5"]["places"]
    held = {run for place in places for run in place["runs"]}
    halted = {run.n for run in store.runs(5) if run.outcome != "completed"}
    assert halted & held
    assert 0 < len(held) < 201
    missing = {*range(1, 602)} - held
    assert max(halted & missing, default=0) < min(halted & held)
    said = small.part("r5")["/index?from=1&interactions=0&again="]["limits"][-1]
    assert said.startswith(f"This report holds {len(held)} of 201 runs")
    assert said in small.start["recordings"]["5"]["missing"]


def test_what_cannot_be_reported_is_said(store: TraceStore) -> None:
    with pytest.raises(ReportError, match="recording 2 has the runs 1 to 3, none of 7-9"):
        build_report(store, recordings=[2], runs=(7, 9))


def test_the_page_about_the_report_says_what_it_holds(store: TraceStore) -> None:
    data = build_report(store, recordings=[1, 2], title="A <b>shop", note="Look.", replay=False)
    about = Report(data).start["pages"]["/"]
    assert about["title"] == "A <b>shop"
    text = re.sub(r"<[^>]*>|\s+", " ", about["body"])
    text = re.sub(" +", " ", text)
    assert "A &lt;b&gt;shop" in text
    assert "Look." in text
    assert "app.py 26 lines" in text
    assert "3, all with their contents" in text
    assert "Eclipse Public" in text


def test_a_small_report_is_small(store: TraceStore) -> None:
    assert len(build_report(store, recordings=[2], replay=False)) <= 600_000


def test_replay_gives_way_to_what_the_runs_say(store: TraceStore) -> None:
    whole = Report(build_report(store, recordings=[2]))
    assert whole.start["noReplay"] == ""
    assert {"frame", "bodies", "bodies-0"} <= whole.raw.keys()
    assert len(whole.data) <= 4_000_000
    small = build_report(store, recordings=[2], max_size=1_000_000)
    said = "This report was made without replay, which alone is larger than 1.0 MB, so the page is"
    assert Report(small).start["noReplay"].startswith(said)
    assert len(small) <= 1_000_000
    assert Report(small).start["recordings"]["2"]["missing"] == ""


def test_routes_are_told_apart() -> None:
    assert {How(how) for how in ROUTES.values()} == set(How)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('"/home/ann/shop/app.py"', '"shop/app.py"'),
        ('"/home/ann/shop"', '"shop"'),
        ('"/home/ann/shopping/app.py"', '"~/shopping/app.py"'),
        ('"http://host/home/ann/shop/x"', '"http://host/home/ann/shop/x"'),
        (r'File \"/opt/v/lib/python3.12/site-packages/streamlit/a.py\"',
         r'File \"…/site-packages/streamlit/a.py\"'),
        (r'File \"/usr/lib/python3.12/json/a.py\"', r'File \"…/python3.12/json/a.py\"'),
        (r'"C:\\Users\\Bo\\lib\\site-packages\\x.py"', r'"…/site-packages\\x.py"'),
    ],
)  # fmt: skip
def test_folders_of_the_machine_are_shortened(text: str, shown: str) -> None:
    assert Machine(["/home/ann/shop"], "/home/ann").hide(text) == shown


def test_windows_folders_are_shortened_in_json_too() -> None:
    machine = Machine(["C:\\Users\\Bo\\shop"], "C:\\Users\\Bo")
    assert machine.hide(json.dumps("C:\\Users\\Bo\\shop\\app.py")) == json.dumps("shop\\app.py")
