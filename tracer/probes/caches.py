"""Probes for `st.cache_data` and `st.cache_resource`."""

from __future__ import annotations

from threading import get_ident
from types import FrameType
from typing import Any

from ..capture.recorder import Recorder
from ..capture.values import snapshot
from ..model import CacheAccess
from .codes import code_of
from .live_run import LiveRun
from .live_runs import LiveRuns


class CacheProbes:
    """Watches `CachedFunc`."""

    def __init__(self, recorder: Recorder, live: LiveRuns) -> None:
        self._recorder = recorder
        self._live = live
        self._cached: dict[int, list[tuple[int, int, bool]]] = {}  # thread: (frame, start, hit)

    def asked(self, frame: FrameType) -> None:
        stack = self._cached.setdefault(get_ident(), [])
        stack.append((id(frame), self._recorder.now(), False))

    def hit(self, frame: FrameType) -> None:
        stack = self._cached.get(get_ident())
        if stack:
            call, start, _ = stack[-1]
            stack[-1] = (call, start, True)

    def answered(self, frame: FrameType, value: Any = None) -> None:
        stack = self._cached.get(get_ident())
        if not stack or stack[-1][0] != id(frame):
            return
        _, start, hit = stack.pop()
        live = self._live.here()
        if live is None or not live.trace.detailed:
            return
        recorder = self._recorder
        info = frame.f_locals["self"]._info
        code = code_of(info.func)
        place = recorder.place(frame)
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
                file=place.file,
                line=place.line,
            )
        )

    def unseen(self, live: LiveRun) -> None:
        """The run's thread was not watched: calls that it has begun are over."""
        self._cached.pop(live.thread, None)
