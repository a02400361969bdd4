"""The sentences and names that the pages show: interactions, triggers, outcomes, times. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from rerun_trace.tracer.model import (
    Interaction,
    InteractionKind,
    RecordingInfo,
    RerunRequest,
    RunKind,
    ScriptRun,
    TriggerType,
    has_mask,
)
from rerun_trace.tracer.words import names
from rerun_trace.tracer.words.ends import end_of

LONGEST_NAME = 60  # characters of a widget's label that a sentence keeps
_DATES = frozenset({"date_input", "time_input", "date_time_input"})
IDLE_LIMIT = timedelta(minutes=10)  # without an end and quiet for longer: taken as broken off


_GESTURES = {"click": "click", "submit": "submit", "edit": "edit", "dismiss": "close"}
_KINDS = {
    InteractionKind.LOAD: "page load",
    InteractionKind.PAGE: "page switch",
    InteractionKind.TIMER: "timer tick",
    InteractionKind.EDIT: "source edit",
    InteractionKind.RERUN: "rerun",
    InteractionKind.STOP: "stop",
}


def shorten(text: object, limit: int = LONGEST_NAME) -> str:
    """`text` on one line, cut to `limit` characters with an ellipsis."""
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def count(number: int, word: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def times(number: int) -> str:
    """`once`, `twice`, `5 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def interaction_title(interaction: Interaction) -> str:
    """A short name such as `click Foo`, for the timeline, the graphs and the terminal."""
    verb, what = _verb(interaction)
    name = shorten(what)
    match verb:
        case "load":
            is_first = interaction.n == 0
            return "first load" if is_first else f"load in app session {interaction.app_session}"
        case "set" if _is_of_component(interaction):
            return f"message of {name}"
        case "set":
            return _set(interaction, name, _TITLE_VERBS)
        case "edit" if isinstance(what, str) and _selected(interaction):
            return f"select {_selected(interaction)} in {name}"
        case "page":
            return f"go to {name}"
        case "rerun":
            return "rerun, nothing new" if interaction.fragment is None else "the same value again"
        case "stop":
            return "stop from the menu"
        case "dismiss":
            return f"close {name}"
        case "timer" if isinstance(what, str):
            return f"timer of {name}"
    if interaction.kind is InteractionKind.TIMER:
        return f"timer of {_fragment_name(interaction.fragment)}"
    if interaction.kind is InteractionKind.EDIT:
        return "source edited" + (f": {name}" if isinstance(what, str) else "")
    if isinstance(what, str):
        return f"{verb} {name}"
    return interaction.kind.value


def interaction_sentence(interaction: Interaction) -> str:
    """The beginning of a sentence, such as `You clicked Foo`."""
    verb, what = _verb(interaction)
    name = shorten(what)
    match verb:
        case "load" if interaction.n == 0:
            return "The page was opened"
        case "load":
            session = f"app session {interaction.app_session}"
            return f"The page was opened in a new tab or loaded anew ({session})"
        case "click":
            return f"You clicked {name}"
        case "set" if _is_of_component(interaction):
            return f"The component {name} sent {_value(interaction.action.get('value'))}"
        case "set":
            return "You " + _set(interaction, name, _SENTENCE_VERBS)
        case "submit":
            return f"You submitted {name}"
        case "edit" if isinstance(what, str) and _selected(interaction):
            return f"You selected {_selected(interaction)} in {name}"
        case "edit" if isinstance(what, str):
            return f"You edited {name}"
        case "page":
            return f"You went to the page {name}"
        case "rerun" if interaction.fragment is not None:
            return "A widget of a fragment sent the same value again"
        case "rerun":
            return "A rerun was asked for with nothing new (by the app's menu, or the same value)"
        case "stop":
            return "You stopped the app from its menu"
        case "dismiss":
            return f"You closed the dialog {name}"
        case "timer" if isinstance(what, str):
            return f"The timer of {name} fired"
    if interaction.kind is InteractionKind.TIMER:
        return f"The timer of the {_fragment_name(interaction.fragment)} fired"
    if interaction.kind is InteractionKind.EDIT:
        return "The source was edited"
    return f"Interaction {interaction.n} came ({interaction_title(interaction)})"


def gesture(interaction: Interaction | None) -> str:
    """What a person did, counted: `1 click`."""
    if interaction is None:
        return "1 interaction"
    if interaction.kind is InteractionKind.WIDGET:
        return f"1 {_GESTURES.get(_verb(interaction)[0], 'change')}"
    return f"1 {_KINDS[interaction.kind]}"


def place_of(run: int, step: int) -> str:
    """A moment, such as `run 2, step 5`."""
    return f"run {run:,}, step {step:,}" if step else f"run {run:,}, before its first step"


def trigger_text(run: ScriptRun, interaction: Interaction | None) -> str:
    """What started a run, for a table cell."""
    if run.trigger_type is TriggerType.RERUN:
        return f"rerun asked for by run {run.trigger}"
    return "unknown" if interaction is None else interaction_title(interaction)


def outcome_text(run: ScriptRun, requests: Iterable[RerunRequest] = ()) -> str:
    """How a run ended, for a table cell or a span of the timeline; `requests` are its own."""
    return end_of(run, requests).short()


def what_ran(run: ScriptRun, main: str = "") -> str:
    """What Streamlit executed in a run; `main` is the script that called the page that ran."""
    if run.kind is RunKind.FRAGMENT:
        fragments = names.fragment_words(run)
        return f"{fragments if fragments == 'no fragment' else f'only {fragments}'} of {run.script}"
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


def size(bytes_: int) -> str:
    """`12 kB`, `3.4 MB`."""
    if bytes_ < 1_000_000:
        return f"{max(1, round(bytes_ / 1000))} kB"
    return f"{bytes_ / 1e6:.1f} MB"


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


def _verb(interaction: Interaction) -> tuple[str, Any]:
    for verb in interaction.action:
        return verb, names.subject(interaction)
    return "", None


def _is_of_component(interaction: Interaction) -> bool:
    """Whether a component sent it, which may do so by itself."""
    change = names.meant(interaction)
    return change is not None and change.element in names.COMPONENTS


def _selected(interaction: Interaction) -> str:
    """What was selected in a data frame or a chart; empty when it was no selection."""
    value = interaction.action.get("value")
    selection = value.get("selection") if isinstance(value, dict) else None
    if not isinstance(selection, dict):
        return ""
    counts = [(len(found), word) for word, found in selection.items() if isinstance(found, list)]
    parts = [
        count(number, word.removesuffix("s"))
        for number, word in counts
        if number and word in ("rows", "columns", "cells", "points")
    ]
    return " and ".join(parts) or ("something" if any(selection.values()) else "nothing")


_TITLE_VERBS = ("set", "send", "switch", "select")
_SENTENCE_VERBS = ("set", "sent", "switched", "selected")


def _set(interaction: Interaction, name: str, verbs: tuple[str, str, str, str]) -> str:
    """What was done to a widget: the verbs for setting, sending, switching and selecting."""
    value = interaction.action.get("value")
    element = next((c.element for c in interaction.changes if c.new == value), "")
    if _selected(interaction):
        return f"{verbs[3]} {_selected(interaction)} in {name}"
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


def spans(numbers: Sequence[int]) -> str:
    """Ascending whole numbers in words: `1, 5 to 9`."""
    found = []
    for _, group in groupby(enumerate(numbers), lambda each: each[1] - each[0]):
        span = [n for _, n in group]
        found.append(f"{span[0]:,}" if len(span) == 1 else f"{span[0]:,} to {span[-1]:,}")
    return ", ".join(found)
