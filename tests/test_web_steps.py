"""What the stepper reads: a window of steps, session state at a run, the history of a key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from support import SAMPLES, get, record
from ui import handmade

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import AppSession, Record, StateOp, StateWrite
from rerun_trace.web.app import create_app

pytestmark = pytest.mark.first_row

APP = """\
import streamlit as st

def double(number):
    twice = 2 * number
    return twice

total = 0
for i in range(3):
    total = total + double(i)
del i
st.session_state.total = total
st.button("Again")
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A real app, loaded and clicked once."""
    folder = tmp_path_factory.mktemp("steps")
    app = folder / "app.py"
    app.write_text(APP)
    found = record(app, [{"click": "Again"}], folder / "db.sqlite")
    with found.store() as store:
        yield create_app(store).test_client()


def test_the_steps_of_a_real_run(recorded: FlaskClient) -> None:
    window = get(recorded, "/api/recordings/1/runs/1/steps?at=5")
    run = get(recorded, "/api/recordings/1/runs/1")

    assert (window["first"], window["last"]) == (1, window["total"])
    assert window["total"] == run["steps"]
    steps = window["steps"]
    assert steps["line"] == [
        1,
        3,
        7,
        *(line for _ in range(3) for line in (8, 9, 4, 5)),
        8,
        *(10, 11, 12),
    ]
    assert steps["at_ns"] == sorted(steps["at_ns"])
    frames = {frame["n"]: frame for frame in window["frames"]}
    names = [frames[n]["function"] for n in steps["frame"]]
    assert names[:7] == ["<module>"] * 5 + ["double"] * 2
    called = frames[steps["frame"][5]]
    assert frames[called["parent"]]["function"] == "<module>"
    assert window["base"] == []


def test_values_after_their_step(recorded: FlaskClient) -> None:
    window = get(recorded, "/api/recordings/1/runs/1/steps?at=1")
    lines, changes = window["steps"]["line"], window["changes"]
    seen = [
        (lines[step - 1], name, scope, text)
        for step, name, scope, text in zip(
            changes["step"], changes["name"], changes["scope"], changes["text"], strict=True
        )
    ]
    totals = [(line, text) for line, name, _, text in seen if name == "total"]
    assert totals == [(7, "0"), (5, "2"), (5, "6")]  # the sum is done when the call has returned
    assert (4, "twice", "local", "4") in seen
    assert (5, "return", "return", "4") in seen
    assert (9, "number", "argument", "2") in seen
    assert (10, "i", "local", None) in seen


def test_the_state_a_run_found_and_wrote(recorded: FlaskClient) -> None:
    first = get(recorded, "/api/recordings/1/runs/1/state")
    second = get(recorded, "/api/recordings/1/runs/2/state")

    assert first["before"] == []
    (write,) = first["writes"]
    assert (write["key"], write["old"], write["new"], write["line"]) == ("total", None, "6", 11)
    (value,) = second["before"]
    assert value == {
        "key": "total",
        "value": "6",
        "run": 1,
        "step": write["step"],
        "op": "set",
        "file": "app.py",
        "line": 11,
    }
    history = get(recorded, "/api/recordings/1/state/history?key=total&session=1")
    assert history["total"] == 2
    assert [item["run"] for item in history["writes"]] == [2, 1]


def state_write(run: int, key: str, new: str | None, **changes: object) -> StateWrite:
    write = StateWrite(run, run * handmade.MS, 2, key, StateOp.SET, None, new, "rerun.py", 4)
    return replace(write, **changes)  # type: ignore[arg-type]


def test_each_app_session_has_its_own_state(store: TraceStore, client: FlaskClient) -> None:
    records: list[Record] = [AppSession(1, "a", 0), AppSession(2, "b", 0), handmade.load()]
    for n, session in enumerate((1, 2, 1, 2, 1), 1):
        records.append(handmade.app_run(n, 0, n, 1, app_session=session))
        records.append(state_write(n, "who", f"'{session} in run {n}'"))
    records += [
        state_write(1, "gone", "1"),
        state_write(1, "back", "1"),
        state_write(3, "gone", None, op=StateOp.DELETE),
        state_write(3, "back", None, op=StateOp.CLEANUP, file=None, line=None),
        state_write(3, "back", "2", op=StateOp.WIDGET, file=None, line=None),
    ]
    id = handmade.keep(store, handmade.INFO, records)

    def before(run: int) -> dict[str, str]:
        state = get(client, f"/api/recordings/{id}/runs/{run}/state")
        return {value["key"]: value["value"] for value in state["before"]}

    assert before(1) == before(2) == {}
    assert before(3) == {"who": "'1 in run 1'", "gone": "1", "back": "1"}
    assert before(4) == {"who": "'2 in run 2'"}
    assert before(5) == {"who": "'1 in run 3'", "back": "2"}
    url = f"/api/recordings/{id}/state/history?key=who"
    assert [item["run"] for item in get(client, url)["writes"]] == [5, 4, 3, 2, 1]
    assert [item["run"] for item in get(client, f"{url}&session=2")["writes"]] == [4, 2]
    assert get(client, f"/api/recordings/{id}/state/history?key=never") == {
        "key": "never",
        "total": 0,
        "writes": [],
    }


def test_state_and_history_of_a_long_recording(store: TraceStore, client: FlaskClient) -> None:
    # GIVEN 10,000 runs that write ten keys each, and one key that only the first run wrote
    records: list[Record] = [AppSession(1, "a", 0), handmade.load(), state_write(1, "first", "1")]
    for n in range(1, 10_001):
        records.append(handmade.app_run(n, 0, n, 1))
        records += [state_write(n, f"key {(n + i) % 40:02}", f"{n}") for i in range(10)]
    id = handmade.keep(store, handmade.INFO, records)

    state = get(client, f"/api/recordings/{id}/runs/10000/state")
    values = {value["key"]: value["run"] for value in state["before"]}
    assert len(values) == 41
    assert values["first"] == 1
    newest = [max(n for n in range(9_900, 10_000) if (no - n) % 40 < 10) for no in range(40)]
    assert [values[f"key {no:02}"] for no in range(40)] == newest
    history = get(client, f"/api/recordings/{id}/state/history?key=key+07")
    assert history["total"] == 2_500
    assert len(history["writes"]) == 200
    assert history["writes"][0]["run"] == max(n for n in range(1, 10_001) if (7 - n) % 40 < 10)


def test_the_next_step_at_a_line(recorded: FlaskClient) -> None:
    run = "/api/recordings/1/runs/1"
    lines = get(recorded, f"{run}/steps?at=1")["steps"]["line"]
    visits = [step for step, line in enumerate(lines, 1) if line == 9]
    assert len(visits) == 3

    def at(query: str) -> Any:
        return get(recorded, f"{run}/at?file_no=1&{query}")["step"]

    assert at("line=9") == visits[0]
    assert at(f"line=9&after={visits[0]}") == visits[1]
    assert at(f"line=9&after={visits[2]}") == visits[0]  # from the start again
    assert at(f"line=4,5&after={visits[0]}") == lines.index(4, visits[0]) + 1
    assert at("line=2") is None
    assert at("line=") is None
    assert get(recorded, f"{run}/at?file_no=7&line=9")["step"] is None


@pytest.mark.parametrize(
    ("url", "status", "text"),
    [
        ("runs/77/at?line=1", 404, "no run 77"),
        ("runs/1/at?line=x", 400, "line must be"),
        ("runs/77/steps", 404, "no run 77"),
        ("runs/1/steps?at=-1", 400, "at must be a whole number"),
        ("runs/77/state", 404, "no run 77"),
        ("state/history", 400, "?key="),
        ("state/history?key=a&session=b", 400, "session must be a whole number"),
    ],
)
def test_what_is_not_there(
    store: TraceStore, client: FlaskClient, url: str, status: int, text: str
) -> None:
    id = handmade.three_runs(store)
    answer = client.get(f"/api/recordings/{id}/{url}")
    assert answer.status_code == status
    assert text in answer.json["error"]  # type: ignore[index]
    assert client.get(f"/api/recordings/99/{url}").status_code in (400, 404)


def test_a_run_without_steps_and_one_that_never_changes(
    store: TraceStore, client: FlaskClient
) -> None:
    id = handmade.three_runs(store)
    window = get(client, f"/api/recordings/{id}/runs/1/steps?at=5")
    assert (window["first"], window["last"], window["total"]) == (1, 0, 0)
    assert window["frames"] == window["base"] == window["steps"]["line"] == []


def test_without_values_there_are_steps_alone(tmp_path: Path) -> None:
    import rerun_trace
    from rerun_trace.tracer.driver.driver import drive
    from rerun_trace.tracer.driver.scenario import parse_scenario

    app = SAMPLES / "rerun.py"
    with rerun_trace.start(tmp_path / "db", app=app, mode="drive", values=False):
        drive(app, parse_scenario([]))
    with TraceStore.open(tmp_path / "db") as store:
        window = get(create_app(store).test_client(), "/api/recordings/1/runs/1/steps")
    assert window["steps"]["line"]
    assert window["changes"]["step"] == window["base"] == []
