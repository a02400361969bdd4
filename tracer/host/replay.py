"""Makes a scenario of a recording, so that what somebody did in the browser can be driven again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from ..analysis.facts import RecordingFacts
from ..analysis.names import meant
from ..analysis.page import Page, PageNode
from ..capture.redaction import HIDDEN
from ..model import Interaction, InteractionKind, WidgetChange

_UPLOADS = ("file_uploader", "camera_input", "audio_input")
_HIDDEN_NOTE = "a hidden value is not in the recording: put it here"
_FALLBACK_MS = 1000


@dataclass(frozen=True, slots=True)
class ReplayStep:
    """A step in its plain form, and what has to be said about it. Without a step, only words."""

    step: Mapping[str, Any] | None
    note: str = ""


def replay_steps(recording: RecordingFacts) -> list[ReplayStep]:
    """The interactions of the first app session as steps of a scenario.

    Ticks of timers become waiting. An interaction that came while the one before still ran gives
    that one `no_wait`. What cannot be driven (uploads, source edits) is left out with a note.
    """
    tabs = sorted({item.app_session for item in recording.interactions})
    mine = [item for item in recording.interactions if item.app_session in tabs[:1]]
    ends: dict[int, int] = {}
    for run in recording.runs:
        end = run.started_ns if run.ended_ns is None else run.ended_ns
        ends[run.interaction] = max(ends.get(run.interaction, 0), end)
    then = {item.n: after.at_ns for item, after in pairwise(mine)}
    pages = _Pages(recording, tabs[:1])
    steps: list[ReplayStep] = []
    for is_timer, group in groupby(mine, lambda item: item.kind is InteractionKind.TIMER):
        items = list(group)
        if is_timer:
            steps.append(ReplayStep({"wait_ms": _wait_ms(items, recording)}))
            continue
        for item in items:
            found = list(_steps_of(item, pages))
            last = found[-1].step if found else None
            if last is not None and ends.get(item.n, 0) > then.get(item.n, ends.get(item.n, 0)):
                found[-1] = ReplayStep({**last, "no_wait": True}, found[-1].note)
            steps += found
    if len(tabs) > 1:
        note = f"left out: what was done in {len(tabs) - 1} more browser tabs"
        steps.append(ReplayStep(None, note))
    return steps


def _steps_of(item: Interaction, pages: _Pages) -> Iterator[ReplayStep]:
    action = dict(item.action)
    if item.kind is InteractionKind.LOAD:
        return
    if item.kind is InteractionKind.EDIT:
        yield ReplayStep(None, f"left out: the source was edited ({action.get('edit_source')})")
    elif item.kind is not InteractionKind.WIDGET or not item.changes:
        yield ReplayStep(action)
    else:
        names = pages.at(item.at_ns)
        if "submit" in action:
            triggered = _triggered(item)
            for change in item.changes:
                if change is not triggered:
                    yield _change(change, names)
            yield ReplayStep({"submit": names.name_of(triggered)})
        elif "click" in action:
            # A change besides the click is one that the script made: a browser sends its own alone.
            yield ReplayStep({"click": names.name_of(_triggered(item))})
        else:
            yield _change(meant(item) or item.changes[0], names)


def _triggered(item: Interaction) -> WidgetChange:
    """The button among the changes."""
    buttons = [change for change in item.changes if change.element.endswith("button")]
    return next(iter(buttons), item.changes[-1])


def _change(change: WidgetChange, names: _Names) -> ReplayStep:
    name = names.name_of(change)
    if change.element in _UPLOADS:
        return ReplayStep(None, f"left out: a file for {name!r}; uploads cannot be driven")
    note = _HIDDEN_NOTE if _has_hidden(change.new) else ""
    if (
        change.element == "dataframe"
        and isinstance(change.new, dict)
        and set(change.new) >= _EDITED
    ):
        edit = {"rows": "edited_rows", "added": "added_rows", "deleted": "deleted_rows"}
        return ReplayStep({"edit": name, **{k: change.new[v] for k, v in edit.items()}}, note)
    return ReplayStep({"set": name, "value": change.new}, note)


_EDITED = {"edited_rows", "added_rows", "deleted_rows"}


def _has_hidden(value: Any) -> bool:
    if isinstance(value, str):
        return HIDDEN in value
    if isinstance(value, dict):
        return any(map(_has_hidden, value.values()))
    return isinstance(value, list | tuple) and any(map(_has_hidden, value))


def _wait_ms(ticks: Sequence[Interaction], recording: RecordingFacts) -> int:
    """How long to wait so that each fragment's timer fires as often as it did."""
    every = {
        m.detail.get("fragment"): float(m.detail.get("every", 0)) * 1000
        for m in recording.messages
        if m.type == "auto_rerun" and m.at_ns <= ticks[-1].at_ns
    }
    counts: dict[str | None, int] = {}
    for tick in ticks:
        counts[tick.fragment] = counts.get(tick.fragment, 0) + 1
    known = [(every.get(fragment) or _FALLBACK_MS, n) for fragment, n in counts.items()]
    enough = max(length * n for length, n in known)
    too_much = min(length * (n + 1) for length, n in known)
    return round((enough + too_much) / 2 if too_much > enough else enough)


class _Names:
    """How the widgets of one page are called."""

    def __init__(self, nodes: Sequence[PageNode], widget_ids: Mapping[int, str]) -> None:
        self._nodes = [(widget_ids[n.message], n) for n in nodes if n.message in widget_ids]

    def name_of(self, change: WidgetChange) -> str:
        """The label, the key or the place: the first that means this widget and no other."""
        for name in filter(None, (change.label, change.key)):
            called = [i for i, n in self._nodes if name == n.label or i.endswith(f"-{name}")]
            if called in ([], [change.widget_id]):
                return name
        same = [i for i, n in self._nodes if n.element == change.element]
        if change.widget_id in same:
            return f"{change.element}#{same.index(change.widget_id)}"
        return change.label or change.key or f"{change.element}#0"


class _Pages:
    """The page as it was at a moment. Ask for moments in order."""

    def __init__(self, recording: RecordingFacts, tabs: Sequence[int]) -> None:
        mine = [m for m in recording.messages if m.app_session in tabs and m.sent_order is not None]
        self._messages = sorted(mine, key=lambda message: message.sent_order or 0)
        self._widget_ids = {w.message: w.widget_id for w in recording.writes if w.widget_id}
        self._done = 0
        self._page = Page()

    def at(self, at_ns: int) -> _Names:
        while self._done < len(self._messages):
            message = self._messages[self._done]
            if (message.fate_ns or message.at_ns) > at_ns:
                break
            self._page.apply(message)
            self._done += 1
        return _Names(self._page.nodes(), self._widget_ids)
