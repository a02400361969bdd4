"""Notices that a thread's trace function was taken away, and gives it back where nobody minds.

`sys.settrace` has one owner a thread: who sets another function (a debugger, a coverage tool, the
app) ends every report from that thread, and Python tells nobody. But it calls what is in
`gc.callbacks` on whichever thread collects garbage; Streamlit does so at the end of each run, on
the script's thread. An audit hook would hear of it at once, but can never be removed, and is asked
at every `id()` and `open()`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import Any

TraceFunction = Callable[[FrameType, str, Any], Any]


class Sight:
    """Looks after the trace function `trace` of threads that run scripts.

    `lost` is told, on a thread that has another one or none, and says whether it runs scripts.
    `again` gives the local function of a frame that is under way, if there is to be one;
    `is_theirs` says whether a code object is the user's. `failed` gets what raises in here.
    """

    def __init__(
        self,
        trace: TraceFunction,
        lost: Callable[[], bool],
        again: Callable[[CodeType], TraceFunction | None],
        is_theirs: Callable[[CodeType], bool],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._trace = trace
        self._lost = lost
        self._again = again
        self._is_theirs = is_theirs
        self._failed = failed

    def open(self) -> None:
        gc.callbacks.append(self._collecting)

    def close(self) -> None:
        if self._collecting in gc.callbacks:
            gc.callbacks.remove(self._collecting)

    def _collecting(self, phase: str, info: Mapping[str, int]) -> None:
        holder = sys.gettrace()
        if holder is self._trace or phase != "start":
            return
        try:
            if self._lost() and holder is None:
                self._take_up(sys._getframe(1))
        except BaseException as error:
            self._failed(error)

    def _take_up(self, innermost: FrameType) -> None:
        """Trace this thread again, but not in the middle of the user's code.

        There a debugger would come back, or the app itself: what it took is its own until then.
        """
        frames: list[FrameType] = []
        frame: FrameType | None = innermost
        while frame is not None:
            if self._is_theirs(frame.f_code):
                return
            frames.append(frame)
            frame = frame.f_back
        locals_of = [(frame, self._again(frame.f_code)) for frame in frames]
        if not any(local for _, local in locals_of):
            return
        for frame, local in locals_of:
            if local is not None:
                frame.f_trace_lines = False
                frame.f_trace = local
            elif frame.f_trace is not None:
                # A debugger's that quit: it would raise into a frame that it has no business in.
                frame.f_trace = None
        sys.settrace(self._trace)
