"""All runs and interactions of a recording in numbers, small enough to be sent at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import sub
from typing import Any

from rerun_trace.tracer.model import InteractionKind, Outcome, RunKind, TriggerType

# A word is sent as one digit: its place in these lists, which are sent along.
WORDS: dict[str, tuple[str, ...]] = {
    "kind": tuple(RunKind),
    "outcome": tuple(Outcome),
    "trigger_type": tuple(TriggerType),
    "came_by": tuple(InteractionKind),
}
_DIGITS = {key: {word: str(no) for no, word in enumerate(known)} for key, known in WORDS.items()}


def pack_runs(runs: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Columns of runs, ascending by number, for `RunIndex` in api/runindex.ts.

    `n`, `started`, `interaction`: differences to the row before, the first one to 0. `took`: ns, -1
    while there is no end. `trigger`: what has to be taken off the run's own number, or off its
    interaction's. `halted_line`: 0 for none. Words are a text with one digit a run.
    """
    started, numbers, interactions = runs["started_ns"], runs["n"], runs["interaction"]
    columns = zip(started, runs["ended_ns"], strict=True)
    triggers = zip(runs["trigger_type"], runs["trigger"], numbers, interactions, strict=True)
    return {
        "n": differences(numbers),
        "started": differences(started),
        "took": [-1 if end is None else end - start for start, end in columns],
        "session": list(runs["app_session"]),
        "interaction": differences(interactions),
        "trigger": [
            (n if type_ == TriggerType.RERUN else interaction) - trigger
            for type_, trigger, n, interaction in triggers
        ],
        "steps": list(runs["steps"]),
        "halted_line": [line or 0 for line in runs["halted_line"]],
        **{key: _digits(key, runs[key]) for key in ("kind", "outcome", "trigger_type")},
    }


def pack_interactions(interactions: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Columns of interactions, ascending: `n` and `at` as differences, `came_by` as digits."""
    return {
        "n": differences(interactions["n"]),
        "at": differences(interactions["at_ns"]),
        "session": list(interactions["app_session"]),
        "came_by": _digits("came_by", interactions["kind"]),
    }


def _digits(key: str, values: Sequence[Any]) -> str:
    return "".join(map(_DIGITS[key].__getitem__, values))


def differences(values: Sequence[int]) -> list[int]:
    """Each value less the one before; the first as it is."""
    return list(map(sub, values, chain((0,), values)))
