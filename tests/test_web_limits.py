"""How much the server takes on: idle connections make room, and who finds none is told so."""

from __future__ import annotations

import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask, Response, request
from test_db_examples import Feed, info, run

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import AppSession
from rerun_trace.web.app import create_app
from rerun_trace.web.server import refusing, waitress_server
from rerun_trace.web.server.limits import BODY_BYTES, PAGES, Limits, limits
from rerun_trace.web.server.serving import RunningServer, serve
from rerun_trace.web.server.waitress_server import Stream, keep_open

pytestmark = pytest.mark.first_row

FEW = Limits(streams=4, connections=6, refusals=4, threads=8)


class Held:
    """A server whose requests for `/hold` wait, until they are let go."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.asked = threading.Semaphore(0)
        app = Flask(__name__)
        app.add_url_rule("/", "now", lambda: "here")
        app.add_url_rule("/hold", "hold", self._hold)
        self.server = serve(app, most=FEW)

    def _hold(self) -> str:
        self.asked.release()
        self.goes_on.wait(20)
        return "held"


@pytest.fixture
def held() -> Iterator[Held]:
    held = Held()
    yield held
    held.goes_on.set()
    held.server.close()


@contextmanager
def silent(server: RunningServer, count: int) -> Iterator[list[socket.socket]]:
    """Connections that say nothing."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection((server.host, server.port), timeout=10))
            for _ in range(count)
        ]


def ask(server: RunningServer, path: str = "/") -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.headers)
    finally:
        connection.close()


def test_everything_follows_from_the_number_of_pages() -> None:
    assert limits().streams == PAGES >= 200
    assert limits(100).connections == 4 * 100
    assert limits().threads < PAGES // 4  # whoever follows a recording takes none
    few_files = limits(files=256)
    assert few_files.connections + few_files.refusals < 256
    assert few_files.streams < few_files.connections


def test_idle_connections_shut_nobody_out(held: Held) -> None:
    with silent(held.server, 3 * FEW.connections):
        for _ in range(3):
            assert ask(held.server)[:2] == (200, "here")


def test_a_kept_connection_that_is_idle_makes_room(held: Held) -> None:
    kept = [
        http.client.HTTPConnection(held.server.host, held.server.port, timeout=10)
        for _ in range(FEW.connections)
    ]
    for connection in kept:
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"here"
    assert ask(held.server)[0] == 200
    for connection in kept:
        connection.close()


def test_who_finds_no_room_is_told_so_in_words(
    held: Held, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = refusing._Sayings()
    monkeypatch.setattr("rerun_trace.web.server.waitress_server.at_its_limit", at_once.say)
    waiting = [
        threading.Thread(target=ask, args=(held.server, "/hold")) for _ in range(FEW.connections)
    ]
    for thread in waiting:
        thread.start()
    for _ in waiting:
        assert held.asked.acquire(timeout=10)
    with caplog.at_level(logging.WARNING, "rerun_trace.web"):
        began = time.monotonic()
        status, text, headers = ask(held.server)
        assert time.monotonic() - began < 5
        assert status == 503
        assert f"as many browsers as it can now ({PAGES} at once)" in text
        assert "text/html" in headers["Content-Type"]
        assert headers["Retry-After"]
        status, text, _ = ask(held.server, "/api/recordings/1/changes")
        assert status == 503
        assert "as many browsers as it can now" in json.loads(text)["error"]
        with silent(held.server, 3 * FEW.refusals):  # they shut out nobody's answer, either
            assert ask(held.server)[0] == 503
    assert [each.getMessage() for each in caplog.records] == [
        "rerun-trace: 6 connections are in use; further browsers are told to wait"
    ]
    held.goes_on.set()
    for thread in waiting:
        thread.join(10)
    assert ask(held.server)[0] == 200


def test_watchers_take_no_threads(store: TraceStore) -> None:
    feed, sink = Feed(AppSession(1, "a", 0)), store.sink()
    id = sink.open(info(started_at=datetime.now(UTC)), feed.drain)
    feed.wake = sink.wake
    server = serve(create_app(store))
    before = threading.active_count()
    try:
        streams = []
        for _ in range(200):
            connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
            connection.request("GET", f"/api/recordings/{id}/events")
            streams.append(connection.getresponse())
        assert [each.status for each in streams] == [200] * 200
        assert threading.active_count() <= before + 1  # the watcher's
        feed.give(run(1))
        for each in streams:
            told = 0
            while not told:
                line = each.readline()
                assert line
                if line.startswith(b"data: "):
                    told = json.loads(line[6:])["total"]["runs"]
        for each in streams:
            each.close()
    finally:
        server.close()
        sink.close()


def test_a_watcher_that_does_not_read_is_cut_off_and_keeps_nobody_waiting(
    store: TraceStore,
) -> None:
    streams: list[Stream] = []
    ended = threading.Event()
    app = Flask(__name__)

    @app.get("/")
    def begin() -> Response:
        stream = keep_open(request.environ)
        assert stream is not None
        stream.on_end = ended.set
        streams.append(stream)
        return Response(iter([b"begins\n"]))

    server = serve(app)
    try:
        with socket.create_connection((server.host, server.port), timeout=10) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"
            end = time.monotonic() + 20
            while not ended.is_set():
                assert time.monotonic() < end
                began = time.monotonic()
                streams[0].send(b"x" * waitress_server._MOST_UNSENT)
                assert time.monotonic() - began < 5
                time.sleep(0.005)
    finally:
        server.close()


@pytest.mark.parametrize(
    ("host", "length", "status", "said"),
    [
        ("evil.example", 5_000_000, 403, "does not answer under this name"),
        ("localhost", 5_000_000, 413, "at most 65,536 bytes"),
        ("localhost", BODY_BYTES + 1, 413, "at most 65,536 bytes"),
    ],
)
def test_a_body_is_refused_before_it_is_read(
    server: RunningServer, host: str, length: int, status: int, said: str
) -> None:
    """Nothing of the body was sent when the answer is there."""
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        head = f"POST /api/recordings/1/notes HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}"
        client.sendall(f"{head}\r\n\r\n".encode())
        answer = http.client.HTTPResponse(client)
        answer.begin()
        assert answer.status == status
        assert said in json.loads(answer.read())["error"]


def test_a_body_without_a_length_is_read_no_further_than_to_the_limit(
    server: RunningServer,
) -> None:
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        head = "POST /api/recordings/1/notes HTTP/1.1\r\nHost: localhost\r\n"
        client.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        client.sendall(b"%X\r\n%b\r\n" % (BODY_BYTES + 10, b"x" * (BODY_BYTES + 10)))
        answer = http.client.HTTPResponse(client)
        answer.begin()
        assert answer.status == 413


def test_an_answer_is_kept_until_something_is_written(store: TraceStore) -> None:
    feed, sink = Feed(AppSession(1, "a", 0)), store.sink()
    id = sink.open(info(started_at=datetime.now(UTC)), feed.drain)
    feed.wake = sink.wake
    client = create_app(store).test_client()
    asked: list[int] = []
    counts = store.has_callbacks
    store.has_callbacks = lambda id: asked.append(id) or counts(id)  # type: ignore[method-assign,func-returns-value]
    path = f"/api/recordings/{id}/index?from=1&interactions=0&again="
    try:
        answers = [client.get(path) for _ in range(5)]
        assert len({answer.data for answer in answers}) == 1
        assert len(asked) <= 2  # the sink may have written at its beginning
        feed.give(run(1))
        end = time.monotonic() + 10
        while client.get(path).json["total"]["runs"] == 0:  # type: ignore[index]
            assert time.monotonic() < end
    finally:
        sink.close()
