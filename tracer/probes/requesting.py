"""Probes for requests of runs, from the thread that asks to the one that runs the script.

Why a run starts is known where it is asked for: earlier, and on another thread. So a `Request` is
kept for the thread that asks, goes over to Streamlit's `ScriptRequests` object, and from there to
the script thread that takes it up.
"""

from __future__ import annotations

from threading import get_ident
from types import FrameType
from typing import Any

from ..capture.recorder import Recorder
from ..model import TriggerType
from .live_runs import LiveRuns
from .request import Request


class RequestProbes:
    """Watches `ScriptRequests`."""

    def __init__(self, recorder: Recorder, live: LiveRuns) -> None:
        self._recorder = recorder
        self._live = live
        self._asking: dict[int, Request] = {}  # by thread
        self._stopping: set[int] = set()  # threads that handle the browser's Stop
        self._pending: dict[int, list[Request]] = {}  # by ScriptRequests: not taken up yet
        self._stops: dict[int, str] = {}  # by ScriptRequests: why it was told to stop
        self._next: dict[int, tuple[Request, ...]] = {}  # by script thread: of its next run

    # The thread that asks

    def ask(self, request: Request) -> None:
        """The present thread asks for a run, until it is `answered`."""
        self._asking[get_ident()] = request

    def answered(self) -> None:
        """The present thread has made its request."""
        self._asking.pop(get_ident(), None)

    def ask_to_stop(self) -> None:
        """The present thread handles the browser's Stop, until `stop_answered`."""
        self._stopping.add(get_ident())

    def stop_answered(self) -> None:
        """The present thread has handled the browser's Stop."""
        self._stopping.discard(get_ident())

    # ScriptRequests

    def requested(self, frame: FrameType) -> None:
        request = self._asking.get(get_ident())
        if request is None:
            live = self._live.here()
            if live is None:
                return
            request = Request(TriggerType.RERUN, live.n, any(r.scope == "page" for r in live.asked))
        self._pending.setdefault(id(frame.f_locals["self"]), []).append(request)

    def stop_requested(self, frame: FrameType) -> None:
        request = self._asking.get(get_ident())
        live = self._live.here()
        if live is not None and live.trace is self._recorder.here:
            reason = "itself"
        elif request is not None:
            reason = f"superseded by interaction {request.n}"
        elif get_ident() in self._stopping:
            reason = "stopped by the user"
        else:
            reason = "the app session was closed"
        self._stops.setdefault(id(frame.f_locals["self"]), reason)

    def stop_reason(self, requests: object) -> str | None:
        """Why a ScriptRequests was told to stop its runs; None: it was not."""
        return self._stops.get(id(requests))

    def forget(self, requests: object) -> None:
        """The thread of a ScriptRequests ends."""
        self._stops.pop(id(requests), None)

    # The script thread

    def taken_up(self, frame: FrameType, value: Any) -> None:
        """A script thread takes a request: at a yield point, or when it is ready for a run."""
        if value is None:
            return
        live = self._live.here()
        taken = self.take(frame.f_locals["self"])
        if value.type.name == "RERUN":
            self.begin_with(get_ident(), taken)
        if live is not None:
            live.take_up(taken, self._recorder.place(frame))

    def take(self, requests: object) -> tuple[Request, ...]:
        """Removes and returns what was asked of a ScriptRequests, as its thread takes it up."""
        return tuple(self._pending.pop(id(requests), ()))

    def begin_with(self, thread: int, requests: tuple[Request, ...]) -> None:
        """The next run on this script thread is the answer to these requests."""
        self._next[thread] = requests

    def next_here(self) -> tuple[Request, ...]:
        """The requests that the run answers which begins on the present thread."""
        return self._next.pop(get_ident(), ())
