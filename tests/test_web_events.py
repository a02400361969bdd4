"""The stream of events, over a real server: told at once, shared, bounded, never left behind."""

from __future__ import annotations

import http.client
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import request
from test_db_examples import Feed, info, run

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import AppSession
from rerun_trace.web.app import create_app
from rerun_trace.web.server import events
from rerun_trace.web.server.limits import limits
from rerun_trace.web.server.serving import RunningServer, serve

pytestmark = pytest.mark.first_row


@pytest.fixture
def live(store: TraceStore) -> Iterator[tuple[Feed, int]]:
    """A recording under way, and what feeds it."""
    feed, sink = Feed(AppSession(1, "a", 0)), store.sink()
    id = sink.open(info(started_at=datetime.now(UTC)), feed.drain)
    feed.wake = sink.wake
    yield feed, id
    sink.close()


class Stream:
    """An open stream of events."""

    def __init__(self, server: RunningServer, recording: int) -> None:
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
        self.connection.request("GET", f"/api/recordings/{recording}/events")
        self.answer = self.connection.getresponse()

    def next(self) -> dict[str, Any] | None:
        """What the next event says; None when the stream has ended."""
        while line := self.answer.readline():
            if line.startswith(b"data: "):
                found: dict[str, Any] = json.loads(line[6:])
                return found
        return None

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


@contextmanager
def streaming(server: RunningServer, recording: int) -> Iterator[Stream]:
    stream = Stream(server, recording)
    try:
        yield stream
    finally:
        stream.close()


def until(ask: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 20
    while not ask():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.01)


def watchers() -> int:
    return sum(thread.name.startswith("rerun-trace-watch-") for thread in threading.enumerate())


def test_an_event_at_once_and_one_for_each_change(
    server: RunningServer, live: tuple[Feed, int]
) -> None:
    feed, id = live
    with streaming(server, id) as stream:
        assert stream.answer.status == 200
        assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
        first = stream.next()
        assert first is not None
        assert first["state"] == "live"
        seen = first["total"]["runs"]
        for n in (1, 2):
            feed.give(run(n))
            while seen < n:
                event = stream.next()
                assert event is not None
                seen = event["total"]["runs"]
        assert seen == 2


def test_a_stream_ends_with_its_recording(server: RunningServer, store: TraceStore) -> None:
    sink = store.sink()
    id = sink.open(info(started_at=datetime.now(UTC)), Feed().drain)
    with streaming(server, id) as stream:
        event = stream.next()
        assert event is not None
        assert event["state"] == "live"
        sink.close()
        states = []
        while event := stream.next():
            states.append(event["state"])
        assert states[-1] == "complete"
    with streaming(server, id) as stream:  # it has ended before: one event, and the end
        event = stream.next()
        assert event is not None
        assert event["state"] == "complete"
        assert stream.next() is None


def test_a_deleted_recording_ends_its_streams(
    server: RunningServer, store: TraceStore, live: tuple[Feed, int]
) -> None:
    _, id = live
    with streaming(server, id) as stream:
        assert stream.next() is not None
        store.delete(id)
        while stream.next():
            pass
    with streaming(server, id) as stream:
        assert stream.answer.status == 404


def test_all_streams_of_a_recording_share_one_watcher_that_goes_with_them(
    server: RunningServer, live: tuple[Feed, int]
) -> None:
    _, id = live
    assert watchers() == 0
    with streaming(server, id) as first, streaming(server, id) as second:
        assert first.next() is not None
        assert second.next() is not None
        assert watchers() == 1
    until(lambda: watchers() == 0, "the end of the watcher")
    with streaming(server, id) as third:
        assert third.next() is not None


def test_beyond_the_limit_a_page_has_to_ask(
    store: TraceStore, live: tuple[Feed, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "here", lambda: replace(limits(), streams=2))
    _, id = live
    server = serve(create_app(store))
    try:
        with streaming(server, id), streaming(server, id), streaming(server, id) as third:
            assert third.answer.status == 503
            assert "ask instead" in json.loads(third.answer.read())["error"]
        # WHEN the others have left, THEN there is room again

        def has_room() -> bool:
            with streaming(server, id) as stream:
                return stream.answer.status == 200

        until(has_room, "room for a stream")
    finally:
        server.close()


def test_a_client_that_leaves_frees_its_place(
    server: RunningServer, live: tuple[Feed, int]
) -> None:
    _, id = live
    for _ in range(limits().streams + 40):
        stream = Stream(server, id)
        if stream.answer.status != 200:
            stream.close()
            break
        stream.next()
        stream.close()
    until(lambda: watchers() == 0, "the end of the watcher")

    def is_free() -> bool:
        with streaming(server, id) as stream:
            return stream.answer.status == 200 and stream.next() is not None

    until(is_free, "a free place")


def test_the_server_closes_under_open_streams(store: TraceStore, live: tuple[Feed, int]) -> None:
    _, id = live
    before = set(threading.enumerate())  # other tests' servers may still be ending
    server = serve(create_app(store))
    streams = [Stream(server, id) for _ in range(8)]
    for stream in streams:
        assert stream.next() is not None
    server.close()
    for stream in streams:
        try:
            while stream.next():
                pass
        except OSError:
            pass  # cut off is fine, too
        stream.close()
    until(lambda: watchers() == 0, "the end of the watcher")
    until(
        lambda: not any(t.name.startswith("waitress") for t in set(threading.enumerate()) - before),
        "the end of the server's threads",
    )


def test_the_server_leaves_sending_files_to_flask_which_closes_them(store: TraceStore) -> None:
    # waitress drops a file unclosed when the browser leaves between the headers and the file.
    app = create_app(store)
    seen: list[bool] = []
    app.before_request(lambda: seen.append("wsgi.file_wrapper" in request.environ))
    server = serve(app)
    with urllib.request.urlopen(f"{server.url}/static/main.js") as answer:
        assert b"import" in answer.read()
    server.close()
    assert seen == [False]
