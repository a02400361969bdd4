"""Real recordings that let their runs go one after the other: what reads them goes on to work."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import say

from rerun_trace.db.handover.keep import parse_keep
from rerun_trace.db.store import TraceStore
from rerun_trace.facts import facts_of

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
