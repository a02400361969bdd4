"""Probes for session state: what the script, Streamlit and the browser change in it."""

from __future__ import annotations

import dataclasses
from threading import get_ident
from types import FrameType
from typing import Any

from ..capture.class_shapes import module_name
from ..capture.holding import says_nothing
from ..capture.known_types import is_genuine
from ..capture.place import NOWHERE, Place
from ..capture.recorder import Recorder
from ..capture.traces import RunTrace
from ..capture.values import is_mutable_builtin, snapshot, snapshot_and_secrets
from ..capture.watch import masked_text
from ..model import StateOp, StateWrite
from .frames import argument, context_here
from .live_run import LiveRun
from .live_runs import LiveRuns
from .reads import AttemptProbes
from .session_state import (
    ABSENT,
    held_value,
    is_held,
    is_internal,
    is_there,
    key_of_widget,
    keys_of_widgets,
    session_state_here,
    widget_value,
)
from .tabs import Tab, Tabs
from .widget import Widget
from .widgets import key_of

_WATCHED = 8  # mutable values of a run that are looked at after statements that may change them
_LOOKED_AT = 200  # keys that are looked at when a run ends


class StateProbes:
    """Watches `SessionState`."""

    def __init__(
        self, recorder: Recorder, tabs: Tabs, live: LiveRuns, attempts: AttemptProbes
    ) -> None:
        self._recorder = recorder
        self._tabs = tabs
        self._live = live
        self._attempts = attempts
        self._old: dict[int, tuple[str, str | None]] = {}  # by frame: key and text before
        self._keys: dict[int, dict[str, tuple[str, str | None]]] = {}  # by frame: widget -> key
        self._early: dict[int, list[StateWrite]] = {}  # by thread: before its run begins

    # st.session_state

    def set_starts(self, frame: FrameType) -> None:
        key = argument(frame, 1)
        if type(key) is not str or is_internal(key):
            return
        live = self._live.here()
        if live is None or context_here() is None:
            self._old[id(frame)] = (key, None)
        else:
            old = self._text(live.tab, key, held_value(frame.f_locals["self"], key))
            self._old[id(frame)] = (key, old)

    def set_ends(self, frame: FrameType, value: Any) -> None:
        key, old = self._old.pop(id(frame), (None, None))
        if key is not None and context_here() is None:
            self._attempts.lost(frame, key, (argument(frame, 2),))
        elif key is not None:
            recorder, live = self._recorder, self._live.here()
            if live is not None:
                recorder.marks.key_written(live.tab.n, key, recorder.secrets_here())
            self._write(frame, StateOp.SET, key, old, argument(frame, 2))

    def delete_ends(self, frame: FrameType, value: Any) -> None:
        key, old = self._old.pop(id(frame), (None, None))
        if key is not None and context_here() is None:
            self._attempts.lost(frame, key, ())
        elif key is not None:
            self._write(frame, StateOp.DELETE, key, old, ABSENT)

    def failed(self, frame: FrameType, error: BaseException) -> None:
        """Streamlit refused the change: nothing happened to the key."""
        key, _ = self._old.pop(id(frame), (None, None))
        if key is not None:
            self._attempts.refused(frame, key, (argument(frame, 2),), error)

    def delete_fails(self, frame: FrameType, error: BaseException) -> None:
        key, _ = self._old.pop(id(frame), (None, None))
        if key is not None:
            self._attempts.refused(frame, key, (), error)

    def _write(self, frame: FrameType, op: StateOp, key: str, old: str | None, value: Any) -> None:
        live = self._live.here()
        if live is not None:
            place = self._recorder.place(frame)
            self._emit(live, key, op, old, self._text(live.tab, key, value), place)

    def _emit(
        self,
        live: LiveRun,
        key: str,
        op: StateOp,
        old: str | None,
        new: str | None,
        place: Place = NOWHERE,
    ) -> None:
        if not live.trace.detailed:
            return
        live.tab.remember(key, new)
        at = self._recorder.now()
        write = (live.n, at, live.step, key, op, old, new, place.file, place.line)
        self._recorder.emit(StateWrite(*write))

    def _text(self, tab: Tab, key: str, value: Any) -> str | None:
        if value is ABSENT:
            return None
        redactor = self._recorder.redactor
        if key in tab.hidden or redactor.hides_name(key):
            return redactor.stand_in(value)
        secrets = self._recorder.marks.key(tab.n, key)
        if secrets and not says_nothing(value):
            return masked_text(value, secrets, redactor)
        text, found = snapshot_and_secrets(_plain(value), redactor)
        if found:
            self._recorder.marks.key_written(tab.n, key, found)
        return text

    # Values of widgets, and values that change in place: no key is set

    def widgets_arrived(self) -> None:
        """Before a run's first callback, or its script: the browser's values are in place."""
        live, state = self._live.here(), session_state_here()
        if live is None or state is None or not live.know_widgets():
            return
        for widget_id, key in keys_of_widgets(state):
            if is_held(state, widget_id) and not is_internal(key):
                self._compare(live, state, key, StateOp.WIDGET)

    def widget_drawn(self, live: LiveRun, widget: Widget, place: Place) -> None:
        state = session_state_here()
        if widget.secret and state is not None:
            self._secret(widget_value(state, widget.id))
        key = key_of_widget(state, widget.id) if state is not None else None
        if key is None or is_internal(key):
            return
        if widget.is_trigger:
            live.tab.add_trigger(key)
        if widget.secret or self._recorder.redactor.hides_name(widget.label):
            live.tab.hide(key)
            self._secret(held_value(state, key))
        self._compare(live, state, key, StateOp.WIDGET, place)

    def value_of(self, live: LiveRun, widget: Widget) -> str | None:
        """The text of the value that a widget has in this run; None when it is not known."""
        state = session_state_here()
        value = ABSENT if state is None else widget_value(state, widget.id)
        if value is ABSENT:
            return None
        redactor = self._recorder.redactor
        names = (widget.label, widget.key or "")
        if widget.secret or any(map(redactor.hides_name, names)):
            return redactor.stand_in(value)
        return snapshot(_plain(value), redactor)

    def triggers_reset(self, frame: FrameType, value: Any) -> None:
        """Streamlit takes the presses of buttons back at a run's end: they are true in it alone."""
        live, state = self._live.here(), frame.f_locals["self"]
        if live is not None and context_here() is not None:
            for key in live.tab.triggers & live.tab.state.keys():
                self._compare(live, state, key, StateOp.WIDGET)

    def read(self, frame: FrameType, value: Any) -> None:
        """A key was read: should its value be of a kind that can change in place, watch it."""
        key = argument(frame, 1)
        if type(key) is not str:
            return
        recorder = self._recorder
        if recorder.redactor.active:
            self._key_read(key, value)
        if not is_mutable_builtin(value) or context_here() is None:
            return
        live = self._live.here()
        if live is not None and key in live.tab.state:
            live.watch(key, _WATCHED)

    def _key_read(self, key: str, value: Any) -> None:
        """What is made of a marked key's value is marked too."""
        live, recorder = self._live.here(), self._recorder
        if live is not None and not says_nothing(value):
            bits = recorder.redactor.bits_of(value) if key in live.tab.hidden else 0
            recorder.secret_read(bits | recorder.marks.key(live.tab.n, key))

    def _secret(self, value: Any) -> None:
        """A password field has this value: the statement that drew it gets it."""
        recorder = self._recorder
        if value is not ABSENT and value and type(value) is str:
            recorder.redactor.add_secret(value)
            recorder.secret_read(recorder.redactor.bits_of(value))

    def touched(self, trace: RunTrace, place: Place) -> None:
        live, state = self._live.here(), session_state_here()
        if live is not None and live.trace is trace and state is not None:
            self._changed_in_place(live, state, list(live.mutable), place)

    def run_ends(self) -> None:
        live, state = self._live.here(), session_state_here()
        if live is not None and state is not None:
            self._changed_in_place(live, state, list(live.tab.state)[-_LOOKED_AT:])

    def unseen(self, live: LiveRun, state: Any) -> None:
        """What became of every key while the run's thread was not watched: without a line."""
        mapped = {key: id for id, key in keys_of_widgets(state)}
        for key in dict.fromkeys([*state._new_session_state, *state._old_state, *mapped]):
            # A widget that was not met may be a password's.
            known = key not in mapped or mapped[key] in live.tab.widgets
            if type(key) is str and not is_internal(key) and known:
                self._compare(live, state, key, StateOp.SET)
        for key in list(live.tab.state):
            if held_value(state, key) is ABSENT and key not in mapped:
                drawn = any(key_of(widget_id) == key for widget_id in live.tab.widgets)
                op = StateOp.CLEANUP if drawn else StateOp.DELETE
                self._emit(live, key, op, live.tab.state[key], None)

    def _changed_in_place(
        self,
        live: LiveRun,
        state: Any,
        keys: list[str],
        place: Place = NOWHERE,
    ) -> None:
        for key in keys:
            if is_mutable_builtin(held_value(state, key)):
                self._compare(live, state, key, StateOp.IN_PLACE, place)

    def _compare(
        self,
        live: LiveRun,
        state: Any,
        key: str,
        op: StateOp,
        place: Place = NOWHERE,
    ) -> None:
        """Emit a write when the key's value is not what was last recorded."""
        value = held_value(state, key)
        old, new = live.tab.state.get(key), self._text(live.tab, key, value)
        recorder = self._recorder
        if op is StateOp.IN_PLACE and new != old and recorder.secrets_here():
            recorder.marks.key_written(live.tab.n, key, recorder.secrets_here())
            new = self._text(live.tab, key, value)
        if new is not None and new != old:
            self._emit(live, key, op, old, new, place)

    # Streamlit's own clean-up

    def run_starts(self) -> None:
        """A run has begun: what was tidied up before it, on its thread, counts as its own."""
        live = self._live.here()
        for write in self._early.pop(get_ident(), ()):
            self._recorder.emit(dataclasses.replace(write, run=live.n if live is not None else 0))

    def cleanup_starts(self, frame: FrameType) -> None:
        state = frame.f_locals["self"]
        context = context_here()
        if context is None:
            return
        tab = self._tabs.tab(context.session_id)
        self._keys[id(frame)] = {
            widget_id: (key, self._text(tab, key, held_value(state, key)))
            for widget_id, key in keys_of_widgets(state)
            if is_held(state, widget_id) and not is_internal(key)
        }

    def cleanup_ends(self, frame: FrameType, value: Any) -> None:
        state = frame.f_locals["self"]
        live = self._live.here()
        recorder = self._recorder
        for widget_id, (key, old) in self._keys.pop(id(frame), {}).items():
            # Its widget may have another identity by now, or the key keeps its value without one.
            if is_held(state, widget_id) or is_there(state, key):
                continue
            write = StateWrite(
                live.n if live else 0,
                recorder.now(),
                live.step if live else 0,
                key,
                StateOp.CLEANUP,
                old,
                None,
            )
            self._tabs.tab(context_here().session_id).remember(key, None)
            if live is not None:
                recorder.emit(write)
            else:  # a page switch: Streamlit tidies up before the next run begins
                self._early.setdefault(get_ident(), []).append(write)


def _plain(value: Any, depth: int = 3) -> Any:
    """Streamlit's own kinds of dictionaries, such as a data editor's edits, as plain ones."""
    cls = type(value)
    own = depth > 0 and module_name(cls).startswith("streamlit.") and is_genuine(cls)
    if not own or not issubclass(cls, dict):
        return value
    return {key: _plain(item, depth - 1) for key, item in dict.items(value)}
