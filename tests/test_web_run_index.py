"""All runs and interactions in numbers: small, quick, and only what is new."""

from __future__ import annotations

import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent / "ui"))

from ui.handmade import INFO, app_run, click, everything, first_load, keep, many_runs, three_runs

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import Outcome

pytestmark = pytest.mark.first_row


def index(client: FlaskClient, id: int, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/recordings/{id}/index{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def words(found: dict[str, Any], column: str) -> list[str]:
    return [found["words"][column][int(digit)] for digit in found["runs"][column]]


def test_numbers_are_sent_as_differences_and_words_as_digits(
    store: TraceStore, client: FlaskClient
) -> None:
    found = index(client, three_runs(store))
    runs, kept = found["runs"], store.runs(1)
    assert list(accumulate(runs["n"])) == [1, 2, 3]
    assert list(accumulate(runs["started"])) == [run.started_ns for run in kept]
    assert runs["took"] == [run.ended_ns - run.started_ns for run in kept if run.ended_ns]
    assert list(accumulate(runs["interaction"])) == [0, 1, 1]
    assert runs["trigger"] == [0, 0, 1]  # run 3 was started by the run before it
    assert words(found, "outcome") == ["completed", "rerun", "completed"]
    assert words(found, "trigger_type") == ["interaction", "interaction", "rerun"]
    assert runs["halted_line"] == [0, 10, 0]
    assert list(accumulate(found["interactions"]["n"])) == [0, 1]
    assert list(accumulate(found["interactions"]["at"])) == [1_000_000, 3_200_000_000]


def test_it_says_whether_any_callback_ran(store: TraceStore, client: FlaskClient) -> None:
    assert not index(client, three_runs(store))["has_callbacks"]
    assert index(client, everything(store))["has_callbacks"]


def test_only_what_is_new_or_unfinished_is_sent_again(
    store: TraceStore, client: FlaskClient
) -> None:
    running = app_run(2, 1, 5000, 1, outcome=Outcome.RUNNING, ended_ns=None)
    id = keep(store, INFO, [*first_load(), click(1, 5000), running])
    assert index(client, id)["runs"]["took"][1] == -1
    news = index(client, id, "?from=3&interactions=2&again=2")
    assert news["runs"]["n"] == [2]
    assert news["interactions"]["n"] == []
    assert index(client, id, "?from=3&interactions=2")["runs"]["n"] == []


def test_thousands_of_runs_take_forty_bytes_each(store: TraceStore, client: FlaskClient) -> None:
    id = many_runs(store)
    answer = client.get(f"/api/recordings/{id}/index")
    assert len(answer.data) < 40 * 3001 + 25 * 1501


@pytest.mark.parametrize("again", ["x", "1,-2", "1,,99999999999", ",".join(map(str, range(501)))])
def test_a_list_that_is_none_is_refused(store: TraceStore, client: FlaskClient, again: str) -> None:
    answer = client.get(f"/api/recordings/{three_runs(store)}/index?again={again}")
    assert answer.status_code == 400
    assert "again must be" in answer.get_json()["error"]


def test_a_recording_that_is_not_there(client: FlaskClient) -> None:
    assert client.get("/api/recordings/7/index").status_code == 404
