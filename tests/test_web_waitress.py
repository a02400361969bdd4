"""What we rely on inside waitress is as we know it."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask, request
from waitress import trigger

from rerun_trace.web.server import waitress_server
from rerun_trace.web.server.limits import limits
from rerun_trace.web.server.listen import listen
from rerun_trace.web.server.waitress_server import WaitressServer

pytestmark = pytest.mark.first_row

ROOT = Path(__file__).resolve().parent.parent


def test_waitress_is_as_we_know_it() -> None:
    seen: dict[str, object] = {}
    app = Flask(__name__)

    @app.get("/")
    def page() -> str:
        seen["file_wrapper"] = "wsgi.file_wrapper" in request.environ
        return "here"

    [listening] = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = WaitressServer(app, [listening], limits())
    # The loop is woken by a trigger in the map of sockets, whose thunks run on the loop's thread.
    [wake] = [item for item in server._sockets.values() if isinstance(item, trigger.trigger)]
    assert wake.thunks == []
    assert hasattr(wake.lock, "acquire")
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert answer.read() == b"here"
        assert "Server" not in answer.headers
    assert seen == {"file_wrapper": False}
    server.close()
    thread.join(10)
    assert not thread.is_alive()
    assert server._sockets == {}
    server.end_threads()
    assert server._answering.threads == server._refusing.threads == set()
    server.close()


def test_no_other_file_knows_waitress() -> None:
    """Neither its modules nor what it puts into the environment of a request."""
    said = re.compile(r"^\s*(import|from) waitress|[\"']waitress\.", re.MULTILINE)
    files = [
        path.resolve()
        for folder in ("rerun_trace", "tracer", "db", "web")
        for path in (ROOT / folder).rglob("*.py")
        if said.search(path.read_text(encoding="utf-8"))
    ]
    assert set(files) == {Path(waitress_server.__file__).resolve()}
