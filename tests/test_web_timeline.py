"""The details of the runs in sight: titles, marks with their steps, what never ran."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent / "ui"))

from ui.handmade import (
    INFO,
    MS,
    app_run,
    click,
    everything,
    first_load,
    keep,
    many_runs,
    three_runs,
    two_threads,
)

from rerun_trace.db.store import TraceStore

pytestmark = pytest.mark.first_row


def window(client: FlaskClient, id: int, first: int = 1, last: int = 400) -> dict[str, Any]:
    answer = client.get(f"/api/recordings/{id}/timeline?first={first}&last={last}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    for part in found.values():
        assert len({len(column) for column in part.values()}) == 1
    return found


def test_marks_name_their_run_and_step(store: TraceStore, client: FlaskClient) -> None:
    found = window(client, three_runs(store))
    assert found["interactions"] == {"n": [0, 1], "title": ["first load", "click Foo"]}
    assert found["requests"]["line"] == [10]
    assert found["requests"]["step"] == [6]
    assert found["state_writes"]["step"] == [3, 5]
    fates = found["writes"]["fate"]
    assert fates == ["delivered"] * 2 + ["discarded"] * 2 + ["delivered"] * 2


def test_a_halted_run_says_what_never_ran(store: TraceStore, client: FlaskClient) -> None:
    found = window(client, three_runs(store))
    assert found["rests"] == {"run": [2], "text": ["line 11 never ran"]}


def test_every_kind_of_mark_is_there(store: TraceStore, client: FlaskClient) -> None:
    found = window(client, everything(store))
    assert all(len(found[part]["run"]) for part in ("callbacks", "errors", "writes"))


def test_threads_of_the_apps_own_are_spans(store: TraceStore, client: FlaskClient) -> None:
    ids = two_threads(store), three_runs(store)
    assert window(client, ids[0])["threads"] == {
        "run": [1, 1],
        "thread": [1, 2],
        "function": ["load_sales", "load_prices"],
        "started_ns": [4 * MS, 5 * MS],
        "ended_ns": [11 * MS, 10 * MS],
        "steps": [3, 2],
        "step": [2, 3],
    }
    answers = [client.get(f"/api/recordings/{id}/index").get_json() for id in ids]
    assert [answer["has_threads"] for answer in answers] == [True, False]


def test_a_window_brings_the_interactions_up_to_the_next_run(
    store: TraceStore, client: FlaskClient
) -> None:
    found = window(client, many_runs(store, clicks=300), 100, 103)
    assert found["interactions"]["n"] == [50, 51, 52]
    assert set(found["writes"]["run"]) == {100, 101, 102, 103}


def test_interactions_that_caused_no_run_are_in_the_last_window(
    store: TraceStore, client: FlaskClient
) -> None:
    id = keep(store, INFO, [*first_load(), click(1, 20), app_run(2, 1, 30, 5), click(2, 50)])
    assert window(client, id, 2, 2)["interactions"]["n"] == [1, 2]


def test_no_window_is_larger_than_four_hundred_runs(store: TraceStore, client: FlaskClient) -> None:
    id = many_runs(store, clicks=300)
    assert max(window(client, id, 101, 9999)["writes"]["run"]) == 500
