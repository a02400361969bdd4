"""The search: every kind of moment, pages of results, bounded work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from support import record
from test_db_windows import busy_run
from ui import handmade

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import AppSession, Frame, Record, Step, StepChunk, ValueChange
from rerun_trace.web.app import create_app
from rerun_trace.web.views import search

pytestmark = pytest.mark.first_row

APP = """\
import streamlit as st

def greet(name):
    text = f"Hello {name}"
    return text

def on_save():
    st.session_state["saved_100%"] = "yes"

st.header(greet("Ada"))
for i in range(3):
    area = i * 7
if st.button("Save", on_click=on_save):
    st.rerun()
if st.button("Break"):
    raise ValueError("out of cheese")
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A real app: loaded, saved (a rerun follows), and broken."""
    folder = tmp_path_factory.mktemp("search")
    (folder / "app.py").write_text(APP)
    steps = [{"click": "Save"}, {"click": "Break"}]
    found = record(folder / "app.py", steps, folder / "db.sqlite")
    with found.store() as store:
        yield create_app(store).test_client()


def ask(client: FlaskClient, text: str, recording: int = 1, **more: Any) -> Any:
    names = {"in_": "in"}
    query = {"q": text, **{names.get(key, key): value for key, value in more.items()}}
    answer = client.get(f"/api/recordings/{recording}/search", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def found(answer: Any) -> list[tuple[str, int, str]]:
    return [(each["kind"], each["run"], each["title"]) for each in answer["results"]]


@pytest.mark.parametrize(
    ("text", "place", "wanted"),
    [
        ("GREET", "function", [("function", run, "greet()") for run in (1, 2, 3, 4)]),
        ("on_save", "function", [("function", 2, "on_save()")] * 2),
        ("app.py:16", "line", [("line", 4, "app.py:16")]),
        ("line 16", "all", [("line", 4, "app.py:16"), ("outcome", 4, "Run 4: error at line 16")]),
        ("16", "line", [("line", 4, "app.py:16")]),
        ("st.rerun()", "line", [("line", 2, "app.py:14")]),
        ("d_100%", "key", [("key", 2, "saved_100% = 'yes'")]),
        ("d_1%0", "key", []),
        ("heading", "element", [("element", run, "heading Hello Ada") for run in (1, 2, 3, 4)]),
        ("click save", "element", [("element", 2, "click Save")]),
        ("14", "value", [("value", run, "area = 14") for run in (1, 2, 3, 4)]),
        ("yes", "value", [("value", 2, "saved_100% = 'yes'")]),
        ("rerun", "outcome", [("outcome", 2, "Run 2: halted by a rerun at line 14")]),
        ("Cheese", "error", [("error", 4, "ValueError: out of cheese")]),
        ("nowhere to be found", "all", []),
    ],
)
def test_each_kind_of_moment(
    client: FlaskClient, text: str, place: str, wanted: list[tuple[str, int, str]]
) -> None:
    answer = ask(client, text, in_=place)
    assert found(answer) == wanted
    assert (answer["next"], answer["searched"]) == (None, "all 4 runs")


def test_a_moment_is_the_step_that_did_it(client: FlaskClient) -> None:
    (key,) = ask(client, "saved", in_="key")["results"]
    assert key["detail"] == "app.py:8"
    window = client.get("/api/recordings/1/runs/2/steps").json
    assert window is not None
    assert window["steps"]["line"][key["step"] - 1] == 8
    for value in (
        ask(client, "area", in_="all")["results"] + ask(client, "14", in_="value")["results"]
    ):
        if value["run"] == 2 and value["kind"] == "value":
            assert window["steps"]["line"][value["step"] - 1] == 12
            assert window["steps"]["at_ns"][value["step"] - 1] == value["at_ns"]
    (end,) = ask(client, "rerun", in_="outcome")["results"]
    assert end["step"] is None


def test_everything_is_in_time_order(client: FlaskClient) -> None:
    results = ask(client, "a")["results"]
    assert len({each["kind"] for each in results}) > 2
    places = [(each["run"], 10**9 if each["step"] is None else each["step"]) for each in results]
    assert places == sorted(places)


def test_only_runs_that_ended_so(client: FlaskClient) -> None:
    assert found(ask(client, "", outcome="error")) == [("outcome", 4, "Run 4: error at line 16")]
    assert {each[1] for each in found(ask(client, "greet", outcome="rerun"))} == {2}
    assert ask(client, "  ")["results"] == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("q=a&in=nowhere", "in must be one of"),
        ("q=a&outcome=fine", "outcome must be one of"),
        ("q=a&after=x", "after must be"),
        ("q=" + "a" * 201, "at most 200"),
    ],
)
def test_a_bad_question_is_said_in_a_line(client: FlaskClient, query: str, text: str) -> None:
    answer = client.get(f"/api/recordings/1/search?{query}")
    assert answer.status_code == 400
    assert text in answer.json["error"]  # type: ignore[index]
    assert client.get("/api/recordings/9/search?q=a").status_code == 404


@pytest.fixture
def long(tmp_path: Path) -> Iterator[FlaskClient]:
    """Four runs, the third one of 30,000 steps."""
    with TraceStore.open(tmp_path / "long.sqlite") as store:
        records: list[Record] = [AppSession(1, "a", 0), handmade.SOURCE, handmade.load()]
        for n in range(1, 5):
            steps = 30_000 if n == 3 else 700
            records += [handmade.app_run(n, 0, n, 1, steps=steps), busy_run(steps, n)]
        handmade.keep(store, replace(handmade.INFO, complete=True), records)
        yield create_app(store).test_client()


def test_pages_lead_through_all_results(long: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN so little time that each request searches one part
    monkeypatch.setattr(search, "BUDGET_S", 0.0)
    after: str | None = ""
    places: list[tuple[int, int]] = []
    searched: list[str] = []
    while after is not None:
        answer = ask(long, "99", in_="value", after=after)
        assert len(answer["results"]) <= 100
        places += [(each["run"], each["step"]) for each in answer["results"]]
        searched.append(answer["searched"])
        after = answer["next"]
    # THEN every change whose text holds it was found once, in order
    wanted = [
        (n, change.step)
        for n in range(1, 5)
        for change in sorted(busy_run(30_000 if n == 3 else 700, n).changes, key=lambda c: c.step)
        if change.text is not None and "99" in change.text
    ]
    assert places == wanted
    assert searched[0] == "runs 1 to 2 of 4"
    assert "runs 1 to 2 of 4, and run 3 in part" in searched
    assert searched[-1] == "all 4 runs"


def test_the_results_of_what_is_searched_at_once_take_three_pages(store: TraceStore) -> None:
    # GIVEN a run that says the same 250 times
    steps = [Step(n * 1000, 1, 1, 1) for n in range(1, 251)]
    changes = [ValueChange(n, 1, "word", "global", "'again'") for n in range(1, 251)]
    chunk = StepChunk(1, 1, steps, [Frame(1, 0, "<module>", 1, 1, 0)], changes)
    handmade.keep(store, replace(handmade.INFO, complete=True), [*handmade.first_load(), chunk])
    client = create_app(store).test_client()
    # WHEN it is asked for page by page
    pages: list[Any] = []
    after: str | None = ""
    while after is not None:
        assert len(pages) < 3, "it would never end"
        pages.append(ask(client, "again", in_="value", after=after))
        after = pages[-1]["next"]
    # THEN each of the three goes on where the one before ended
    assert [len(page["results"]) for page in pages] == [100, 100, 50]
    assert [each["step"] for page in pages for each in page["results"]] == list(range(1, 251))
    assert [page["searched"] for page in pages] == ["run 1 in part"] * 2 + ["the only run"]
