"""The name and the notes over HTTP: what is taken, what is refused, and from whom."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from ui.handmade import three_runs

from rerun_trace.db.store import TraceStore
from rerun_trace.web.app import ANY_HOST, create_app

pytestmark = pytest.mark.first_row

PAGE = "http://localhost:5000"


@pytest.fixture
def recording(store: TraceStore) -> int:
    return three_runs(store)


def send(
    client: FlaskClient,
    method: str,
    path: str,
    body: Any = None,
    origin: str = PAGE,
    address: str = "127.0.0.1",
    **headers: str,
) -> Any:
    """What a script of the page at `origin` is answered."""
    sent = {"Origin": origin} | {name.replace("_", "-"): text for name, text in headers.items()}
    return client.open(
        f"/api/recordings/{path}",
        method=method,
        json=body,
        base_url=PAGE,
        headers=sent,
        environ_base={"REMOTE_ADDR": address},
    )


def test_a_note_is_written_changed_and_deleted(client: FlaskClient, recording: int) -> None:
    made = send(
        client, "POST", f"{recording}/notes", {"run": 2, "step": 0, "text": " <b>why</b>\r\n2 "}
    )
    assert made.status_code == 201
    n = made.json["n"]
    found = client.get(f"/api/recordings/{recording}/notes").json
    assert found is not None
    assert (found["name"], found["may_change"]) == (None, True)
    assert found["notes"] == [made.json]
    assert made.json["text"] == "<b>why</b>\n2"
    marker = client.get(f"/api/recordings/{recording}/changes").json
    changed = send(client, "PUT", f"{recording}/notes/{n}", {"text": "because"})
    assert changed.json["text"] == "because"
    assert client.get(f"/api/recordings/{recording}/changes").json != marker
    assert send(client, "DELETE", f"{recording}/notes/{n}").status_code == 204
    for method, body in (("DELETE", None), ("PUT", {"text": "x"})):
        gone = send(client, method, f"{recording}/notes/{n}", body)
        assert gone.status_code == 404
        assert "has no note" in gone.json["error"]


def test_a_recording_is_named(client: FlaskClient, recording: int) -> None:
    named = send(client, "PUT", f"{recording}/name", {"name": "  The\ndouble  click "})
    assert named.json == {"name": "The double click"}
    assert "The double click" in client.get("/").text
    assert "The double click" in client.get(f"/recordings/{recording}").text
    assert send(client, "PUT", f"{recording}/name", {"name": " "}).json == {"name": None}
    named = send(client, "PUT", f"{recording}/name", {"name": "<script>alert(1)</script>"})
    for page in ("/", f"/recordings/{recording}"):
        assert "<script>alert" not in client.get(page).text


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("99/notes", {"run": 1, "step": 0, "text": "x"}, 404, "no recording 99"),
        ("1/notes", {"run": 9, "step": 0, "text": "x"}, 404, "no run 9"),
        ("1/notes", {"run": 1, "step": 5000, "text": "x"}, 400, "no step 5000"),
        ("1/notes", {"run": -1, "step": 0, "text": "x"}, 400, "whole number"),
        ("1/notes", {"run": 1.5, "step": 0, "text": "x"}, 400, "whole number"),
        ("1/notes", {"run": True, "step": 0, "text": "x"}, 400, "whole number"),
        ("1/notes", {"run": 2**80, "step": 0, "text": "x"}, 400, "whole number"),
        ("1/notes", {"run": 1, "step": 0, "text": "\x01 "}, 400, "needs a text"),
        ("1/notes", {"run": 1, "step": 0, "text": 3}, 400, "must be a text"),
        ("1/notes", {"run": 1, "step": 0, "text": "x" * 2001}, 400, "2,000 characters"),
        ("1/notes", {"run": 1, "step": 0, "text": "x" * 70_000}, 413, "too long"),
        ("1/notes", {"run": 1, "text": "x"}, 400, "JSON object with run, step, text"),
        ("1/notes", ["x"], 400, "JSON object"),
        ("1/name", {"name": "x" * 121}, 400, "120 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    client: FlaskClient, recording: int, path: str, body: Any, status: int, said: str
) -> None:
    answer = send(client, "PUT" if path.endswith("name") else "POST", path, body)
    assert answer.status_code == status
    assert said in answer.json["error"]


def test_only_our_own_page_changes_anything(store: TraceStore, recording: int) -> None:
    client = create_app(store, allowed_hosts={ANY_HOST}).test_client()
    note = {"run": 1, "step": 0, "text": "x"}
    changes = [("POST", "notes", note), ("PUT", "name", {"name": "x"}), ("DELETE", "notes/1", None)]
    for method, path, body in changes:
        where = f"{recording}/{path}"
        for origin in ("http://localhost:8501", "http://evil.example", "null", ""):
            assert send(client, method, where, body, origin).status_code == 403
        for site in ("cross-site", "same-site", "none"):
            assert send(client, method, where, body, Sec_Fetch_Site=site).status_code == 403
        # `--host` lets other machines read; a name of elsewhere that leads here counts as one.
        assert send(client, method, where, body, address="192.0.2.7").status_code == 403
        elsewhere = client.open(
            f"/api/recordings/{where}",
            method=method,
            json=body,
            base_url="http://evil.example:5000",
            headers={"Origin": "http://evil.example:5000"},
        )
        assert elsewhere.status_code == 403
    assert store.counts(recording)["edits"] == 0
    seen = client.get(
        f"/api/recordings/{recording}/notes", environ_base={"REMOTE_ADDR": "192.0.2.7"}
    ).json
    assert seen is not None
    assert not seen["may_change"]
