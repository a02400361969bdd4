"""Probes for how a script ends its own run: `st.rerun`, `st.switch_page` and `st.stop`."""

from __future__ import annotations

from types import FrameType
from typing import Any

from ..capture.recorder import Recorder
from ..capture.values import snapshot
from ..model import RerunRequest, TriggerType
from .exceptions import is_control, message_of
from .frames import argument
from .live_runs import LiveRuns
from .request import Request
from .requesting import RequestProbes


class RerunProbes:
    """Watches `st.rerun` and its kin."""

    def __init__(self, recorder: Recorder, live: LiveRuns, requests: RequestProbes) -> None:
        self._recorder = recorder
        self._live = live
        self._requests = requests

    def rerun_called(self, frame: FrameType) -> None:
        self._ask(False)

    def switch_called(self, frame: FrameType) -> None:
        self._ask(True)

    def _ask(self, switches: bool) -> None:
        live = self._live.here()
        if live is not None:
            self._requests.ask(Request(TriggerType.RERUN, live.n, switches))

    def rerun_left(self, frame: FrameType, error: BaseException) -> None:
        scope = argument(frame, 0)
        words = scope if type(scope) is str else snapshot(scope)
        self._asked(frame, error, words)

    def switch_left(self, frame: FrameType, error: BaseException) -> None:
        self._asked(frame, error, "page")

    def returned(self, frame: FrameType, value: Any) -> None:
        """`st.rerun` came back: it was called where no script runs."""
        self._requests.answered()

    def _asked(self, frame: FrameType, error: BaseException, scope: str) -> None:
        self._requests.answered()
        live = self._live.here()
        if live is None:
            return
        recorder = self._recorder
        place = recorder.place(frame.f_back)
        refused = None if is_control(error) else message_of(error)
        request = RerunRequest(
            live.n, recorder.now(), live.step, *place, scope, refused is None, refused
        )
        if live.in_callback and refused is None:
            live.ask_in_callback(request)
        else:
            recorder.emit(request)

    def stop_called(self, frame: FrameType) -> None:
        live = self._live.here()
        if live is not None:
            live.stop_itself()
