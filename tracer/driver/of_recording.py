"""Makes a scenario of a recording, so that what somebody did in the browser can be driven again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from ..analysis.page import Page, PageNode
from ..analysis.recording import RecordingFacts
from ..model import Interaction, InteractionKind, WidgetChange, has_mask
from ..probes.widget_names import kind_of
from ..words.names import meant
from .scenario_words import EVENTS_OF

_UPLOADS = ("file_uploader", "camera_input", "audio_input")
_HIDDEN_NOTE = "a hidden value is not in the recording: put it here"
_FILES_NOTE = "the files are not in the recording: put them beside the scenario"
_ADDRESS_NOTE = "this tab was opened with another query: the scenario has one for all tabs"
_OF_THE_FRAME = ("embed", "embed_options")
_FALLBACK_MS = 1000
_SHORTEST_WAIT_MS = 20  # what is nearer together was done at once


@dataclass(frozen=True, slots=True)
class ReplayStep:
    """A step in its plain form, and what has to be said about it. Without a step, only words."""

    step: Mapping[str, Any] | None
    note: str = ""


def replay_steps(recording: RecordingFacts) -> list[ReplayStep]:
    """The interactions of a recording as steps of a scenario, in the order in which they came.

    Ticks of timers become waiting. An interaction that came while the one before still ran gives
    that one `no_wait`, and the time between them is waited for by the clock. What cannot be driven
    (source edits) is left out with a note.
    """
    items = sorted(recording.interactions, key=lambda item: (item.at_ns, item.n))
    sessions = list(dict.fromkeys(item.app_session for item in items))
    pages = {session: _Pages(recording, session) for session in sessions}
    start = _opened_with(next(iter(items), None))
    ends: dict[int, int] = {}
    for run in recording.runs:
        end = run.started_ns if run.ended_ns is None else run.ended_ns
        ends[run.interaction] = max(ends.get(run.interaction, 0), end)
    after = {item.n: following for item, following in pairwise(items)}
    steps: list[ReplayStep] = []
    for is_timer, group in groupby(items, lambda item: item.kind is InteractionKind.TIMER):
        ticks = list(group)
        if is_timer:
            steps.append(ReplayStep({"wait_ms": _wait_ms(ticks, recording)}))
            continue
        for item in ticks:
            tab = sessions.index(item.app_session) + 1
            done = _steps_of(item, pages[item.app_session], tab, start)
            found = [_in_tab(step, tab) for step in done]
            following = after.get(item.n)
            last = found[-1].step if found else None
            if following is not None and ends.get(item.n, 0) > following.at_ns and last is not None:
                found[-1] = ReplayStep({**last, "no_wait": True}, found[-1].note)
                gap = round((following.at_ns - item.at_ns) / 1e6)
                if gap >= _SHORTEST_WAIT_MS and following.kind is not InteractionKind.TIMER:
                    found.append(ReplayStep({"wait_ms": gap}))
            steps += found
    return steps


def start_query(recording: RecordingFacts) -> ReplayStep:
    """The scenario's `query`: what the first tab was opened with. Without one, no step.

    What only tells the page that it stands in a frame, no script gets to see.
    """
    query = _opened_with(next(iter(recording.interactions), None))
    if not query:
        return ReplayStep(None)
    return ReplayStep({"query": query}, _HIDDEN_NOTE if has_mask(query) else "")


def _opened_with(load: Interaction | None) -> str:
    """The query string of an address that was loaded, without what is for Streamlit's own page."""
    pairs = ((load.query if load else None) or "").removeprefix("?").split("&")
    return "&".join(pair for pair in pairs if pair.partition("=")[0] not in _OF_THE_FRAME)


def _in_tab(item: ReplayStep, tab: int) -> ReplayStep:
    if tab == 1 or item.step is None or "tab" in item.step:
        return item
    return ReplayStep({**item.step, "tab": tab}, item.note)


def _steps_of(item: Interaction, pages: _Pages, tab: int, start: str) -> Iterator[ReplayStep]:
    action = dict(item.action)
    if item.kind is InteractionKind.LOAD:
        if tab > 1:  # it is opened when it is named first
            note = "" if _opened_with(item) == start else _ADDRESS_NOTE
            yield ReplayStep({"wait_ms": 0, "tab": tab}, note)
    elif item.kind is InteractionKind.EDIT:
        yield ReplayStep(None, f"left out: the source was edited ({action.get('edit_source')})")
    elif item.kind is not InteractionKind.WIDGET or not item.changes:
        yield ReplayStep(action)
    else:
        names = pages.at(item.at_ns)
        chosen = _chosen(item, action)
        for change in item.changes:
            # Other changes are those inside of a form, and those that the browser kept to itself.
            # Any further ones the script made.
            if change is not chosen and ("submit" in action or names.is_quiet(change)):
                yield _change(change, names)
        if chosen.element == "dialog":
            yield ReplayStep({"dismiss": True})
        elif "submit" in action or "click" in action:
            yield ReplayStep({next(iter(action)): names.name_of(chosen)})
        else:
            yield _change(chosen, names)


def _chosen(item: Interaction, action: Mapping[str, Any]) -> WidgetChange:
    """What was pressed, or changed first, among the changes."""
    if "submit" in action or "click" in action:
        buttons = [c for c in item.changes if c.element.endswith("button") or c.element == "dialog"]
        return next(iter(buttons), item.changes[-1])
    return meant(item) or item.changes[0]


def _change(change: WidgetChange, names: _Names) -> ReplayStep:
    name = names.name_of(change)
    note = _HIDDEN_NOTE if _has_hidden(change.new) else ""
    new = change.new
    if change.element in _UPLOADS:
        before = change.old if isinstance(change.old, list) else []
        files = new if isinstance(new, list) else []
        added = files[len(before) :] if before and files[: len(before)] == before else files
        return ReplayStep({"set": name, "files": added}, _FILES_NOTE if added else "")
    if isinstance(new, dict) and set(new) >= _EDITED:
        return ReplayStep(_edit(name, change.old, new), note)
    if isinstance(new, dict) and set(new) == {"selection"} and isinstance(new["selection"], dict):
        selected = {word: value for word, value in new["selection"].items() if value}
        if change.element == "dataframe":
            return ReplayStep({"select": name, **selected}, note)
        return ReplayStep({"select": name, **({"value": selected} if selected else {})}, note)
    if EVENTS_OF.match(change.widget_id) and isinstance(new, list) and new:
        return ReplayStep({"set": name, **new[-1]}, note)
    return ReplayStep({"set": name, "value": new}, note)


_EDITED = {"edited_rows", "added_rows", "deleted_rows"}


def _edit(name: str, old: Any, new: Mapping[str, Any]) -> dict[str, Any]:
    """What was done in a data editor since; all its edits at once when some were taken back."""
    old = old if isinstance(old, dict) and set(old) >= _EDITED else dict.fromkeys(_EDITED, ())
    before, after = dict(old["edited_rows"]), new["edited_rows"]
    kept = all(set(before[row]) <= set(after.get(row, {})) for row in before)
    added, deleted = list(old["added_rows"]), list(old["deleted_rows"])
    if not (
        kept
        and new["added_rows"][: len(added)] == added
        and set(deleted) <= set(new["deleted_rows"])
    ):
        return {"set": name, "value": dict(new)}
    rows = {
        row: {c: value for c, value in cells.items() if before.get(row, {}).get(c) != value}
        for row, cells in after.items()
    }
    words = {
        "rows": {row: cells for row, cells in rows.items() if cells},
        "added": new["added_rows"][len(added) :],
        "deleted": [n for n in new["deleted_rows"] if n not in deleted],
    }
    return {"edit": name, **{word: value for word, value in words.items() if value}}


def _has_hidden(value: Any) -> bool:
    if isinstance(value, str):
        return has_mask(value)
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


_Details = Mapping[int, Mapping[str, Any]]  # by message


class _Names:
    """How the widgets of one page are called, and which of them keep a value to themselves."""

    def __init__(
        self, nodes: Sequence[PageNode], widget_ids: Mapping[int, str], details: _Details
    ) -> None:
        self._nodes = [
            (widget_ids[n.message], n, details.get(n.message, {}))
            for n in nodes
            if n.message in widget_ids
        ]

    def is_quiet(self, change: WidgetChange) -> bool:
        return any(
            detail.get("ignore_rerun") for i, _, detail in self._nodes if i == change.widget_id
        )

    def name_of(self, change: WidgetChange) -> str:
        """The label, the key or the place: the first that means this widget and no other."""
        events = EVENTS_OF.match(change.widget_id)
        meant = events.group(1) if events else change.widget_id
        of_it = next(((n, detail) for i, n, detail in self._nodes if i == meant), None)
        label, key = change.label or (of_it[0].label if of_it else ""), change.key
        for name in filter(None, (label, key)):
            called = [i for i, n, _ in self._nodes if name == n.label or i.endswith(f"-{name}")]
            if called in ([], [meant]):
                return name
        if of_it is None:
            return label or key or f"{kind_of(change.element)}#0"
        element, kind = of_it[0].element, of_it[1].get("kind")
        if kind:
            same = [i for i, n, d in self._nodes if kind in (d.get("kind"), n.element)]
        else:
            same = [i for i, n, _ in self._nodes if n.element == element]
        return f"{kind or kind_of(element)}#{same.index(meant)}"


class _Pages:
    """One tab's page as it was at a moment. Ask for moments in order."""

    def __init__(self, recording: RecordingFacts, session: int) -> None:
        mine = [
            m for m in recording.messages if m.app_session == session and m.sent_order is not None
        ]
        self._messages = sorted(mine, key=lambda message: message.sent_order or 0)
        self._widget_ids = {w.message: w.widget_id for w in recording.writes if w.widget_id}
        self._details = {message.n: message.detail for message in mine}
        self._done = 0
        self._page = Page()

    def at(self, at_ns: int) -> _Names:
        while self._done < len(self._messages):
            message = self._messages[self._done]
            if (message.fate_ns or message.at_ns) > at_ns:
                break
            self._page.apply(message)
            self._done += 1
        return _Names(self._page.nodes(), self._widget_ids, self._details)
