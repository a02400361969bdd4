"""Probes for callbacks: what they were called with, and how long they took."""

from __future__ import annotations

from threading import get_ident
from types import FrameType
from typing import Any

from ..capture.recorder import Recorder
from ..capture.values import snapshot
from ..model import Callback
from .calling import Texts, arguments_of, closure_of
from .codes import code_of
from .exceptions import is_control
from .frames import argument
from .live_run import LiveRun
from .live_runs import LiveRuns

_Start = tuple[int, int, Texts, Texts]  # of a callback: ns, step, arguments, closure


class CallbackProbes:
    """Watches `WStates.call_callback`."""

    def __init__(self, recorder: Recorder, live: LiveRuns) -> None:
        self._recorder = recorder
        self._live = live
        self._starts: dict[int, list[_Start]] = {}  # by thread

    def starts(self, frame: FrameType) -> None:
        live = self._live.here()
        if live is not None:
            redactor = self._recorder.redactor
            metadata = frame.f_locals["self"].widget_metadata.get(argument(frame, 1))
            arguments: Texts = ()
            closure: Texts = ()
            if metadata is not None and live.trace.detailed:
                told = (metadata.callback, metadata.callback_args, metadata.callback_kwargs)
                arguments = arguments_of(*told, redactor)
                closure = closure_of(metadata.callback, redactor)
            start = (self._recorder.now(), live.step + 1, arguments, closure)
            self._starts.setdefault(get_ident(), []).append(start)
            live.enter_callback(frame.f_locals["self"], argument(frame, 1))

    def ends(self, frame: FrameType, value: Any) -> None:
        self._over(frame, None)

    def fails(self, frame: FrameType, error: BaseException) -> None:
        self._over(frame, None if is_control(error) else type(error).__name__)

    def _over(self, frame: FrameType, error: str | None) -> None:
        live = self._live.here()
        starts = self._starts.get(get_ident())
        if live is None or not starts:
            return
        self._emit(live, starts.pop(), frame.f_locals["self"], argument(frame, 1), error)

    def unseen(self, live: LiveRun) -> None:
        """The run's end came and that of its callback did not: its thread was not watched."""
        starts = self._starts.pop(live.thread, None)
        if live.calling is not None and starts:
            self._emit(live, starts[0], *live.calling, None)

    def _emit(
        self, live: LiveRun, start: _Start, states: Any, widget_id: str, error: str | None
    ) -> None:
        started, step, arguments, closure = start
        live.leave_callback()
        metadata = states.widget_metadata.get(widget_id)
        function = metadata.callback if metadata is not None else None
        if function is None or not live.trace.detailed:
            return
        code = code_of(function)
        recorder = self._recorder
        widget = live.tab.widgets.get(widget_id)
        recorder.emit(
            Callback(
                run=live.n,
                function=code.co_qualname if code else snapshot(function),
                file=recorder.scope.relative(code.co_filename) if code else "",
                line=code.co_firstlineno if code else 0,
                started_ns=started,
                ended_ns=recorder.now(),
                step=step,
                widget_id=widget_id,
                label=widget.label if widget else None,
                error=error,
                arguments=arguments,
                closure=closure,
            )
        )
