"""The sentences and names that the pages show: interactions, triggers, outcomes, times. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rerun_trace.tracer.model import (
    Interaction,
    InteractionKind,
    Outcome,
    RecordingInfo,
    RunKind,
    ScriptRun,
    TriggerType,
    has_mask,
)

LONGEST_NAME = 60  # characters of a widget's label that a sentence keeps
_DATES = frozenset({"date_input", "time_input", "date_time_input"})
IDLE_LIMIT = timedelta(minutes=10)  # without an end and quiet for longer: taken as broken off


def shorten(text: object, limit: int = LONGEST_NAME) -> str:
    """`text` on one line, cut to `limit` characters with an ellipsis."""
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def count(number: int, word: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def interaction_title(interaction: Interaction) -> str:
    """A short name such as `click Foo`, for the timeline and the graph."""
    verb, what = _verb(interaction.action)
    match verb:
        case "load":
            return "first load" if interaction.n == 0 else "load"
        case "set":
            return _set(interaction, shorten(what), ("set", "send", "switch"))
        case "page":
            return f"go to {shorten(what)}"
        case "rerun":
            return "rerun from the menu"
        case "stop":
            return "stop from the menu"
        case "timer" if isinstance(what, str):
            return f"timer of {shorten(what)}"
    if interaction.kind is InteractionKind.TIMER:
        return f"timer of {_fragment_name(interaction.fragment)}"
    if interaction.kind is InteractionKind.EDIT:
        return "source edited"
    if isinstance(what, str):
        return f"{verb} {shorten(what)}"
    return interaction.kind.value


def interaction_sentence(interaction: Interaction) -> str:
    """The beginning of a sentence, such as `You clicked Foo`."""
    verb, what = _verb(interaction.action)
    name = shorten(what)
    match verb:
        case "load":
            return "The page was opened"
        case "click":
            return f"You clicked {name}"
        case "set":
            return "You " + _set(interaction, name, ("set", "sent", "switched"))
        case "submit":
            return f"You submitted {name}"
        case "edit" if isinstance(what, str):
            return f"You edited {name}"
        case "page":
            return f"You went to the page {name}"
        case "rerun":
            return "You asked for a rerun in the app's menu"
        case "stop":
            return "You stopped the app from its menu"
        case "timer" if isinstance(what, str):
            return f"The timer of {name} fired"
    if interaction.kind is InteractionKind.TIMER:
        return f"The timer of the {_fragment_name(interaction.fragment)} fired"
    if interaction.kind is InteractionKind.EDIT:
        return "The source was edited"
    return f"Interaction {interaction.n} came ({interaction_title(interaction)})"


def trigger_text(run: ScriptRun, interaction: Interaction | None) -> str:
    """What started a run, for a table cell."""
    if run.trigger_type is TriggerType.RERUN:
        return f"rerun asked for by run {run.trigger}"
    return "unknown" if interaction is None else interaction_title(interaction)


def outcome_text(run: ScriptRun) -> str:
    """How a run ended, for a table cell or a span of the timeline."""
    at = f" at line {run.halted_line}" if run.halted_line else ""
    match run.outcome:
        case Outcome.RUNNING:
            return "not ended"
        case Outcome.RERUN:
            return f"halted by a rerun{at}"
        case Outcome.SWITCHED:
            return f"left for another page{at}"
        case Outcome.ERROR:
            return f"error{at}"
        case Outcome.COMPILE_ERROR:
            return "could not be compiled"
        case _:
            return f"{run.outcome.value}{at}"


def what_ran(run: ScriptRun, main: str = "") -> str:
    """What Streamlit executed in a run; `main` is the script that called the page that ran."""
    if run.kind is RunKind.FRAGMENT:
        if len(run.fragments) > 1:
            return f"only {len(run.fragments)} fragments of {run.script}"
        return f"only one fragment of {run.script}"
    if main:
        return f"{main} from the top, and in it the page {run.script}"
    return f"{run.script} from the top"


def duration(ns: int | None) -> str:
    """A time span with three digits at most, such as `4.2 ms`; `–` when unknown."""
    if ns is None:
        return "–"
    for unit, size in (("s", 10**9), ("ms", 10**6), ("µs", 10**3)):
        if ns >= size:
            value = ns / size
            if unit == "s" and value >= 60:
                minutes, seconds = divmod(round(value), 60)
                return f"{minutes} min {seconds} s"
            return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}"
    return f"{ns} ns"


def recording_state(info: RecordingInfo, duration_ns: int, now: datetime, here: bool) -> str:
    """`live`, `complete` or `broken off`.

    A recording without an end is either being written or was cut off; the store cannot tell. It is
    taken as live when its app was started together with this page (`here`) or was busy lately.
    """
    if info.complete:
        return "complete"
    if info.ended_at is not None:
        return "broken off"
    last = info.started_at + timedelta(microseconds=duration_ns / 1000)
    return "live" if here or now - last < IDLE_LIMIT else "broken off"


def _verb(action: Mapping[str, Any]) -> tuple[str, Any]:
    for verb, what in action.items():
        return verb, what
    return "", None


def _set(interaction: Interaction, name: str, verbs: tuple[str, str, str]) -> str:
    """What was done to a widget, with the verbs for setting, sending and switching."""
    value = interaction.action.get("value")
    element = next((c.element for c in interaction.changes if c.new == value), "")
    if element == "chat_input":
        return f"{verbs[1]} {_value(value)}"
    if element == "checkbox":
        return f"{verbs[2]} {name} {'on' if value else 'off'}"
    quoted = element not in _DATES
    return f"{verbs[0]} {name} to {_value(value, quoted)}"


def _value(value: Any, quoted: bool = True) -> str:
    """A value as a person picked it: of a list its items, dates without quotes."""
    items = value if isinstance(value, list | tuple) else [value]
    texts = (
        str(item) if not quoted or (isinstance(item, str) and has_mask(item)) else repr(item)
        for item in items
    )
    return shorten(", ".join(texts) if items else "nothing", 30)


def _fragment_name(fragment: str | None) -> str:
    """Streamlit's fragment ids are hashes: eight characters tell two fragments apart."""
    return f"fragment {fragment[:8]}" if fragment else "fragment"
