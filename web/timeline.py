"""The timeline's data: one list per field, so that a canvas can search and draw it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rerun_trace.tracer.model import (
    Callback,
    ContainerWrite,
    Interaction,
    MessageFate,
    PageMessage,
    RerunRequest,
    RunError,
    ScriptRun,
    StateWrite,
)
from rerun_trace.web import words

TICK_RUNS = 400  # writes are sent for windows of at most this many runs; longer ones show none

_NEVER_SEEN = {MessageFate.DISCARDED, MessageFate.REPLACED, MessageFate.IGNORED}


def fate_word(fate: MessageFate | None) -> str:
    """What a container write's message became, in the page's words."""
    if fate is None:
        return "unknown"
    return "discarded" if fate in _NEVER_SEEN else fate.value


def fates_of(messages: Iterable[PageMessage]) -> dict[int, MessageFate]:
    """Message number -> what became of it."""
    return {message.n: message.fate for message in messages}


def columns(items: Iterable[Any], *names: str) -> dict[str, list[Any]]:
    """The named fields of `items`, one list each."""
    found = list(items)
    return {name: [getattr(item, name) for item in found] for name in names}


def spans(
    interactions: Sequence[Interaction],
    runs: Sequence[ScriptRun],
    callbacks: Sequence[Callback],
    requests: Sequence[RerunRequest],
    errors: Sequence[RunError],
) -> dict[str, Any]:
    """Interactions, runs, callbacks, rerun requests and errors. Times in ns."""
    by_number = {interaction.n: interaction for interaction in interactions}
    return {
        "interactions": {
            **columns(interactions, "n", "app_session", "at_ns", "kind"),
            "title": [words.interaction_title(item) for item in interactions],
        },
        "runs": {
            **columns(
                runs,
                *("n", "app_session", "kind", "outcome", "started_ns", "ended_ns"),
                *("trigger_type", "trigger", "interaction", "halted_line"),
            ),
            "cause": [words.trigger_text(run, by_number.get(run.interaction)) for run in runs],
            "end": [words.outcome_text(run) for run in runs],
        },
        "callbacks": columns(callbacks, "run", "function", "started_ns", "ended_ns", "error"),
        "requests": columns(requests, "run", "at_ns", "line", "scope", "allowed"),
        "errors": columns(errors, "run", "at_ns", "type", "line"),
    }


def ticks(
    writes: Sequence[ContainerWrite],
    state_writes: Sequence[StateWrite],
    fates: Mapping[int, MessageFate],
) -> dict[str, Any]:
    """Container writes and state writes, each a moment in time (ns)."""
    return {
        "writes": {
            **columns(writes, "run", "at_ns", "element", "label", "out_of_order", "line"),
            "fate": [fate_word(fates.get(write.message)) for write in writes],
        },
        "state_writes": columns(state_writes, "run", "at_ns", "key", "op", "line"),
    }
