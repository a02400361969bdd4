"""What "Share" is answered: texts, names of files, and the report file where it can be made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from support import get
from test_web_compare import compare
from ui.handmade import INFO, many_runs, three_runs

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import ComparedVariant
from rerun_trace.web.app import create_app
from rerun_trace.web.models.markdown import issue_markdown, story_markdown
from rerun_trace.web.views import share
from rerun_trace.web.views.share import file_stem

pytestmark = pytest.mark.first_row


@pytest.fixture
def asked() -> list[tuple[int | None, int | None]]:
    """What reports were asked for."""
    return []


@pytest.fixture
def sharing(store: TraceStore, asked: list[tuple[int | None, int | None]]) -> FlaskClient:
    """Pages that can have reports made; they hold nothing."""

    def made(recording: int | None, comparison: int | None) -> bytes:
        asked.append((recording, comparison))
        return b"<!doctype html>report"

    return create_app(store, reports=made).test_client()


def test_the_texts_are_those_of_the_command(client: FlaskClient, store: TraceStore) -> None:
    id = three_runs(store)
    shared = get(client, f"/api/recordings/{id}/share?run=2")
    assert shared == {
        "stem": "rerun-1",
        "report": None,
        "story": story_markdown(store, id),
        "issue": issue_markdown(store, id, 2),
        "small_issue": None,
    }
    flow = get(client, f"/api/recordings/{id}/share?run=2&graph=flow")
    assert flow["issue"] == issue_markdown(store, id, 2, graph="flow")
    assert client.get(f"/api/recordings/{id}/share?run=99").status_code == 404
    assert client.get("/api/recordings/99/share").status_code == 404
    assert client.get(f"/recordings/{id}/report.html").status_code == 404


def test_a_smaller_text_only_where_it_is_another(client: FlaskClient, store: TraceStore) -> None:
    id = three_runs(store)
    share_limit = pytest.MonkeyPatch()
    with share_limit.context() as patch:
        patch.setattr(share, "SMALL_GRAPH_LIMIT", 50)
        shared = get(client, f"/api/recordings/{id}/share?run=2")
    assert "more than the 50 characters" in shared["small_issue"]


def test_a_report_is_made_to_be_saved(
    sharing: FlaskClient, store: TraceStore, asked: list[tuple[int | None, int | None]]
) -> None:
    id = three_runs(store)
    store.rename(id, "Warum zweimal? <b>")
    path = get(sharing, f"/api/recordings/{id}/share")["report"]
    assert path == f"/recordings/{id}/report.html"
    answer = sharing.get(path)
    # Not shown by this server: a report has a policy of its own.
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="warum-zweimal-b-{id}.html"'
    )
    assert answer.data == b"<!doctype html>report"
    assert asked == [(id, None)]

    number = compare(store, ComparedVariant("a.py", (id,)), ComparedVariant("b.py", ()))
    shared = get(sharing, f"/api/comparisons/{number}/share")
    assert shared["story"].startswith("# Two\n")
    assert sharing.get(shared["report"]).status_code == 200
    assert asked[1:] == [(None, number)]


def test_no_page_of_elsewhere_has_a_report_made(
    sharing: FlaskClient, store: TraceStore, asked: list[tuple[int | None, int | None]]
) -> None:
    id = three_runs(store)
    for site in ("cross-site", "same-site"):
        answer = sharing.get(f"/recordings/{id}/report.html", headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
    assert asked == []


@pytest.mark.parametrize(
    ("app", "name", "stem"),
    [
        ("a/b/My App.py", None, "my-app-7"),
        ("rerun.py", "../../etc/passwd", "etc-passwd-7"),
        ("rerun.py", "日本", "recording-7"),
        ("rerun.py", 'x" y\r\nz', "x-y-z-7"),
        ("rerun.py", "long " * 20, "long-long-long-long-long-long-long-long-7"),
    ],
)
def test_files_have_sensible_names(app: str, name: str | None, stem: str) -> None:
    assert file_stem(replace(INFO, app=app, name=name, id=7)) == stem


def test_of_many_runs_it_is_answered_too(client: FlaskClient, store: TraceStore) -> None:
    id = many_runs(store, 200)
    shared = get(client, f"/api/recordings/{id}/share?run=400")
    assert "click Foo → 2 script runs" in shared["issue"]
    assert len(shared["issue"]) < 10_000
