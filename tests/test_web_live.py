"""The app beside the page: what is said of it, who may restart it, and where its frame may lead."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from ui.handmade_app import HandmadeApp

from rerun_trace.commands.server_options import AppAddress
from rerun_trace.db.store import TraceStore
from rerun_trace.web.app import ANY_HOST, create_app
from rerun_trace.web.server.live import LiveState

pytestmark = pytest.mark.first_row

PAGE = "http://localhost:5000"


@pytest.fixture
def app() -> HandmadeApp:
    return HandmadeApp(LiveState("running", 12))


@pytest.fixture
def client(store: TraceStore, app: HandmadeApp) -> FlaskClient:
    return create_app(store, live_app=app).test_client()


def restart(
    client: FlaskClient, page: str = PAGE, address: str = "127.0.0.1", **headers: str
) -> Any:
    """The answer to a restart that a script of the page at `page` asks for."""
    sent = {"Origin": page} | {name.replace("_", "-"): text for name, text in headers.items()}
    return client.post(
        "/api/live/restart", base_url=page, headers=sent, environ_base={"REMOTE_ADDR": address}
    )


def test_how_the_app_is(client: FlaskClient, app: HandmadeApp) -> None:
    assert client.get("/api/live").json == {
        "state": "running",
        "recording": 12,
        "url": "http://localhost:8501",
        "ended": None,
        "trouble": None,
        "may_restart": True,
    }
    app.state = LiveState("ended", 12, "The app's process ended with exit code 3.")
    now = client.get("/api/live").json
    assert now is not None
    assert (now["state"], now["ended"]) == ("ended", "The app's process ended with exit code 3.")


def test_without_an_app_there_is_nothing_to_restart(store: TraceStore) -> None:
    client = create_app(store).test_client()
    now = client.get("/api/live").json
    assert now is not None
    assert (now["state"], now["url"], now["may_restart"]) == ("none", None, False)
    assert restart(client).status_code == 404


def test_our_own_page_restarts_the_app(client: FlaskClient, app: HandmadeApp) -> None:
    for page in (PAGE, "http://127.0.0.1:5000"):
        assert restart(client, page, Sec_Fetch_Site="same-origin").status_code == 202
    assert app.restarts == 2
    app.state = LiveState("starting", 12)
    assert restart(client).status_code == 409
    assert app.restarts == 2


def test_no_other_page_does(client: FlaskClient, app: HandmadeApp) -> None:
    for origin in ("http://localhost:8501", "http://evil.example", "null", ""):
        assert restart(client, Origin=origin).status_code == 403, origin
    assert restart(client, Sec_Fetch_Site="same-site").status_code == 403
    assert client.post("/api/live/restart", base_url=PAGE).status_code == 403
    assert client.get("/api/live/restart").status_code == 405
    assert app.restarts == 0


def test_of_a_page_for_others_only_this_machine_does(store: TraceStore, app: HandmadeApp) -> None:
    client = create_app(store, live_app=app, allowed_hosts={ANY_HOST}).test_client()
    assert restart(client, address="192.0.2.7").status_code == 403
    # A name of elsewhere that leads here: its page has the origin of the host that it asks.
    assert restart(client, "http://evil.example:5000").status_code == 403
    assert app.restarts == 0
    assert restart(client).status_code == 202
    seen = client.get("/api/live", environ_base={"REMOTE_ADDR": "192.0.2.7"}).json
    assert seen is not None
    assert not seen["may_restart"]


def test_only_the_app_may_be_framed(client: FlaskClient, app: HandmadeApp) -> None:
    app.url = "https://localhost:8501/course/one"
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "frame-src https://localhost:8501 'self';" in policy
    app.url = None
    assert "frame-src 'self';" in client.get("/").headers["Content-Security-Policy"]


LOCAL = AppAddress("http://localhost:8501/base", "localhost", 8501, "127.0.0.1")
OPEN = AppAddress("http://localhost:8501/base", "localhost", 8501, "0.0.0.0")
ELSEWHERE = AppAddress("http://192.0.2.7:8501", "192.0.2.7", 8501, "192.0.2.7")


@pytest.mark.parametrize(
    ("address", "name", "is_here", "url"),
    [
        (LOCAL, "localhost", True, "http://localhost:8501/base"),
        (LOCAL, "127.0.0.1", True, "http://127.0.0.1:8501/base"),
        (LOCAL, "::1", True, "http://localhost:8501/base"),
        (LOCAL, "class.example", True, "http://localhost:8501/base"),
        (LOCAL, "class.example", False, None),
        (OPEN, "class.example", False, "http://class.example:8501/base"),
        (OPEN, "127.0.0.1", True, "http://127.0.0.1:8501/base"),
        (OPEN, "x; script-src *", False, "http://localhost:8501/base"),
        (ELSEWHERE, "localhost", True, "http://192.0.2.7:8501"),
        (ELSEWHERE, "class.example", False, "http://192.0.2.7:8501"),
    ],
)
def test_the_app_is_found_under_the_name_of_the_page(
    address: AppAddress, name: str, is_here: bool, url: str | None
) -> None:
    assert address.seen_from(name, is_here) == url
