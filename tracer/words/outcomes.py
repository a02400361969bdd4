"""How runs and recordings ended, in a sign and in a few words.

The one place: terminal, graphs, reports and pages take them from here, the pages by way of
`web/frontend/base/words.ts`, which `python -m rerun_trace.documents` makes.
"""

from __future__ import annotations

from ..model import Outcome

SYMBOLS = {
    Outcome.RUNNING: "◌",
    Outcome.COMPLETED: "✓",
    Outcome.RERUN: "↻",
    Outcome.SWITCHED: "⇢",
    Outcome.STOPPED: "■",
    Outcome.SUPERSEDED: "»",
    Outcome.ERROR: "✕",
    Outcome.COMPILE_ERROR: "✕",
}
"""A run's outcome, told apart without its colour."""

ENDED = {
    Outcome.RUNNING: "not ended",
    Outcome.COMPLETED: "completed",
    Outcome.RERUN: "halted by a rerun",
    Outcome.SWITCHED: "left for another page",
    Outcome.STOPPED: "stopped",
    Outcome.SUPERSEDED: "superseded",
    Outcome.ERROR: "error",
    Outcome.COMPILE_ERROR: "could not be compiled",
}
"""How a run ended, without the place."""

NOWHERE = frozenset({Outcome.RUNNING, Outcome.COMPLETED, Outcome.COMPILE_ERROR})
"""Outcomes that no statement brought about."""

STATES = {
    "live": "● live",
    "stopped": "■ recording stopped",
    "complete": "✓ complete",
    "broken off": "✕ broken off",
}
"""The state of a recording."""
