"""Probes for session state, caches and secrets."""

from __future__ import annotations

import threading
from types import FrameType
from typing import Any

from ..capture.redaction import HIDDEN
from ..capture.values import snapshot
from ..model import CacheAccess, StateOp, StateWrite
from .codes import code_of
from .host import Host, argument, is_internal
from .runs import RunProbes

_ABSENT = object()


class StateProbes:
    """Watches `SessionState`, `CachedFunc` and `Secrets`."""

    def __init__(self, host: Host, runs: RunProbes) -> None:
        self._host = host
        self._runs = runs
        self._old: dict[int, tuple[str, str | None]] = {}  # by frame: key and text before
        self._keys: dict[int, dict[str, tuple[str, str | None]]] = {}  # by frame: widget -> key
        self._cached: dict[int, list[tuple[int, int, bool]]] = {}  # thread: (frame, start, hit)

    # st.session_state

    def set_starts(self, frame: FrameType) -> None:
        key = argument(frame, 1)
        if type(key) is str and not is_internal(key) and self._host.here() is not None:
            self._old[id(frame)] = (key, self._text(key, _value(frame.f_locals["self"], key)))

    def set_ends(self, frame: FrameType, value: Any) -> None:
        key, old = self._old.pop(id(frame), (None, None))
        if key is not None:
            self._write(frame, StateOp.SET, key, old, self._text(key, argument(frame, 2)))

    def delete_ends(self, frame: FrameType, value: Any) -> None:
        key, old = self._old.pop(id(frame), (None, None))
        if key is not None:
            self._write(frame, StateOp.DELETE, key, old, None)

    def failed(self, frame: FrameType, error: BaseException) -> None:
        """Streamlit refused the change: nothing happened to the key."""
        self._old.pop(id(frame), None)

    def _write(
        self, frame: FrameType, op: StateOp, key: str, old: str | None, new: str | None
    ) -> None:
        live = self._host.here()
        if live is None or not live.trace.detailed:
            return
        recorder = self._host.recorder
        file, line, _ = recorder.place(frame)
        recorder.emit(StateWrite(live.n, recorder.now(), live.step, key, op, old, new, file, line))

    def _text(self, key: str, value: Any) -> str | None:
        if value is _ABSENT:
            return None
        redactor = self._host.recorder.redactor
        return HIDDEN if redactor.hides_name(key) else snapshot(value, redactor)

    def cleanup_starts(self, frame: FrameType) -> None:
        state = frame.f_locals["self"]
        self._keys[id(frame)] = {
            widget_id: (key, self._text(key, _value(state, key)))
            for widget_id, key in list(state._key_id_mapper._id_key_mapping.items())
            if _held(state, widget_id)
        }

    def cleanup_ends(self, frame: FrameType, value: Any) -> None:
        state = frame.f_locals["self"]
        live = self._host.here()
        recorder = self._host.recorder
        for widget_id, (key, old) in self._keys.pop(id(frame), {}).items():
            if _held(state, widget_id) or key in state._new_session_state:
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
            if live is not None:
                recorder.emit(write)
            else:  # a page switch: Streamlit tidies up before the next run begins
                early = self._runs.early_cleanup
                early.setdefault(threading.get_ident(), []).append(write)

    # st.cache_data, st.cache_resource

    def cache_asked(self, frame: FrameType) -> None:
        stack = self._cached.setdefault(threading.get_ident(), [])
        stack.append((id(frame), self._host.recorder.now(), False))

    def cache_hit(self, frame: FrameType) -> None:
        stack = self._cached.get(threading.get_ident())
        if stack:
            asked, start, _ = stack[-1]
            stack[-1] = (asked, start, True)

    def cache_answered(self, frame: FrameType, value: Any = None) -> None:
        stack = self._cached.get(threading.get_ident())
        if not stack or stack[-1][0] != id(frame):
            return
        _, start, hit = stack.pop()
        live = self._host.here()
        if live is None or not live.trace.detailed:
            return
        recorder = self._host.recorder
        info = frame.f_locals["self"]._info
        code = code_of(info.func)
        file, line, _ = recorder.place(frame)
        now = recorder.now()
        recorder.emit(
            CacheAccess(
                run=live.n,
                at_ns=start,
                step=live.step,
                function=code.co_qualname if code else snapshot(info.func),
                cache="resource" if "Resource" in type(info).__name__ else "data",
                hit=hit,
                duration_ns=now - start,
                file=file,
                line=line,
            )
        )

    # st.secrets

    def secrets_read(self, frame: FrameType, value: Any) -> None:
        self._host.recorder.redactor.add_secrets(value)


def _held(state: Any, widget_id: str) -> bool:
    return widget_id in state._old_state or widget_id in state._new_widget_state.states


def _value(state: Any, key: str) -> Any:
    """A key's value without asking SessionState, which could deserialize or raise."""
    if key in state._new_session_state:
        return state._new_session_state[key]
    widget_id = state._key_id_mapper._key_id_mapping.get(key)
    if widget_id is not None:
        held = state._new_widget_state.states.get(widget_id)
        if held is not None:
            return getattr(held, "value", _ABSENT)
    for name in (widget_id, key):
        if name is not None and name in state._old_state:
            return state._old_state[name]
    return _ABSENT
