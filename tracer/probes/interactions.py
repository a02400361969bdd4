"""Probes for what the browser, timers and edits ask for, and for who asked for the next run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import FrameType, FunctionType
from typing import Any

from ..model import AppSession, Interaction, InteractionKind, TriggerType, WidgetChange
from ..words.names import kind_words, told_apart
from .live_run import Host, Request, Tab, argument
from .widget import Widget
from .widget_values import read_value
from .widgets import key_of


class InteractionProbes:
    """Watches `AppSession` and `ScriptRequests`."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._origin: dict[int, str] = {}  # by thread: why a rerun is being requested
        self._pending: dict[int, list[Request]] = {}  # by ScriptRequests: not taken up yet
        self.stops: dict[int, str] = {}  # by ScriptRequests: why it was told to stop

    # App sessions

    def session_opened(self, frame: FrameType, value: Any) -> None:
        session = frame.f_locals["self"]
        tab = self._host.tab(session.id)
        recorder = self._host.recorder
        recorder.emit(AppSession(tab.n, session.id, tab.opened_ns))

    def session_closed(self, frame: FrameType) -> None:
        session_id = frame.f_locals["self"].__dict__.get("id")
        tab = self._host.tabs.get(session_id)
        if tab is not None:
            recorder = self._host.recorder
            recorder.emit(AppSession(tab.n, session_id, tab.opened_ns, recorder.now()))

    # What was asked for

    def message_arrives(self, frame: FrameType) -> None:
        message = argument(frame, 1)
        if message.WhichOneof("type") == "stop_script":
            session = frame.f_locals["self"]
            self._origin[threading.get_ident()] = "stop"
            self._add(self._host.tab(session.id), InteractionKind.STOP, {"stop": True})

    def source_edited(self, frame: FrameType) -> None:
        path = argument(frame, 1)
        self._origin[threading.get_ident()] = f"edit:{path}" if type(path) is str else "edit:"

    def origin_over(self, frame: FrameType, value: Any = None) -> None:
        self._origin.pop(threading.get_ident(), None)

    def rerun_asked(self, frame: FrameType) -> None:
        session, state = frame.f_locals["self"], argument(frame, 1)
        tab = self._host.tab(session.id)
        n = self.interaction(tab, session, state)
        self._host.asking[threading.get_ident()] = Request(TriggerType.INTERACTION, n)

    def rerun_answered(self, frame: FrameType, value: Any = None) -> None:
        self._host.asking.pop(threading.get_ident(), None)

    def interaction(self, tab: Tab, session: Any, state: Any) -> int:
        """Words what was asked for (a `ClientState`, or None) as an interaction; its number."""
        origin = self._origin.get(threading.get_ident(), "")
        if origin.startswith("edit:"):
            path = origin.removeprefix("edit:")
            shown = self._host.recorder.scope.relative(path) if path else True
            return self._add(tab, InteractionKind.EDIT, {"edit_source": shown})
        if state is None:
            return self._add(tab, InteractionKind.RERUN, {"rerun": True})
        fragment = state.fragment_id or None
        tab.query = self._host.recorder.redactor.query(state.query_string)
        changes, picked = self._changes(tab, state)
        page = state.page_script_hash or state.page_name or None
        if not tab.loaded:
            tab.loaded = True
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
        redactor = self._host.recorder.redactor
        for widget_state in state.widget_states.widgets:
            widget = tab.widgets.get(widget_state.id)
            new = read_value(widget, widget_state)
            if widget is not None and widget.secret:
                redactor.add_secret(new)
            known = widget_state.id in tab.values
            old = tab.values.get(widget_state.id, widget.default if widget else None)
            trigger = widget is not None and widget.is_trigger
            tab.values[widget_state.id] = old if trigger else new
            is_back = widget_state.id in tab.gone and widget is not None and new == widget.default
            tab.gone.discard(widget_state.id)
            if (new if trigger else new != old) or (widget is None and not known):
                changes.append(self._change(widget, widget_state.id, old, new))
                picked += [] if is_back else changes[-1:]
        return tuple(changes), tuple(picked)

    def _change(self, widget: Widget | None, widget_id: str, old: Any, new: Any) -> WidgetChange:
        key = key_of(widget_id)
        label = widget.label or widget.placeholder if widget else ""
        redactor = self._host.recorder.redactor
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
        host = self._host
        n = host.interaction_count
        host.interaction_count += 1
        at = host.recorder.now()
        interaction = Interaction(n, tab.n, at, kind, action, changes, fragment, page, tab.query)
        host.recorder.emit(interaction)
        return n

    # Who asked for the run that starts next

    def requested(self, frame: FrameType) -> None:
        request = self._host.asking.get(threading.get_ident())
        if request is None:
            live = self._host.here()
            if live is None:
                return
            request = Request(TriggerType.RERUN, live.n, any(r.scope == "page" for r in live.asked))
        self._pending.setdefault(id(frame.f_locals["self"]), []).append(request)

    def stop_requested(self, frame: FrameType) -> None:
        request = self._host.asking.get(threading.get_ident())
        live = self._host.here()
        if live is not None and live.trace is self._host.recorder.here:
            reason = "itself"
        elif request is not None:
            reason = f"superseded by interaction {request.n}"
        elif self._origin.get(threading.get_ident()) == "stop":
            reason = "stopped by the user"
        else:
            reason = "the app session was closed"
        self.stops.setdefault(id(frame.f_locals["self"]), reason)

    def taken_unseen(self, requests: object) -> tuple[Request, ...]:
        """What was asked of a ScriptRequests, and taken up by a thread that is not watched."""
        return tuple(self._pending.pop(id(requests), ()))

    def taken_up(self, frame: FrameType, value: Any) -> None:
        """A script thread takes a request: at a yield point, or when it is ready for a run."""
        if value is None:
            return
        requests = id(frame.f_locals["self"])
        live = self._host.here()
        taken = tuple(self._pending.pop(requests, ()))
        if value.type.name == "RERUN":
            self._host.next_requests[threading.get_ident()] = taken
        if live is not None:
            live.consumed = taken
            live.halt = self._host.recorder.place(frame)


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
    """The function that a wrapper of Streamlit's is for."""
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
