"""What tests share: record a script under a scenario in this process, and read the facts."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rerun_trace
from rerun_trace.db.store import TraceStore
from rerun_trace.facts import facts_of
from rerun_trace.tracer.capture.budget import Budget
from rerun_trace.tracer.host.driver import DriveResult, drive
from rerun_trace.tracer.host.scenario import parse_scenario

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
ENGINES = ["settrace", "monitoring"] if sys.version_info >= (3, 12) else ["settrace"]


@dataclass(frozen=True)
class Recorded:
    """A finished recording: its facts document, its database and what the browser received."""

    facts: dict[str, Any]
    db: Path
    id: int
    drive: DriveResult

    def run(self, n: int) -> dict[str, Any]:
        found: dict[str, Any] = next(run for run in self.facts["runs"] if run["n"] == n)
        return found

    def runs_of(self, interaction: int) -> list[dict[str, Any]]:
        item = next(i for i in self.facts["interactions"] if i["n"] == interaction)
        return [self.run(n) for n in item["runs"]]

    def lines(self, n: int, file: str | None = None) -> list[int]:
        return [line for f, line in self.run(n)["lines"] if file is None or f == file]

    def store(self) -> TraceStore:
        return TraceStore.open(self.db, create=False)

    def bytes(self) -> bytes:
        """Everything that is on the disk for this database."""
        return b"".join(path.read_bytes() for path in self.db.parent.glob(self.db.name + "*"))


def record(
    app: Path | str,
    steps: list[dict[str, Any]],
    db: Path,
    *,
    engine: str = "auto",
    budget: Budget | None = None,
    timeout: float = 20.0,
) -> Recorded:
    """Drive an app through a scenario, recorded; a failure of the recorder fails the test."""
    with rerun_trace.start(db, engine, app=app, mode="drive", budget=budget) as recording:
        result = drive(app, parse_scenario(steps), idle_timeout_s=timeout)
        assert recording.id is not None
    if recording.recorder.error is not None:
        raise recording.recorder.error
    with TraceStore.open(db, create=False) as store:
        return Recorded(facts_of(store, recording.id), db, recording.id, result)
