"""`rerun-trace scenario`: a recording becomes a scenario, and driving that does the same again."""

from __future__ import annotations

import json
import math
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from commands import say
from support import SAMPLES, Recorded, needs, record

from rerun_trace.db.reading.recording import read_recording
from rerun_trace.tracer.driver.of_recording import ReplayStep, replay_steps
from rerun_trace.tracer.driver.scenario_text import toml_text
from rerun_trace.tracer.errors import ScenarioError
from rerun_trace.tracer.model import Interaction, InteractionKind

pytestmark = pytest.mark.ends

PAGE = "import streamlit as st\n"
Steps = list[dict[str, Any]]


def steps_of(recorded: Recorded) -> Steps:
    """The steps of the scenario file that is made of a recording."""
    with recorded.store() as store:
        steps = replay_steps(read_recording(store, recorded.id))
    found: Steps = tomllib.loads(toml_text(steps, "of a test"))["steps"]
    return found


def actions(recorded: Recorded) -> list[Any]:
    return [interaction["action"] for interaction in recorded.facts["interactions"]]


def round_trip(app: Path, steps: Steps, db: Path) -> Steps:
    """Record, make a scenario, drive it: the interactions must be the same. Returns the steps."""
    first = record(app, steps, db)
    assert first.drive.failed_step is None
    found = steps_of(first)
    again = record(app, found, db)
    assert again.drive.failed_step is None
    assert actions(again) == actions(first)
    assert [len(i["runs"]) for i in again.facts["interactions"]] == [
        len(i["runs"]) for i in first.facts["interactions"]
    ]
    assert again.facts["final_page"] == first.facts["final_page"]
    return found


@pytest.mark.parametrize(
    ("app", "steps"),
    [
        ("rerun.py", [{"click": "Foo"}, {"rerun": True}]),
        (
            "form.py",
            [
                {"set": "Dish", "value": 'Pie "à la"\n\x7f🥧'},
                {"set": "Portions", "value": 4},
                {"submit": "Order"},
                {"set": "Show the bill", "value": True},
            ],
        ),
        (
            "multipage/app.py",
            [
                {"set": "Your name", "value": "Grace"},
                {"click": "Go to the report"},
                {"page": "settings"},
                {"set": "large_print", "value": True},
            ],
        ),
        (
            "dialog.py",
            [{"click": "Rename"}, {"set": "New title", "value": "Results"}, {"click": "Save"}],
        ),
    ],
)
def test_samples_make_the_round_trip(app: str, steps: Steps, tmp_path: Path) -> None:
    found = round_trip(SAMPLES / app, steps, tmp_path / "db.sqlite")
    assert [next(iter(step)) for step in found] == [next(iter(step)) for step in steps]


def test_every_kind_of_value_makes_the_round_trip(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        PAGE + "st.multiselect('Colours', ['red', 'blue'])\n"
        "st.slider('Range', 0.0, 9.5, (1.5, 2.0))\n"
        "st.date_input('Day', None)\n"
        "st.data_editor({'name': ['Ann', 'Bo']}, key='table', num_rows='dynamic')\n"
        "st.chat_input('Say')\n"
    )
    steps: Steps = [
        {"set": "Colours", "value": ["blue", "red"]},
        {"set": "Range", "value": [2.5, 9.5]},
        {
            "edit": "table",
            "rows": {"0": {"name": "Cy"}},
            "added": [{"name": "Di"}],
            "deleted": [1],
        },
        {"set": "Say", "value": "[[steps]]"},
    ]
    assert round_trip(tmp_path / "app.py", steps, tmp_path / "db.sqlite") == steps


def test_widgets_that_are_called_the_same(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        PAGE + "for n in range(3):\n"
        "    if st.container(key=f'c{n}').button('Go', key='second' if n == 1 else None,\n"
        "                                        help=str(n)):\n"
        "        st.write(n)\n"
        "st.text_input('Go')\n"
    )
    steps: Steps = [
        {"click": "button#2"},
        {"click": "second"},
        {"set": "text_input#0", "value": "x"},
    ]
    assert round_trip(tmp_path / "app.py", steps, tmp_path / "db.sqlite") == steps


def test_timers_become_waiting(tmp_path: Path) -> None:
    steps: Steps = [{"wait_ms": 1250}, {"click": "Reset"}]
    found = round_trip(SAMPLES / "run_every.py", steps, tmp_path / "db.sqlite")
    assert found == steps


def test_what_came_while_a_run_went_on_is_sent_without_waiting(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        PAGE + "import time\n"
        "if st.button('Slow'):\n"
        "    for _ in range(200):\n"
        "        time.sleep(0.01)\n"
        "        st.empty()\n"
        "st.button('Quick')\n"
    )
    steps: Steps = [{"click": "Slow", "no_wait": True}, {"click": "Quick"}]
    # A browser takes a moment between two clicks.
    first = record(tmp_path / "app.py", steps, tmp_path / "db.sqlite")
    assert actions(first)[1:] == [{"click": "Slow"}, {"click": "Quick"}]
    if len(first.runs_of(1)) == 1:  # else the second click came before the first one's run
        assert steps_of(first) == steps


def test_a_password_is_left_to_be_filled_in(tmp_path: Path) -> None:
    db = tmp_path / "db.sqlite"
    steps = [{"set": "User", "value": "ada"}, {"set": "Password", "value": "tell nobody"}]
    record(SAMPLES / "secret_login.py", steps, db)
    said = say(db, "scenario", "1", "-o", tmp_path / "login.toml")
    assert (said.code, said.out) == (0, "")
    assert said.err.splitlines() == [
        "rerun-trace: step 2: a hidden value is not in the recording: put it here"
    ]
    text = (tmp_path / "login.toml").read_text()
    assert "# a hidden value is not in the recording: put it here\n[[steps]]" in text
    assert tomllib.loads(text)["steps"][1] == {"set": "Password", "value": "[secret 1]"}
    said = say(db, "scenario", "1")
    assert (said.code, said.out) == (0, text)


def test_the_first_query_is_in_the_scenario(tmp_path: Path) -> None:
    app, db = tmp_path / "app.py", tmp_path / "db.sqlite"
    app.write_text(PAGE + "st.text(st.query_params.get('view'))\nst.button('B')\n")
    steps: Steps = [{"click": "B"}, {"click": "B", "tab": 2}]
    query = 'embed=true&view=a%20b"&token=tell-nobody'
    first = record(app, {"query": query, "steps": steps}, db)
    said = say(db, "scenario", str(first.id))
    assert tomllib.loads(said.out)["query"] == 'view=a%20b"&token=(hidden)'
    assert said.err == "rerun-trace: query: a hidden value is not in the recording: put it here\n"
    say(db, "scenario", str(first.id), "-o", tmp_path / "s.json")
    written = json.loads((tmp_path / "s.json").read_text())
    assert list(written) == ["query", "steps"]
    again = record(app, written, db)
    assert again.facts["final_page"] == first.facts["final_page"]
    assert "query" not in tomllib.loads(say(db, "scenario", str(record(app, [], db).id)).out)


def test_a_tab_that_was_opened_with_another_query_has_a_note() -> None:
    loads = [
        Interaction(n, n + 1, n, InteractionKind.LOAD, {"load": True}, query=query)
        for n, query in enumerate(["view=a", "view=a&embed=true", "view=b"])
    ]
    facts: Any = SimpleNamespace(interactions=loads, runs=(), messages=(), writes=())
    noted = [(item.step["tab"], bool(item.note)) for item in replay_steps(facts) if item.step]
    assert noted == [(2, False), (3, True)]


def test_a_dialog_that_was_dismissed(tmp_path: Path) -> None:
    needs("on_dismiss")
    (tmp_path / "app.py").write_text(
        PAGE + "@st.dialog('Rename', on_dismiss='rerun')\n"
        "def rename():\n"
        "    st.text_input('New name')\n"
        "if st.button('Open'):\n"
        "    rename()\n"
    )
    steps: Steps = [{"click": "Open"}, {"dismiss": True}]
    assert round_trip(tmp_path / "app.py", steps, tmp_path / "db.sqlite") == steps
    said = say(tmp_path / "db.sqlite", "show", "1", "--json")
    assert json.loads(said.out)["interactions"][2]["action"] == {"dismiss": True}


def test_what_cannot_be_written(tmp_path: Path) -> None:
    db = tmp_path / "db.sqlite"
    (tmp_path / "app.py").write_text(PAGE + "st.selectbox('N', ['a'], key='n')\n")
    record(tmp_path / "app.py", [{"set": "N", "value": None}], db)
    said = say(db, "scenario", "2")
    assert said.code == 2
    assert "there is no recording 2" in said.err
    said = say(db, "scenario", "1", "-o", tmp_path / "no" / "such.json")
    assert said.code == 2
    assert "No such file" in said.err
    said = say(db, "scenario", "1", "-o", tmp_path / "s.json")
    assert said.code == 0, said.err
    assert isinstance(json.loads((tmp_path / "s.json").read_text())["steps"], list)
    with pytest.raises(ScenarioError, match=r"step 1 empties .* -o X.json"):
        toml_text([ReplayStep({"set": "N", "value": None})], "")


def test_toml_says_every_value() -> None:
    value = {"a b": [1, 2.5, True, False, "\x00\x1f\x7f\u2028 'é\" \\", {}], "": -1e300, "n": 2**60}
    text = toml_text([ReplayStep({"set": "W", "value": value}, "line\nbreak")], "a\nb")
    assert tomllib.loads(text) == {"steps": [{"set": "W", "value": value}]}
    for number in (math.inf, -math.inf):
        text = toml_text([ReplayStep({"set": "W", "value": number})], "")
        assert tomllib.loads(text)["steps"][0]["value"] == number
    assert tomllib.loads(toml_text([], "nothing was done")) == {"steps": []}
    assert tomllib.loads(toml_text([ReplayStep(None, "left out")], "")) == {"steps": []}


def test_a_gesture_in_the_middle_of_a_run_comes_there_again(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        PAGE + "import time\n"
        "go = st.button('Go')\n"
        "st.checkbox('Wide')\n"
        "if go:\n"
        "    for _ in range(80):\n"
        "        time.sleep(0.02)\n"
        "        st.empty()\n"
        "st.write('done')\n"
    )
    steps: Steps = [
        {"click": "Go", "no_wait": True},
        {"wait_ms": 500},
        {"set": "Wide", "value": True},
    ]
    first = record(tmp_path / "app.py", steps, tmp_path / "db.sqlite")
    found = steps_of(first)
    assert [next(iter(step)) for step in found] == ["click", "wait_ms", "set"]
    assert 450 <= found[1]["wait_ms"] <= 900
    again = record(tmp_path / "app.py", found, tmp_path / "db.sqlite")
    outcomes = [run["outcome"] for run in first.facts["runs"]]
    assert outcomes == ["completed", "superseded", "completed"]
    assert [run["outcome"] for run in again.facts["runs"]] == outcomes


def test_edits_are_told_once_each_and_selections_as_what_is_selected(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        PAGE + "import pandas as pd\n"
        "data = pd.DataFrame({'a': [1, 2, 3]})\n"
        "st.data_editor(data, num_rows='dynamic')\n"
        "st.dataframe(data, on_select='rerun', selection_mode='multi-row', key='shown')\n"
    )
    steps: Steps = [
        {"edit": "data_editor#0", "rows": {"0": {"a": 5}}},
        {"edit": "data_editor#0", "added": [{"a": 7}]},
        {"edit": "data_editor#0", "rows": {"0": {"a": 6}}, "deleted": [1]},
        {"select": "shown", "rows": [1, 2]},
        {"select": "shown"},
    ]
    assert round_trip(tmp_path / "app.py", steps, tmp_path / "db.sqlite") == steps


def test_a_second_tab_and_the_names_of_files_are_in_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PAGE + "st.file_uploader('F')\nst.button('B')\n")
    (tmp_path / "a.txt").write_text("a")
    steps: Steps = [
        {"set": "F", "files": [str(tmp_path / "a.txt")]},
        {"click": "B", "tab": 2},
        {"click": "B"},
    ]
    recorded = record(tmp_path / "app.py", steps, tmp_path / "db.sqlite")
    assert steps_of(recorded) == [
        {"set": "F", "files": ["a.txt"]},
        {"wait_ms": 0, "tab": 2},
        {"click": "B", "tab": 2},
        {"click": "B"},
    ]
