"""The Flask application over a real store with records made by hand, and its server."""

from __future__ import annotations

import time
import urllib.request
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from support import get
from ui import handmade
from ui.handmade_app import HandmadeApp
from waitress import trigger

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.errors import HostError, PortInUse
from rerun_trace.tracer.model import Interaction, InteractionKind, Outcome, Step, StepChunk
from rerun_trace.web.app import create_app
from rerun_trace.web.server.live import LiveState
from rerun_trace.web.server.serving import serve

pytestmark = pytest.mark.first_row


def test_without_recordings_the_page_names_the_command_to_run(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "rerun-trace app.py" in page.text


def test_recordings_are_listed_newest_first(store: TraceStore, client: FlaskClient) -> None:
    first, second = handmade.three_runs(store), handmade.everything(store)
    text = client.get("/").text

    assert text.index(f"/recordings/{second}") < text.index(f"/recordings/{first}")
    assert "✓ complete" in text
    assert "✕ broken off" in text
    assert "1 thing left out" in text


def test_names_of_the_app_are_escaped(store: TraceStore, client: FlaskClient) -> None:
    info = replace(handmade.INFO, app="<script>alert(1)</script>.py", complete=True)
    id = handmade.keep(store, info, [])
    for url in ("/", f"/recordings/{id}"):
        assert "<script>alert" not in client.get(url).text


def test_a_run_in_full(store: TraceStore, client: FlaskClient) -> None:
    id = handmade.three_runs(store)
    run = get(client, f"/api/recordings/{id}/runs/2")

    assert run["trigger"] == {"type": "interaction", "number": 1}
    assert run["files"][0]["not_run"] == [
        [4, "branch not taken"],
        [11, "halted by the rerun at line 10"],
    ]
    assert run["files"][0]["halting_line"] == 10
    assert [write["fate"] for write in run["writes"]] == ["discarded", "discarded"]
    assert {"text": "line 11", "file": "rerun.py", "line": 11} in run["story"][1]  # never ran
    assert {"text": "run 3", "run": 3} in run["story"][1]
    again = get(client, f"/api/recordings/{id}/runs/3")
    assert again["story"][0][0] == {"text": "Run 2", "run": 2}


def test_the_lines_of_a_run_that_goes_on_are_those_of_its_steps(
    store: TraceStore, client: FlaskClient
) -> None:
    run = replace(handmade.app_run(1, 0, 0, 5), outcome=Outcome.RUNNING, ended_ns=None)
    steps = StepChunk(1, 1, [Step(1, 1, 1, 1), Step(2, 1, 3, 1), Step(3, 1, 3, 1)])
    id = handmade.keep(store, handmade.INFO, [handmade.load(), handmade.SOURCE, run, steps])

    file = get(client, f"/api/recordings/{id}/runs/1")["files"][0]

    assert [line[:2] for line in file["executed"]] == [[1, 1], [3, 2]]
    assert not {1, 3} & {line for line, _ in file["not_run"]}


def test_source_lines(store: TraceStore, client: FlaskClient) -> None:
    id = handmade.three_runs(store)
    source = get(client, f"/api/recordings/{id}/source/1")
    assert len(source["lines"]) == 11
    assert ["kn", "import"] in source["lines"][0]


def test_the_graph_is_dot(store: TraceStore, client: FlaskClient) -> None:
    id = handmade.three_runs(store)
    answer = client.get(f"/api/recordings/{id}/graph.dot?kind=cause&first=2&last=3")
    assert answer.mimetype == "text/vnd.graphviz"
    assert "run-3" in answer.text
    assert "run-1" not in answer.text


def test_the_flow_graph_is_of_one_run_or_of_many(store: TraceStore, client: FlaskClient) -> None:
    id = handmade.three_runs(store)
    one = client.get(f"/api/recordings/{id}/graph.dot?kind=flow&run=2")
    assert one.mimetype == "text/vnd.graphviz"
    assert "line 11" in one.text
    assert "not run" in one.text
    whole = client.get(f"/api/recordings/{id}/graph.dot?kind=flow")
    assert "not run" not in whole.text


@pytest.mark.parametrize(
    ("url", "status", "text"),
    [
        ("/recordings/99", 404, "99"),
        ("/api/recordings/99/timeline", 404, "99"),
        ("/api/recordings/99/changes", 404, "99"),
        ("/api/recordings/99/runs/1", 404, "99"),
        ("/api/recordings/99/graph.dot", 404, "99"),
        ("/api/recordings/1/runs/77", 404, "no run 77"),
        ("/api/recordings/1/source/7", 404, "no source 7"),
        ("/api/recordings/1/graph.dot?kind=tree", 404, "there are: cause, flow"),
        ("/api/recordings/1/graph.dot?kind=flow&run=77", 404, "no run 77"),
        ("/api/recordings/1/timeline?first=x", 400, "first must be a whole number"),
        ("/api/nothing", 404, "not found"),
        ("/nothing", 404, "Not Found"),
    ],
)
def test_what_is_not_there_is_said_in_a_line(
    store: TraceStore, client: FlaskClient, url: str, status: int, text: str
) -> None:
    assert handmade.three_runs(store) == 1
    answer = client.get(url)
    assert answer.status_code == status
    if url.startswith("/api"):
        assert text in answer.json["error"]  # type: ignore[index]
    else:
        assert text in answer.text


@pytest.mark.parametrize("url", ["/", "/static/main.js", "/nothing", "/api/recordings/1/changes"])
def test_every_answer_has_a_strict_policy(client: FlaskClient, url: str) -> None:
    with client.get(url) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "http" not in policy


def test_only_loopback_names_are_answered(store: TraceStore, client: FlaskClient) -> None:
    for host in ("localhost:1", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"):
        assert client.get("/", headers={"Host": host}).status_code == 200, host
    for host in ("evil.example", "127.0.0.1.evil.example:80", ""):
        assert client.get("/", headers={"Host": host}).status_code in (400, 403), host
    named = create_app(store, allowed_hosts={"class.example"}).test_client()
    assert named.get("/", headers={"Host": "class.example:80"}).status_code == 200
    assert create_app(store, allowed_hosts={"*"}).test_client().get("/").status_code == 200


def test_a_live_recording_links_to_its_app_and_its_marker_moves(store: TraceStore) -> None:
    sink = store.sink()
    batches = [handmade.first_load()]
    id = sink.open(handmade.INFO, lambda: batches.pop() if batches else [])
    app = HandmadeApp(LiveState("running", id))
    client = create_app(store, live_app=app).test_client()
    try:
        assert "http://localhost:8501" in client.get(f"/recordings/{id}").text
        before = get(client, f"/api/recordings/{id}/changes")
        assert before["state"] == "live"
        batches.append([Interaction(1, 1, 1, InteractionKind.WIDGET, {"click": "Foo"})])
    finally:
        sink.close(True)
    after = get(client, f"/api/recordings/{id}/changes")
    assert after["marker"] != before["marker"]
    assert after["state"] == "complete"
    app.state = LiveState("running", id + 1)
    assert "http://localhost:8501" not in client.get(f"/recordings/{id}").text


def test_the_server_answers_until_it_is_closed_and_frees_its_port(store: TraceStore) -> None:
    server = serve(create_app(store))
    with urllib.request.urlopen(server.url) as answer:
        assert answer.status == 200
    with pytest.raises(PortInUse, match=f"{server.port} is in use: choose another"):
        serve(create_app(store), port=server.port)
    server.close()
    server.close()
    again = serve(create_app(store), "localhost", server.port)
    assert again.url == f"http://localhost:{server.port}"
    again.close()


def test_a_host_that_is_not_here_is_one_line(store: TraceStore) -> None:
    with pytest.raises(HostError, match="cannot be used"):
        serve(create_app(store), "host.invalid")


def test_a_server_can_be_closed_while_it_is_awake(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It closed what it was woken by before the one who closed it had finished waking it."""
    wake = trigger.trigger._physical_pull

    def while_awake(self: Any) -> None:
        wake(self)
        for _ in range(100):
            if self._closed:
                break
            time.sleep(0.002)
        wake(self)

    server = serve(create_app(store))
    monkeypatch.setattr(trigger.trigger, "_physical_pull", while_awake)
    server.close()
    server.close()
    assert not server._thread.is_alive()
