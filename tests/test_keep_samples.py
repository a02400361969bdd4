"""Real recordings that let their runs go one after the other: what reads them goes on to work."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import say
from support import WriterHere

import rerun_trace
from rerun_trace.db.handover.keep import parse_keep
from rerun_trace.db.store import TraceStore
from rerun_trace.facts import facts_of
from rerun_trace.tracer.driver.driver import drive
from rerun_trace.tracer.driver.scenario import parse_scenario

pytestmark = pytest.mark.first_row

FINDINGS = Path(__file__).resolve().parents[1] / "samples" / "findings"


def found(store: TraceStore, id: int) -> set[str]:
    """Kinds alone: what is found many times is shown where it comes first."""
    return {each["kind"] for each in facts_of(store, id)["findings"]}


KINDS = (
    *("cached-object-mutated", "form-defers-change", "fragment-only-run", "key-dropped"),
    *("merged-interaction", "nested-button", "rerun-in-callback", "rerun-instead-of-callback"),
    *("leftover-elements", "lost-output", "place-shift", "preempted", "stale-read"),
    "uncaught-exception",
)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_new_is_found_when_runs_go(tmp_path: Path, kind: str) -> None:
    folder, db = FINDINGS / kind, tmp_path / "db.sqlite"
    said = say(db, "drive", folder / "fault.py", "--scenario", folder / "scenario.toml", "--json")
    with TraceStore.open(db) as store:
        (info,) = store.recordings()
        before = found(store, info.id)
        assert before, said.err
        runs = len(store.runs(info.id))
        for left in range(runs - 1, 0, -max(1, runs // 12)):
            store.prune(info.id, parse_keep(f"{left} runs"))
            assert found(store, info.id) <= before, left
            for run in store.runs(info.id):
                store.steps(info.id, run.n)
            assert list(store.records(info.id))


def test_what_was_let_go_and_is_drawn_again_is_there_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text whose only run went comes back much later."""
    monkeypatch.setattr("rerun_trace.db.writing.direct._REST", 0)  # looks after each run
    monkeypatch.setattr("rerun_trace.recording.WriterProcess", WriterHere)
    app = tmp_path / "app.py"
    app.write_text(
        "import streamlit as st\n"
        "n = st.session_state.setdefault('n', 0)\n"
        "if st.button('More'):\n"
        "    n = st.session_state.n = (n + 1) % 30\n"
        "st.text(f'seen {n}')\n"
    )
    db = tmp_path / "db.sqlite"
    with rerun_trace.start(db, app=app, mode="drive", keep="2 runs") as recording:
        drive(app, parse_scenario([{"click": "More"}] * 40), idle_timeout_s=20)
    assert recording.id is not None
    with TraceStore.open(db, create=False) as store:
        assert store.runs(recording.id)[0].n > 1
        bodies = {each.body for each in store.messages(recording.id)}
        assert all(store.message_body(body) for body in bodies)
