"""What keeps a recording from being written, in words for people. Loaded in the app's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rerun_trace.tracer.errors import StoreError

STOPPED_LIMIT = "recording stopped early: {why}"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Writing waits, or has stopped for good.

    `why` names the database and what is wrong with it; `kept` says, in a sentence, what of the
    recording is in the database.
    """

    state: Literal["waiting", "stopped"]
    why: str
    kept: str

    @property
    def text(self) -> str:
        """One line for a page or a terminal."""
        head = "recording waits" if self.state == "waiting" else "recording stopped"
        return f"{head}: {self.why}. {self.kept}"


class RecordingGone(StoreError):
    """What was being written is not there any more."""


def kept_words(runs: int | None) -> str:
    """What was kept, when `runs` script runs are in the database from beginning to end.

    None: it is gone.
    """
    if runs is None:
        return "What was recorded went with it."
    if not runs:
        return "No script run of it was kept."
    return "The first script run was kept." if runs == 1 else f"The first {runs:,} runs were kept."
