"""What a recording says of widgets, elements, callbacks, query strings and merged interactions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import OWN_ENGINE, Recorded, Steps, record

pytestmark = [pytest.mark.ends, pytest.mark.parametrize("engine", OWN_ENGINE)]


def drive(tmp_path: Path, text: str, steps: list[dict[str, Any]], engine: str) -> Recorded:
    app = tmp_path / "shop.py"
    app.write_text(text)
    return record(app, steps, tmp_path / "db.sqlite", engine=engine)


def write(run: dict[str, Any], label: str) -> dict[str, Any]:
    return next(w for w in run["writes"] if w["label"] == label)


def test_a_widget_says_what_it_is_and_what_it_was(tmp_path: Path, engine: str) -> None:
    app = """\
import streamlit as st
many = st.checkbox("Many")
st.slider("Pieces", 0, 50 if many else 5, 1)
"""
    steps: Steps = [{"set": "Pieces", "value": 4}, {"set": "Many", "value": True}]
    recorded = drive(tmp_path, app, steps, engine)
    first, second, third = (write(recorded.run(n), "Pieces") for n in (1, 2, 3))
    assert (first["line"], first["widget"]["before"], first["widget"]["key"]) == (3, None, None)
    assert (first["widget"]["value"], second["widget"]["value"]) == ("1", "4")
    # the same widget in the second run, another one in the third: its maximum changed
    assert second["widget"]["before"] == second["widget"]["identity"] == first["widget"]["identity"]
    assert third["widget"]["before"] == first["widget"]["identity"]
    assert third["widget"]["identity"] != first["widget"]["identity"]
    assert third["widget"]["value"] == "1"
    made = [w["widget"]["made_of"]["max"] for w in (first, third)]
    assert made == ["5.0", "50.0"]


def test_elements_say_what_they_show(tmp_path: Path, engine: str) -> None:
    app = """\
import pandas as pd
import streamlit as st
people = pd.DataFrame({"city": ["Rome", "Bern"], "people": [3, 1]})
st.metric("People", 4, "+2")
st.metric("Cities", 2)
st.dataframe(people)
st.bar_chart(people, x="city", y="people")
st.progress(30, "Counting")
st.write("Done")
"""
    run = drive(tmp_path, app, [], engine).run(1)
    shown = [(w["line"], w["shows"]) for w in run["writes"]]
    assert shown == [
        (4, "4 (+2)"),
        (5, "2"),
        (6, "2 rows: city, people"),
        (7, shown[3][1]),
        (8, "30%"),
        (9, None),  # its text is its label
    ]
    assert "2 rows: " in shown[3][1]


def test_a_callback_says_what_it_was_given_and_what_it_found(tmp_path: Path, engine: str) -> None:
    # GIVEN buttons made in a loop: one callback gets the loop's variable, one reads it when called
    app = """\
import functools
import streamlit as st
def put(name, amount=1):
    st.session_state.last = name
for fruit in ("pear", "plum"):
    st.button(f"Add {fruit}", on_click=put, args=(fruit,), kwargs={"amount": 2})
    st.button(f"Ask {fruit}", on_click=lambda: put(fruit))
    st.button(f"Cut {fruit}", on_click=functools.partial(put, fruit))
"""
    steps: Steps = [{"click": "Add pear"}, {"click": "Ask pear"}, {"click": "Cut pear"}]
    recorded = drive(tmp_path, app, steps, engine)
    given, found, partial = (recorded.run(n)["callbacks"][0] for n in (2, 3, 4))
    assert given["arguments"] == {"name": "'pear'", "amount": "2"}
    assert found["arguments"] == {}
    assert found["closure"] == {"fruit": "'plum'"}
    assert partial["arguments"] == {"name": "'pear'", "amount": "1"}
    assert [c["label"] for c in (given, found, partial)] == ["Add pear", "Ask pear", "Cut pear"]


def test_query_strings_before_and_after(tmp_path: Path, engine: str) -> None:
    app = """\
import streamlit as st
view = st.radio("View", ["list", "map"])
if st.query_params.get("view") != view:
    st.query_params["view"] = view
"""
    recorded = drive(tmp_path, app, [{"set": "View", "value": "map"}, {"rerun": True}], engine)
    queries = [run["query"] for run in recorded.facts["runs"]]
    assert queries == [
        {"before": "", "after": "view=list"},
        {"before": "view=list", "after": "view=map"},
        {"before": "view=map", "after": "view=map"},
    ]
    lines = [[c["line"] for c in run["query_changes"]] for run in recorded.facts["runs"]]
    assert lines == [[4], [4], []]
    assert [i["query"] for i in recorded.facts["interactions"]] == ["", "view=list", "view=map"]


def test_a_submit_says_what_it_changed_in_its_form(tmp_path: Path, engine: str) -> None:
    app = """\
import streamlit as st
with st.form("order"):
    st.text_input("Name")
    st.number_input("Pieces", 1, 9)
    st.form_submit_button("Order")
"""
    steps: Steps = [
        {"set": "Name", "value": "Ann"},
        {"set": "Pieces", "value": 3},
        {"submit": "Order"},
    ]
    changed = drive(tmp_path, app, steps, engine).facts["interactions"][1]["changes"]
    said = [(c["label"], c["old"], c["new"]) for c in changed]
    assert said == [("Name", "", "Ann"), ("Pieces", 1, 3), ("Order", False, True)]


def test_each_interaction_says_into_which_run_it_went(tmp_path: Path, engine: str) -> None:
    app = """\
import time
import streamlit as st
st.button("Save")
st.checkbox("Wide")
for _ in range(40):
    time.sleep(0.01)
    st.session_state.get("x")
"""
    steps: Steps = [{"click": "Save", "no_wait": True}, {"set": "Wide", "value": True}]
    facts = drive(tmp_path, app, steps, engine).facts
    into = [interaction["into"] for interaction in facts["interactions"]]
    assert into[0] == [1]
    assert all(into)
    took = {n for run in into for n in run}
    assert took == {run["n"] for run in facts["runs"]}


def test_fragments_and_dialogs_are_named_by_their_functions(tmp_path: Path, engine: str) -> None:
    app = """\
import streamlit as st
@st.fragment
def chart():
    st.button("Redraw")
@st.dialog("Sure?")
def confirm():
    st.button("Yes")
chart()
if st.button("Delete"):
    confirm()
"""
    recorded = drive(
        tmp_path, app, [{"click": "Redraw"}, {"click": "Delete"}, {"click": "Yes"}], engine
    )
    names = [run["fragment_names"] for run in recorded.facts["runs"]]
    assert names == [[], ["chart"], [], ["confirm"]]
    assert all(run["fragments_gone"] == [] for run in recorded.facts["runs"])


def test_who_stopped_a_run(tmp_path: Path, engine: str) -> None:
    app = """\
import time
import streamlit as st
long = st.button("Long")
if st.button("Short"):
    st.stop()
if long:
    for n in range(300):
        time.sleep(0.01)
        st.write(n)
"""
    steps: Steps = [
        {"click": "Short"},
        {"click": "Long", "no_wait": True},
        {"wait_ms": 200},
        {"stop": True},
    ]
    recorded = drive(tmp_path, app, steps, engine)
    assert [run["stopped_by"] for run in recorded.facts["runs"]] == [None, "script", "browser"]


def test_calls_of_cached_functions_are_facts(tmp_path: Path, engine: str) -> None:
    app = """\
import streamlit as st
@st.cache_data(show_spinner=False)
def load(kind):
    return kind * 2
load("oak")
"""
    recorded = drive(tmp_path, app, [{"rerun": True}], engine)
    said = [
        [(c["function"], c["cache"], c["hit"], c["line"]) for c in run["cache"]]
        for run in recorded.facts["runs"]
    ]
    assert said == [[("load", "data", False, 5)], [("load", "data", True, 5)]]


def test_no_text_of_a_recording_is_streamlits_id(tmp_path: Path, engine: str) -> None:
    app = """\
import pandas as pd
import streamlit as st
st.data_editor(pd.DataFrame({"hours": [1, 2]}))
a, b = st.tabs(["One", "Two"])
with a:
    st.text_input("Name", label_visibility="collapsed")
"""
    steps: Steps = [{"edit": "data_editor#0", "rows": {"0": {"hours": 5}}}]
    facts = drive(tmp_path, app, steps, engine).facts
    assert "$$ID" not in str(facts)
    assert facts["interactions"][1]["action"]["edit"] == "data editor 1"
