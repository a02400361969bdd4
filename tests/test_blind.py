"""What a recording says when another tool takes the trace function in the middle of it.

Nothing that was not seen is claimed: no line is said not to have run, and yet every run has its
start, its end, its outcome, its messages and its session state.
"""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import ENGINES, Recorded, record

from bench.fidelity.sequence import canonical
from rerun_trace.tracer.driver.driver import drive
from rerun_trace.tracer.driver.scenario import parse_scenario

pytestmark = pytest.mark.ends

LATER = """
st.button("Again", key="again")
st.session_state.total = 42
if st.session_state.get("never"):
    st.text("never")
st.text("after")
"""


@pytest.fixture(autouse=True)
def _no_trace_is_left() -> Iterator[None]:
    before = (sys.gettrace(), threading.gettrace())
    yield
    sys.settrace(before[0])
    threading.settrace(before[1])


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "app.py"
    path.write_text("import sys\nimport streamlit as st\nst.text('before')\n" + text.lstrip("\n"))
    return path


def play(folder: Path, text: str, *steps: dict[str, object]) -> Recorded:
    return record(write(folder / "app", text), list(steps), folder / "db", engine="settrace")


def state_after(recorded: Recorded, n: int) -> dict[str, str | None]:
    state: dict[str, str | None] = {}
    for run in recorded.facts["runs"]:
        if run["n"] <= n:
            state |= {w["key"]: w["new"] for w in run["state_writes"]}
    return state


DEBUGGER = "import pdb\npdb.Pdb(nosigint=True).set_trace()"
TAKEN = {
    "given up": "sys.settrace(None)",
    "another function": "sys.settrace(lambda *args: None)",
    "a debugger": DEBUGGER,
    "in a function of its own": "def lose():\n    sys.settrace(None)\nlose()",
    "a library does it": "import bdb\nbdb.Bdb().runcall(len, 'abc')",
}


@pytest.mark.parametrize("taken", TAKEN.values(), ids=TAKEN)
def test_no_line_is_claimed_that_was_not_seen(
    taken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("c\nc\nc\n"))
    recorded = play(tmp_path, taken + LATER, {"click": "Again"})
    first, second = recorded.facts["runs"]
    for run in (first, second):
        assert run["outcome"] == "completed"
        assert run["duration_ns"] is not None
        assert run["not_run"] == []
        # Of a function that was under way, a step more may have been seen.
        assert 0 < run["blind_step"] <= len(run["lines"])
        # What it wrote is known, though not where.
        assert [w["label"] for w in run["writes"]] == ["before", "Again", "after"]
        assert [w["line"] is None for w in run["writes"]] == [False, True, True]
        assert all(w["delivered"] for w in run["writes"])
    assert first["trigger"] == {"type": "interaction", "interaction": 0}
    assert second["trigger"] == {"type": "interaction", "interaction": 1}
    assert recorded.facts["interactions"][1]["action"] == {"click": "Again"}
    assert state_after(recorded, 1)["total"] == "42"
    labels = [node["label"] for node in recorded.facts["final_page"]]
    assert labels == ["before", "Again", "after"]


ENDS = {
    "rerun": ("if 'n' not in st.session_state:\n    st.session_state.n = 1\n    st.rerun()", 2),
    "stopped": ("st.stop()", 1),
    "error": ("1 / 0", 1),
}


@pytest.mark.parametrize("taken", ["sys.settrace(None)", "sys.settrace(lambda *args: None)"])
@pytest.mark.parametrize("outcome", ENDS)
def test_a_run_ends_as_it_ended(outcome: str, taken: str, tmp_path: Path) -> None:
    text, count = ENDS[outcome]
    inside = text.replace("\n", "\n    ")
    recorded = play(tmp_path, f"{taken}\ndef end():\n    {inside}\nend()\nst.text('last')\n")
    runs = recorded.facts["runs"]
    assert [run["outcome"] for run in runs] == [outcome, "completed"][:count]
    assert all(run["not_run"] == [] for run in runs)
    assert all(run["blind_step"] is not None for run in runs)
    if outcome == "rerun":
        assert runs[1]["trigger"] == {"type": "rerun", "run": 1}
        assert [w["label"] for w in runs[1]["writes"]] == ["before", "last"]
    if outcome == "error":
        assert runs[0]["error"]["type"] == "ZeroDivisionError"
        assert runs[0]["error"]["line"] == 6


def test_the_next_run_of_the_same_thread_is_seen_again(tmp_path: Path) -> None:
    text = """
if 'n' not in st.session_state:
    st.session_state.n = 1
    sys.settrace(None)
    st.rerun()
st.text('last')
"""
    first, second = play(tmp_path, text).facts["runs"]
    assert first["outcome"] == "rerun"
    assert second["blind_step"] is None
    assert [line for _, line in second["lines"]] == [1, 2, 3, 4, 8]
    assert [line for _, line in second["not_run"]] == [5, 6, 7]


def test_threads_are_watched_again_that_an_app_took_out_of_sight(tmp_path: Path) -> None:
    text = """
import threading
if 'n' not in st.session_state:
    st.session_state.n = 1
    threading.settrace(None)
    sys.settrace(None)
st.button('Go')
"""
    first, second = play(tmp_path, text, {"click": "Go"}).facts["runs"]
    assert first["blind_step"] is not None
    assert second["blind_step"] is None
    assert second["lines"][-1] == ["app.py", 9]


def test_lines_in_between_are_not_claimed_either(tmp_path: Path) -> None:
    text = """
def quietly(what):
    before = sys.gettrace()
    sys.settrace(None)
    what()
    sys.settrace(before)
def what():
    st.text("unseen")
quietly(what)
st.text("seen")
"""
    (run,) = play(tmp_path, text).facts["runs"]
    assert run["blind_step"] < len(run["lines"])
    assert run["not_run"] == []
    assert {w["label"] for w in run["writes"]} == {"before", "unseen", "seen"}
    # What was not met on the script's thread is met later: in which order is not known.
    assert not any(w["out_of_order"] for w in run["writes"])
    assert run["lines"][-1] == ["app.py", 12]


def test_a_callback_that_starts_a_debugger_is_a_fact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("c\n"))
    text = """
import pdb
def stop():
    pdb.Pdb(nosigint=True).set_trace()
    st.session_state.was = 1
st.button('Go', on_click=stop)
"""
    recorded = play(tmp_path, text, {"click": "Go"})
    run = recorded.facts["runs"][1]
    assert run["outcome"] == "completed"
    assert [(c["function"], c["line"]) for c in run["callbacks"]] == [("stop", 5)]
    assert state_after(recorded, 2)["was"] == "1"


def test_a_debugger_that_gets_no_answer_ends_the_run_as_it_does_untraced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = write(
        tmp_path / "app", "import pdb\npdb.Pdb(nosigint=True).set_trace()\nst.text('not')\n"
    )
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    untraced = drive(app, parse_scenario([]))
    recorded = record(app, [], tmp_path / "db", engine="settrace")
    (run,) = recorded.facts["runs"]
    assert run["outcome"] == "error"
    assert run["error"]["type"] == "BdbQuit"
    assert canonical(recorded.drive.messages) == canonical(untraced.messages)


needs_monitoring = pytest.mark.skipif("monitoring" not in ENGINES, reason="not in this Python")


@needs_monitoring
def test_a_debugger_takes_nothing_from_sys_monitoring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("c\n"))
    app = write(tmp_path / "app", DEBUGGER + "\nst.text('x')\n")
    (run,) = record(app, [], tmp_path / "db", engine="monitoring").facts["runs"]
    assert run["blind_step"] is None
    assert [line for _, line in run["lines"]] == [1, 2, 3, 4, 5, 6]


FREED = {
    "freed": "sys.monitoring.free_tool_id(tool)",
    "taken": "sys.monitoring.free_tool_id(tool)\n        sys.monitoring.use_tool_id(tool, 'other')",
    "switched off": "sys.monitoring.set_events(tool, 0)",
}


@needs_monitoring
@pytest.mark.parametrize("how", FREED.values(), ids=FREED)
def test_a_tool_id_that_somebody_frees_is_missed(how: str, tmp_path: Path) -> None:
    text = f"""
if 'n' not in st.session_state:
    st.session_state.n = 1
    for tool in range(6):
        if sys.monitoring.get_tool(tool) == 'rerun-trace':
            {how.replace(chr(10), chr(10) + "    ")}
st.button('Go')
"""
    app = write(tmp_path / "app", text)
    try:
        recorded = record(app, [{"click": "Go"}], tmp_path / "db", engine="monitoring")
    finally:
        monitoring: Any = getattr(sys, "monitoring", None)
        for tool in range(6):
            if monitoring.get_tool(tool) == "other":
                monitoring.free_tool_id(tool)
    first, second = recorded.facts["runs"]
    assert (first["outcome"], second["outcome"]) == ("completed", "completed")
    # Python may go on calling what was registered: then nothing was lost, and nothing is unknown.
    if first["blind_step"] is None:
        assert first["lines"][-1] == ["app.py", max(line for _, line in first["lines"])]
    else:
        assert first["not_run"] == []
    assert second["blind_step"] is None
    assert [line for _, line in second["lines"]][:4] == [1, 2, 3, 4]
    assert second["lines"][-1] == first["lines"][-1]
    assert [w["label"] for w in second["writes"]] == ["before", "Go"]
