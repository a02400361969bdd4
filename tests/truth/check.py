"""Sets a recording against what the second observer saw of the same app.

Compared, for each script run: the statements in the order in which they ran; which of the
executable ones did not; how the run ended; calls of `st.rerun`, callbacks and their arguments;
every write (place, element, label, line); the plain keys of session state at the end; the query
string before and after. For each drive: the messages that
the browser received, byte by byte and in order; the page that they make; the interactions; and
what the explainer claims (see `claims.py`).

With a free tracing slot both look at the very same drive. Where Python has only one (3.11), the
observer looks at a drive of its own; then what only Streamlit's timing decides is not compared:
which messages of a halted run were sent before they were cleared.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web import bootstrap

from rerun_trace.db.handover.sink import BackgroundSink
from rerun_trace.db.reading.recording import read_recording
from rerun_trace.db.store import TraceStore
from rerun_trace.db.writing.process import WriterProcess
from rerun_trace.recording import Recording
from rerun_trace.tracer.capture.engines import choose_engine
from rerun_trace.tracer.driver.driver import DriveResult, drive
from rerun_trace.tracer.driver.scenario import parse_scenario
from rerun_trace.tracer.explain.explainer import explain
from rerun_trace.tracer.explain.finding import Finding
from rerun_trace.tracer.model import has_mask
from rerun_trace.tracer.render.facts import facts_document
from truth import gate
from truth.claims import Claims
from truth.memory import Memory
from truth.observer import Line, Observer, SeenRun, texts
from truth.page import final_page, told

FREE = {"monitoring": "settrace"}  # what an engine leaves free for the observer
if sys.version_info >= (3, 12):
    FREE["settrace"] = "monitoring"


def quick_streamlit(patch: pytest.MonkeyPatch) -> None:
    """Leaves out what Streamlit does at every start, or after every run, and no script notices."""
    load, loaded = bootstrap.load_config_options, list[bool]()

    def load_once(options: dict[str, Any]) -> None:
        if not loaded:
            quiet = {"runner_postScriptGC": False, "logger_level": "critical"}
            load({**options, **quiet, "logger_enableRich": False})
            loaded.append(True)

    patch.setattr(bootstrap, "load_config_options", load_once)
    if importlib.util.find_spec("streamlit.components.v2"):
        manager = importlib.import_module("streamlit.components.v2.component_manager")
        name = "discover_and_register_components"
        patch.setattr(manager.BidiComponentManager, name, lambda self, **options: None)


@dataclass(frozen=True)
class Pair:
    """A recording, and what the observer saw. `same_drive`: they watched the same execution."""

    facts: dict[str, Any]
    findings: Sequence[Finding]
    sent: Sequence[bytes]  # the page messages that the recording says were delivered, in order
    drive: DriveResult
    observer: Observer
    steps_done: Sequence[int]  # how many runs had begun before each step but those that wait
    same_drive: bool


def observe(
    app: Path,
    steps: list[dict[str, Any]],
    engine: str,
    db: Path | None = None,
    idle_timeout_s: float = 60,
) -> Pair:
    """Record an app with `engine` and observe it, in the same drive when the engine allows it.

    The recording goes through the database `db`; without one, the records are read as they come.
    Before whatever follows a step with `no_wait`, the app must have come to the gate.
    """
    observer, begun = Observer(str(app.parent)), list[int]()
    scenario = parse_scenario(steps)
    engine = choose_engine(engine).engine.name

    def on_step(n: int, of: int, what: str) -> None:
        if n > 1 and scenario.steps[n - 2].no_wait:
            assert gate.arrived.acquire(timeout=60)
        if not n or scenario.steps[n - 1].verb != "wait_ms":
            begun.append(len(observer.runs))

    memory = Memory()
    sink: Any = memory if db is None else BackgroundSink(WriterProcess(db))
    recording = Recording(
        sink, engine, app=str(app), mode="drive", variant=None, budget=None, values=True
    )
    recording.begin()
    try:
        if engine in FREE:
            with observer.watching(FREE[engine]):
                result = drive(app, scenario, idle_timeout_s=idle_timeout_s, on_step=on_step)
        else:
            result = drive(app, scenario, idle_timeout_s=idle_timeout_s, on_step=on_step)
            begun.clear()
    finally:
        recording.stop()
    if engine not in FREE:
        with observer.watching("settrace"):
            drive(app, scenario, idle_timeout_s=idle_timeout_s, on_step=on_step)
    if recording.recorder.error is not None:
        raise recording.recorder.error
    assert recording.id is not None
    if db is None:
        read, sent = memory.facts(), memory.sent()
    else:
        with TraceStore.open(db, create=False) as kept:
            read = read_recording(kept, recording.id)
            steps_of = {run.n: kept.steps(recording.id, run.n) for run in read.runs}
            read = replace(read, steps=steps_of.__getitem__)
            delivered = [m for m in kept.messages(recording.id) if m.sent_order is not None]
            delivered.sort(key=lambda m: m.sent_order or 0)
            sent = [kept.message_body(m.body) for m in delivered]
    found = explain(read)
    return Pair(facts_document(read), found, sent, result, observer, begun, engine in FREE)


def differences(pair: Pair) -> list[str]:
    """What the recording and the observer tell differently, in words; none when it is true."""
    found: list[str] = []

    def compare(what: str, recorded: Any, seen: Any) -> None:
        if recorded != seen:
            at = _first_difference(recorded, seen)
            found.append(f"{what}\n    recorded: {recorded}\n    seen:     {seen}{at}")

    facts, observer = pair.facts, pair.observer
    recorded, seen = facts["runs"], observer.runs
    limits = facts["recording"]["limits"]
    compare("left out", [limit for limit in limits if "masked" not in limit], [])
    compare("script runs", len(recorded), len(seen))
    compare("runs of interactions", _runs_of(facts), _runs_begun(pair))
    compare("page messages received", len(pair.sent), len(pair.drive.messages))
    for n, (stored, got) in enumerate(zip(pair.sent, pair.drive.messages, strict=False), 1):
        if _plain(stored) != _plain(got):
            compare(f"page message {n}", stored, got)
            break
    compare("final page", _page(facts["final_page"]), final_page(pair.drive.messages))
    for n, (said, run) in enumerate(zip(recorded, seen, strict=False), 1):
        where = f"run {n}, "
        following = seen[n].page if n < len(seen) else run.page
        compare(where + "outcome", said["outcome"], outcome(run, following))
        compare(where + "kind", said["kind"], "fragment" if run.fragments else "app")
        lines = [tuple(line) for line in said["lines"]]
        in_order = len(run.threads) < 2  # threads of the app's own may be seen in another order
        compare(where + "lines", *(x if in_order else sorted(x) for x in (lines, run.lines)))
        not_run = {tuple(line) for line in said["not_run"]}
        compare(where + "executed and not run", not_run & set(lines), set())
        told_of: dict[str, set[int]] = {}
        for file, line in {*not_run, *lines}:
            told_of.setdefault(file, set()).add(line)
        for file, told_lines in told_of.items():
            executable = _executable(observer, file)
            if file != run.script:  # of other files, the recording tells of functions that ran
                executable &= told_lines
            compare(where + "executable lines of " + file, told_lines, executable)
        asked = [(r["file"], r["line"]) for r in said["rerun_requests"] if r["scope"] != "page"]
        compare(where + "st.rerun", asked, run.reruns)
        called = [(c["function"], c["line"]) for c in said["callbacks"]]
        compare(where + "callbacks", called, run.callbacks)
        given = [c["arguments"] for c in said["callbacks"]]
        compare(where + "callbacks' arguments", given, [texts(args) for args in run.arguments])
        compare(where + "query string", said["query"], _query(run))
        compare(where + "writes", [_told(w) for w in said["writes"]], _writes(run))
        compare(where + "state", _state(recorded[:n], run), run_state(run))
    claims = Claims(pair.findings, observer, pair.drive.messages, _rests(pair))
    found += [f"explaining: {untrue}" for untrue in claims.untrue()]
    return found


def _rests(pair: Pair) -> frozenset[int]:
    """The last runs of the interactions; none where timers cause runs in between."""
    if any("timer" in interaction["action"] for interaction in pair.facts["interactions"]):
        return frozenset()
    return frozenset((*pair.steps_done[1:], len(pair.observer.runs)))


def _first_difference(recorded: Any, seen: Any) -> str:
    if not isinstance(recorded, list) or not isinstance(seen, list):
        return ""
    pairs = zip([*recorded, None], [*seen, None], strict=False)
    at, (one, other) = next((n, pair) for n, pair in enumerate(pairs) if pair[0] != pair[1])
    return f"\n    first at {at}: {one} and {other}"


def _plain(data: bytes) -> bytes:
    """Older versions note on the way, as if it were of the message, what they keep for later."""
    message = ForwardMsg.FromString(data)
    message.metadata.cacheable = False
    message.ClearField("hash")
    return bytes(message.SerializeToString(deterministic=True))


def outcome(run: SeenRun, following_page: str) -> str:
    """How a run ended, from its last event, the page, and what left the app's functions.

    One that a newer interaction supersedes goes on beside the newer run, to its next element.
    """
    if run.end == "SCRIPT_STOPPED_WITH_COMPILE_ERROR":
        return "compile_error"
    if run.end == "SCRIPT_STOPPED_FOR_RERUN":
        if not run.reruns and run.page == following_page:
            return "superseded"
        return "rerun" if run.page == following_page else "switched"
    if any(told(message)[1] == "exception" for message, _ in _deltas(run)):
        return "error"
    if run.left_by != "StopException":
        return "completed"
    return "superseded" if run.overtaken else "stopped"


def _deltas(run: SeenRun) -> list[tuple[Any, Line | None]]:
    return [(m, line) for m, line in run.messages if m.WhichOneof("type") == "delta"]


def _writes(run: SeenRun) -> list[tuple[Any, ...]]:
    own = [message for n, (message, _) in enumerate(run.messages) if n in run.placeholders]
    written = [(m, line) for m, line in _deltas(run) if not any(m is each for each in own)]
    return [(*told(message), *(line or (None, None))) for message, line in written]


def _told(write: dict[str, Any]) -> tuple[Any, ...]:
    place = tuple(write["path"])
    return place, write["element"], write["label"], write["file"], write["line"]


def _page(facts: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(tuple(node["path"]), node["element"], node["label"]) for node in facts]


def _runs_of(facts: dict[str, Any]) -> list[int]:
    """Runs by step of the scenario, with those of the timers that went off after it."""
    counts: list[int] = []
    for interaction in facts["interactions"]:
        runs = len(interaction["runs"])
        if "timer" in interaction["action"]:
            counts[-1] += runs
        elif "stop" not in interaction["action"]:
            counts.append(runs)
    return counts


def _runs_begun(pair: Pair) -> list[int]:
    """Runs by step of the scenario; what a form held back was none, and neither is a stop."""
    begun = [*pair.steps_done, len(pair.observer.runs)]
    counts = [after - before for before, after in pairwise(begun)]
    return [count for count in counts if count]


def _executable(observer: Observer, file: str) -> set[int]:
    code = observer.modules[file]
    return observer.statements(code.co_filename).executable(code)


def run_state(run: SeenRun) -> dict[str, str]:
    """Keys with values whose text is certain, but for those that Streamlit makes for itself."""
    return texts({k: v for k, v in run.state.items() if not k.startswith("FormSubmitter:")})


def _query(run: SeenRun) -> dict[str, str]:
    """The query string at the start of a run, and as its messages left it."""
    infos = [m for m, _ in run.messages if m.WhichOneof("type") == "page_info_changed"]
    after = infos[-1].page_info_changed.query_string if infos else run.query
    return {"before": run.query, "after": after}


def _state(runs: list[dict[str, Any]], run: SeenRun) -> dict[str, str]:
    """What the recording's writes came to: plain keys, and those that should be gone."""
    now = {w["key"]: w["new"] for said in runs for w in said["state_writes"]}
    plain = run_state(run)
    # A secret is masked in the recording: that it is there is all that can be compared.
    return {
        key: plain[key] if key in plain and value is not None and has_mask(value) else value
        for key, value in now.items()
        if key in plain or (value is not None and key not in run.state)
    }
