"""Server-sent events: tells the pages of a recording at once when something was added to it."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.errors import RerunTraceError
from rerun_trace.web.server.changes import changes
from rerun_trace.web.server.limits import here
from rerun_trace.web.server.pace import Pace
from rerun_trace.web.server.refusing import at_its_limit
from rerun_trace.web.server.waitress_server import Stream, keep_open

if TYPE_CHECKING:
    from rerun_trace.web.server.reads import Reads

HEARTBEAT_S = 15.0
_ASK_S = 0.015  # between two looks into the database while somebody listens
_STATE_S = 1.0  # a recording may end without a write: its app's process was killed

# A comment makes a client's connection show that it is alive; so does one at the beginning.
_BEAT = b": rerun-trace\n\n"


class Watcher:
    """Watches one recording for all its streams, on one thread, while there are any.

    That thread alone sends: what a stream is told comes in order.
    """

    def __init__(self, reads: Reads, recording: int) -> None:
        self._reads = reads
        self._recording = recording
        self._lock = threading.Lock()
        self._streams: list[Stream] = []
        self._fresh: list[Stream] = []  # were told nothing yet
        self._event = b""  # the newest one
        self._is_over = False

    def start(self) -> None:
        name = f"rerun-trace-watch-{self._recording}"
        threading.Thread(target=self._watch, name=name, daemon=True).start()

    def add(self, stream: Stream) -> bool:
        """Tells a stream from now on. False when nothing more will be told: it needs another."""
        with self._lock:
            if not self._is_over:
                self._fresh.append(stream)
            return not self._is_over

    def remove(self, stream: Stream) -> None:
        """Its client has left."""
        with self._lock:
            for streams in (self._streams, self._fresh):
                if stream in streams:
                    streams.remove(stream)

    def _watch(self) -> None:
        try:
            with self._reads.store.watching(self._recording) as is_new:
                asked, beat, marker, state = 0.0, time.monotonic(), "", "live"
                pace = Pace()
                while self._goes_on() and state == "live":
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
                            marker, beat = found["marker"], asked
                            self._tell(f"data: {json.dumps(found)}\n\n".encode())
                    if time.monotonic() > beat + HEARTBEAT_S:
                        beat = time.monotonic()
                        self._tell(_BEAT)
                    self._welcome()
                    time.sleep(_ASK_S)
        except RerunTraceError:
            pass  # it was deleted, or cannot be read: who asks again is told so
        finally:
            with self._lock:
                self._is_over = True
            self._welcome()
            for stream in self._streams:
                stream.end()

    def _goes_on(self) -> bool:
        """Whether there is a stream. Without one it is over: the next one needs another watcher."""
        with self._lock:
            self._is_over = not (self._streams or self._fresh)
            return not self._is_over

    def _tell(self, event: bytes) -> None:
        if event != _BEAT:
            self._event = event
        with self._lock:
            streams = [*self._streams]
        for stream in streams:
            stream.send(event)

    def _welcome(self) -> None:
        """Tells those who have come how it stands."""
        with self._lock:
            fresh, self._fresh = self._fresh, []
            self._streams += fresh
        for stream in fresh:
            stream.send(self._event or _BEAT)


class Streams:
    """All open streams, at most `most`, and one watcher for those of a recording."""

    def __init__(self, reads: Reads, most: int) -> None:
        self._reads = reads
        self._most = most
        self._lock = threading.Lock()
        self._watchers: dict[int, Watcher] = {}
        self._open = 0

    def has_room(self) -> bool:
        """Takes the place of one more stream, if there is one."""
        with self._lock:
            if self._open >= self._most:
                return False
            self._open += 1
            return True

    def join(self, recording: int, stream: Stream) -> None:
        """Has a stream told what happens in a recording. Its place was taken before."""
        with self._lock:
            watcher = self._watchers.get(recording)
            is_told = watcher is not None and watcher.add(stream)
            if watcher is None or not is_told:
                watcher = self._watchers[recording] = Watcher(self._reads, recording)
                watcher.add(stream)
                watcher.start()
        stream.on_end = lambda: self._leave(watcher, stream)

    def give_back(self) -> None:
        """One stream less."""
        with self._lock:
            self._open -= 1

    def _leave(self, watcher: Watcher, stream: Stream) -> None:
        watcher.remove(stream)
        self.give_back()


def blueprint(reads: Reads) -> Blueprint:
    """The view, below `/api/recordings/<recording>`."""
    views = Blueprint("events", __name__)
    most = here().streams
    streams = Streams(reads, most)

    @views.get("/events")
    def events(recording: int) -> ResponseReturnValue:
        reads.store.recording(recording)  # or there is no such recording
        if not streams.has_room():
            at_its_limit(f"{most} pages follow recordings")
            abort(503, f"{most} pages are told about changes already: ask instead.")
        stream = keep_open(request.environ)
        if stream is None:
            streams.give_back()
            abort(503, "Nobody can be told about changes here: ask instead.")
        streams.join(recording, stream)
        return Response(iter([_BEAT]), mimetype="text/event-stream")

    return views
