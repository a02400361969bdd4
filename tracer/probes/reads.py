"""Probes for reads of session state, and for writes to it that came to nothing."""

from __future__ import annotations

from types import FrameType
from typing import Any

from ..capture.recorder import Recorder
from ..capture.values import snapshot
from ..model import AttemptFate, StateAttempt, StateRead
from .exceptions import message_of
from .frames import argument, context_here
from .live_runs import LiveRuns
from .session_state import is_internal

_NO_CONTEXT = "this thread has no script run context: what it writes is no app session's state"


class ReadProbes:
    """Watches what asks `SafeSessionState` for a key."""

    def __init__(self, recorder: Recorder, live: LiveRuns) -> None:
        self._recorder = recorder
        self._live = live

    def found(self, frame: FrameType, value: Any) -> None:
        self._note(frame, True)

    def missed(self, frame: FrameType, error: BaseException) -> None:
        if isinstance(error, KeyError):
            self._note(frame, False)

    def asked(self, frame: FrameType, value: Any) -> None:
        """`key in st.session_state`."""
        self._note(frame, value is True)

    def _note(self, frame: FrameType, found: bool) -> None:
        key = argument(frame, 1)
        if type(key) is not str or is_internal(key) or context_here() is None:
            return
        live = self._live.here()
        if live is None or not live.trace.detailed:
            return
        if not live.read(key):
            return
        recorder = self._recorder
        if live.reads > recorder.budget.state_reads:
            recorder.leave_out("reads")
        else:
            recorder.emit(StateRead(live.n, live.step, key, found))


class AttemptProbes:
    """Records changes of session state that Streamlit refused, or that no app session has.

    `value` is a tuple with the value that was to be set, or an empty one for a deletion.
    """

    def __init__(self, recorder: Recorder, live: LiveRuns) -> None:
        self._recorder = recorder
        self._live = live

    def refused(
        self, frame: FrameType, key: str, value: tuple[Any, ...], error: BaseException
    ) -> None:
        """Streamlit raised `error` instead of the change."""
        self._emit(frame, key, AttemptFate.REFUSED, value, message_of(error))

    def lost(self, frame: FrameType, key: str, value: tuple[Any, ...]) -> None:
        """A thread without a run's context: what it changed is no app session's state."""
        self._emit(frame, key, AttemptFate.LOST, value, _NO_CONTEXT)

    def _emit(
        self, frame: FrameType, key: str, fate: AttemptFate, value: tuple[Any, ...], reason: str
    ) -> None:
        live, recorder = self._live.here(), self._recorder
        if live is not None and not live.trace.detailed:
            return
        redactor, text = recorder.redactor, None
        if value:
            hides = redactor.hides_name(key) or (live is not None and key in live.tab.hidden)
            text = redactor.stand_in(value[0]) if hides else snapshot(value[0], redactor)
        place = recorder.place(frame)
        recorder.emit(
            StateAttempt(
                run=live.n if live is not None else 0,
                at_ns=recorder.now(),
                step=live.step if live is not None else 0,
                key=key,
                fate=fate,
                value=text,
                reason=reason,
                file=place.file,
                line=place.line,
            )
        )
