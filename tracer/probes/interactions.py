"""Probes for what the browser, timers and edits ask for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from threading import get_ident
from types import FrameType, FunctionType
from typing import Any

from ..capture.recorder import Recorder
from ..model import AppSession, Interaction, InteractionKind, TriggerType, WidgetChange
from ..words.names import kind_words, told_apart
from .frames import argument
from .request import Request
from .requesting import RequestProbes
from .tabs import Tab, Tabs
from .widget import Widget
from .widget_values import read_value
from .widgets import key_of


class InteractionProbes:
    """Watches `AppSession`."""

    def __init__(self, recorder: Recorder, tabs: Tabs, requests: RequestProbes) -> None:
        self._recorder = recorder
        self._tabs = tabs
        self._requests = requests
        self._numbers = itertools.count()
        self._edits: dict[int, str] = {}  # by thread: the file whose edit it handles, or nothing

    # App sessions

    def session_opened(self, frame: FrameType, value: Any) -> None:
        session = frame.f_locals["self"]
        tab = self._tabs.tab(session.id)
        recorder = self._recorder
        recorder.emit(AppSession(tab.n, session.id, tab.opened_ns))

    def session_closed(self, frame: FrameType) -> None:
        session_id = frame.f_locals["self"].__dict__.get("id")
        tab = self._tabs.known(session_id)
        if tab is not None:
            recorder = self._recorder
            recorder.emit(AppSession(tab.n, session_id, tab.opened_ns, recorder.now()))

    # What was asked for

    def message_arrives(self, frame: FrameType) -> None:
        message = argument(frame, 1)
        if message.WhichOneof("type") == "stop_script":
            session = frame.f_locals["self"]
            self._requests.ask_to_stop()
            self._add(self._tabs.tab(session.id), InteractionKind.STOP, {"stop": True})

    def source_edited(self, frame: FrameType) -> None:
        path = argument(frame, 1)
        self._edits[get_ident()] = path if type(path) is str else ""

    def origin_over(self, frame: FrameType, value: Any = None) -> None:
        self._edits.pop(get_ident(), None)
        self._requests.stop_answered()

    def rerun_asked(self, frame: FrameType) -> None:
        session, state = frame.f_locals["self"], argument(frame, 1)
        tab = self._tabs.tab(session.id)
        n = self.interaction(tab, session, state)
        self._requests.ask(Request(TriggerType.INTERACTION, n))

    def rerun_answered(self, frame: FrameType, value: Any = None) -> None:
        self._requests.answered()

    def interaction(self, tab: Tab, session: Any, state: Any) -> int:
        """Record what was asked for (a `ClientState`, or None); return the interaction's n."""
        edited = self._edits.get(get_ident())
        if edited is not None:
            shown = self._recorder.scope.relative(edited) if edited else True
            return self._add(tab, InteractionKind.EDIT, {"edit_source": shown})
        if state is None:
            return self._add(tab, InteractionKind.RERUN, {"rerun": True})
        fragment = state.fragment_id or None
        tab.come_from(self._recorder.redactor.query(state.query_string))
        changes, picked = self._changes(tab, state)
        page = state.page_script_hash or state.page_name or None
        if tab.load():
            name = state.page_name or None
            return self._add(tab, InteractionKind.LOAD, {"load": True}, page=name)
        if state.is_auto_rerun:
            action = {"timer": fragment_name(session._fragment_storage, fragment)}
            return self._add(tab, InteractionKind.TIMER, action, changes, fragment)
        if page and tab.page is not None and page != tab.page:
            name = tab.pages.get(page, page)
            return self._add(tab, InteractionKind.PAGE, {"page": name}, changes, page=name)
        if not picked:
            return self._add(tab, InteractionKind.RERUN, {"rerun": True}, changes, fragment)
        action = _action(tab, picked)
        return self._add(tab, InteractionKind.WIDGET, action, changes, fragment)

    def _changes(
        self, tab: Tab, state: Any
    ) -> tuple[tuple[WidgetChange, ...], tuple[WidgetChange, ...]]:
        """All changes, and those that a person made.

        A widget that was gone from the page and is back has the value that it begins with.
        """
        changes, picked = [], []
        redactor = self._recorder.redactor
        for widget_state in state.widget_states.widgets:
            widget = tab.widgets.get(widget_state.id)
            new = read_value(widget, widget_state)
            if widget is not None and widget.secret:
                redactor.add_secret(new)
            known = widget_state.id in tab.values
            old = tab.values.get(widget_state.id, widget.default if widget else None)
            trigger = widget is not None and widget.is_trigger
            is_back = widget_state.id in tab.gone and widget is not None and new == widget.default
            tab.take_value(widget_state.id, old if trigger else new)
            if (new if trigger else new != old) or (widget is None and not known):
                changes.append(self._change(widget, widget_state.id, old, new))
                picked += [] if is_back else changes[-1:]
        return tuple(changes), tuple(picked)

    def _change(self, widget: Widget | None, widget_id: str, old: Any, new: Any) -> WidgetChange:
        key = key_of(widget_id)
        label = widget.label or widget.placeholder if widget else ""
        redactor = self._recorder.redactor
        if (
            (widget and widget.secret)
            or redactor.hides_name(key or "")
            or (redactor.hides_name(label))
        ):
            redactor.add_secret(new)
            old, new = redactor.stand_in(old) if old else old, redactor.stand_in(new)
        return WidgetChange(widget_id, widget.element if widget else "widget", label, key, old, new)

    def _add(
        self,
        tab: Tab,
        kind: InteractionKind,
        action: Mapping[str, Any],
        changes: tuple[WidgetChange, ...] = (),
        fragment: str | None = None,
        page: str | None = None,
    ) -> int:
        n = next(self._numbers)
        at = self._recorder.now()
        interaction = Interaction(n, tab.n, at, kind, action, changes, fragment, page, tab.query)
        self._recorder.emit(interaction)
        return n


def fragment_name(storage: Any, fragment: str | None) -> str:
    """The name of a fragment's function, from the wrapper that Streamlit keeps for it."""
    wrapper = getattr(storage, "__dict__", {}).get("_fragments", {}).get(fragment)
    for value in (wrapper, getattr(wrapper, "__dict__", {}).get("wrapped_fragment")):
        name = fragment or ""
        while (inner := _wrapped(value)) is not None:  # of a dialog, a function around the user's
            value, name = inner, inner.__code__.co_name
        if name != fragment:
            return name
    return fragment or ""


def _wrapped(value: Any) -> FunctionType | None:
    """The function that Streamlit's wrapper was made around; None: it is no such wrapper."""
    if type(value) is not FunctionType or "non_optional_func" not in value.__code__.co_freevars:
        return None
    cell = (value.__closure__ or ())[value.__code__.co_freevars.index("non_optional_func")]
    function = cell.cell_contents
    return function if type(function) is FunctionType else None


def _action(tab: Tab, changes: tuple[WidgetChange, ...]) -> dict[str, Any]:
    """The facts document's form of what the browser did."""
    for change in changes:
        widget = tab.widgets.get(change.widget_id)
        if widget is not None and widget.is_trigger:
            if widget.element == "dialog":
                return {"dismiss": True}
            name = _name(tab, change, widget)
            if widget.submits:
                return {"submit": name}
            if widget.field == "trigger_value":
                return {"click": name}
            return {"set": name, "value": change.new}
    change = changes[0]
    widget = tab.widgets.get(change.widget_id)
    name = _name(tab, change, widget)
    if isinstance(change.new, dict) and "edited_rows" in change.new:
        return {"edit": name, **_edits(change.new)}
    return {"set": name, "value": change.new}


def _name(tab: Tab, change: WidgetChange, widget: Widget | None) -> str:
    """What a person would call the widget: never by Streamlit's id of it.

    Of several with the same label, the key or the line tells which; without a label, key or
    placeholder, the kind and how many of that kind come before it on the page.
    """
    if widget is None:
        return change.label or change.key or f"a {kind_words(change.element)}"
    others = {id: tab.widgets[id] for id in tab.drawn if id != widget.id and id in tab.widgets}
    if change.label:
        if all(other.label != change.label for other in others.values()):
            return change.label
        at = tab.drawn.get(widget.id)
        return told_apart(change.label, change.key, at.place.line if at is not None else None)
    name = change.key or widget.placeholder
    if name:
        return name
    here = tab.drawn[widget.id].path if widget.id in tab.drawn else ()
    kind = kind_words(widget.kind)
    alike = [id for id, other in others.items() if kind_words(other.kind) == kind]
    before = sum(tab.drawn[id].path < here for id in alike)
    return f"{kind} {before + 1}"


def _edits(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "rows": value.get("edited_rows", {}),
        "added": value.get("added_rows", []),
        "deleted": value.get("deleted_rows", []),
    }
