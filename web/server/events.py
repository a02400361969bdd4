"""Server-sent events: tells the pages of a recording at once when something was added to it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.errors import RerunTraceError
from rerun_trace.web.server.changes import changes
from rerun_trace.web.server.pace import Pace
from rerun_trace.web.server.waitress_server import client_is_gone

if TYPE_CHECKING:
    from rerun_trace.web.server.reads import Reads

MOST_STREAMS = 64  # each takes a thread of the server's (see `serving.THREADS`)
HEARTBEAT_S = 15.0
_ASK_S = 0.015  # between two looks into the database while somebody listens
_STATE_S = 1.0  # a recording may end without a write: its app's process was killed
_CLIENT_S = 0.2  # between two looks whether the client is still there

# A comment makes a client's connection show that it is alive; so does one at the beginning.
_BEAT = b": rerun-trace\n\n"


class Watcher:
    """Watches one recording for all its streams, on one thread, while there are any."""

    def __init__(self, reads: Reads, recording: int) -> None:
        self._reads = reads
        self._recording = recording
        self._news = threading.Condition()
        self._number = 0  # of the newest event
        self._event = b""
        self._over = False
        self.streams = 0

    def start(self) -> None:
        name = f"rerun-trace-watch-{self._recording}"
        threading.Thread(target=self._watch, name=name, daemon=True).start()

    def events(self, is_gone: Callable[[], bool]) -> Iterator[bytes]:
        """What one client is sent, until it is gone or nothing more will come."""
        seen, beat = 0, time.monotonic() + HEARTBEAT_S
        yield _BEAT
        while not is_gone():
            number, event, over = self._after(seen)
            if number > seen:
                seen = number
                yield event
            elif over:
                return
            elif time.monotonic() > beat:
                yield _BEAT
            else:
                continue
            beat = time.monotonic() + HEARTBEAT_S

    def _after(self, seen: int) -> tuple[int, bytes, bool]:
        """The newest event's number and text, and whether it is the last: after a short wait."""
        with self._news:
            self._news.wait_for(lambda: self._over or self._number > seen, _CLIENT_S)
            return self._number, self._event, self._over

    def _watch(self) -> None:
        try:
            with self._reads.store.watching(self._recording) as is_new:
                asked, marker, state, pace = 0.0, "", "live", Pace()
                while self.streams and state == "live":
                    now = time.monotonic()
                    if is_new():
                        counts = self._reads.store.counts(self._recording)
                        pace.change(now, counts["interactions"], counts["runs"])
                    if pace.is_due(now) or now > asked + _STATE_S:
                        asked = now
                        pace.tell(now)
                        found = changes(self._reads, self._recording)
                        state = found["state"]
                        if found["marker"] != marker:
                            marker = found["marker"]
                            self._tell(found)
                    time.sleep(_ASK_S)
        except RerunTraceError:
            pass  # it was deleted, or cannot be read: who asks again is told so
        finally:
            with self._news:
                self._over = True
                self._news.notify_all()

    def _tell(self, found: dict[str, Any]) -> None:
        with self._news:
            self._event = f"data: {json.dumps(found)}\n\n".encode()
            self._number += 1
            self._news.notify_all()

    @property
    def is_over(self) -> bool:
        """Whether it has stopped: later streams need another one."""
        return self._over


class Streams:
    """All open streams: at most `MOST_STREAMS`, one watcher for those of a recording."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._lock = threading.Lock()
        self._watchers: dict[int, Watcher] = {}
        self._open = 0

    def join(self, recording: int) -> Watcher | None:
        """The recording's watcher, with one more stream; None when there are too many."""
        with self._lock:
            if self._open >= MOST_STREAMS:
                return None
            watcher = self._watchers.get(recording)
            fresh = watcher is None or watcher.is_over or not watcher.streams
            if watcher is None or fresh:
                watcher = self._watchers[recording] = Watcher(self._reads, recording)
            self._open += 1
            watcher.streams += 1
            if fresh:
                watcher.start()
            return watcher

    def leave(self, recording: int, watcher: Watcher) -> None:
        """One stream less."""
        with self._lock:
            self._open -= 1
            watcher.streams -= 1
            if not watcher.streams and self._watchers.get(recording) is watcher:
                del self._watchers[recording]


def blueprint(reads: Reads) -> Blueprint:
    """The view, below `/api/recordings/<recording>`."""
    views = Blueprint("events", __name__)
    streams = Streams(reads)

    @views.get("/events")
    def events(recording: int) -> ResponseReturnValue:
        reads.store.recording(recording)  # or there is no such recording
        watcher = streams.join(recording)
        if watcher is None:
            abort(503, f"{MOST_STREAMS} pages are told about changes already: ask instead.")
        answer = Response(
            watcher.events(client_is_gone(request.environ)), mimetype="text/event-stream"
        )
        answer.call_on_close(lambda: streams.leave(recording, watcher))
        return answer

    return views
