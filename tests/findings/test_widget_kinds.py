"""Findings about widgets: other shapes of each fault, and healthy apps that look like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from explaining import explained, kinds_of

from rerun_trace.tracer.explain.finding import Finding, Level

pytestmark = pytest.mark.ends

OWN = {*(f"RT20{n}" for n in range(1, 10)), "RT601", "RT602"}


def of(findings: list[Finding], kind: str) -> list[tuple[str, int | None]]:
    """What was found of one kind."""
    return [each for each in kinds_of(findings) if each[0] == kind]


HEALTHY: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "a flag keeps the branch open": (
        "nested-button",
        """import streamlit as st
if st.button("Edit"):
    st.session_state.editing = True
if st.session_state.get("editing"):
    if st.button("Save"):
        st.session_state.saved = True
        st.session_state.editing = False
if st.button("Help"):
    st.write("Help")
    st.button("Close")
if st.button("Clear"):
    st.button("Really", on_click=st.session_state.clear)
""",
        [
            {"click": "Edit"},
            {"click": "Save"},
            {"click": "Help"},
            {"click": "Close"},
            {"click": "Clear"},
            {"click": "Really"},
        ],
    ),
    "a field of a demonstration, whose value nobody has": (
        "nested-button",
        """import streamlit as st
if st.button("Show"):
    left, right = st.columns(2)
    left.text_input("Town")
    with right:
        st.slider("Days", 1, 30)
""",
        [{"click": "Show"}, {"set": "Town", "value": "Bath"}],
    ),
    "a dialog's widgets run its fragment": (
        "nested-button",
        """import streamlit as st
@st.dialog("Address")
def address():
    town = st.text_input("Town")
    if st.button("Save"):
        st.session_state.town = town
        st.rerun()
if st.button("Edit"):
    address()
st.write(st.session_state.get("town"))
""",
        [{"click": "Edit"}, {"set": "Town", "value": "Bath"}, {"click": "Save"}],
    ),
    "a choice that the new options do not have": (
        "widget-identity-churn",
        """import streamlit as st
towns = {"France": ["Paris", "Lyon"], "Italy": ["Rome", "Milan"]}
country = st.selectbox("Country", list(towns))
town = st.selectbox("Town", towns[country])
st.slider("Nights", 1, 5 if country == "France" else 3)
st.text_input(f"Note on {country}", key=f"note {country}")
""",
        [
            {"set": "Town", "value": "Lyon"},
            {"set": "Nights", "value": 5},
            {"set": "Note on France", "value": "sunny"},
            {"set": "Country", "value": "Italy"},
        ],
    ),
    "rows of a list of which one was removed": (
        "widget-identity-churn",
        """import streamlit as st
rows = st.session_state.setdefault("rows", ["Tea", "Milk", "Rye"])
for row in list(rows):
    st.number_input(row, 0, 9)
st.button("Drop tea", on_click=lambda: rows.remove("Tea"))
""",
        [{"set": "Tea", "value": 2}, {"set": "Milk", "value": 4}, {"click": "Drop tea"}],
    ),
    "arguments of the row that the button stands in": (
        "frozen-callback-args",
        """import streamlit as st
def keep(name, number, rows):
    rows.append(name)
    st.session_state.kept = (name, number, st.session_state.unit)
st.session_state.setdefault("rows", [])
st.selectbox("Unit", ["kg", "lb"], key="unit")
number = st.number_input("Number", 1, 9)
for name in ["Tea", "Rye"]:
    st.button(name, on_click=keep, args=(name, number, st.session_state.rows))
st.session_state.rows.append("shown")
""",
        [
            {"set": "Number", "value": 3},
            {"set": "Unit", "value": "lb"},
            {"click": "Tea"},
            {"click": "Rye"},
        ],
    ),
    "bound when it is made": (
        "late-binding-closure",
        """import streamlit as st
total = 0
def put(name):
    st.session_state.name = (name, total)
for name, price in {"Tea": 2, "Rye": 3}.items():
    total += price
    st.button(name, on_click=lambda name=name: put(name))
    st.button(f"Drop {name}", on_click=put, args=(name,))
for unit in ["kg", "lb"]:
    st.button(unit, on_click=lambda: st.session_state.update(unit=unit))
""",
        [{"click": "Tea"}, {"click": "Drop Tea"}, {"click": "lb"}],
    ),
    "a call that returns a function": (
        "callback-called-not-passed",
        """from functools import partial
import streamlit as st
class Keep:
    def __init__(self, name):
        self.name = name
    def __call__(self):
        st.session_state.name = self.name
def keeper(name):
    def keep():
        st.session_state.name = name
    return keep
def mode():
    return "rerun"
def maybe(on):
    return keeper("x") if on else None
st.button("Tea", on_click=keeper("tea"))
st.button("Rye", on_click=partial(st.session_state.update, name="rye"))
st.button("Oat", on_click=Keep("oat"))
st.dataframe({"a": [1]}, on_select=mode())
st.button("Nothing yet", on_click=maybe(st.session_state.get("name")) or keeper("y"))
""",
        [{"click": "Tea"}, {"click": "Oat"}],
    ),
    "one widget that is drawn in two ways": (
        "widget-identity-shared",
        """import streamlit as st
left, right = st.columns(2)
if st.toggle("Wide"):
    name = st.text_input("Name")
else:
    name = left.text_input("Name")
if st.toggle("Plain"):
    age = st.slider("Age", 0, 99, key="age")
else:
    years = right.slider("Age", 0, 99, key="age")
st.write(name)
""",
        [
            {"set": "Name", "value": "Ada"},
            {"set": "Age", "value": 36},
            {"set": "Wide", "value": True},
            {"set": "Plain", "value": True},
        ],
    ),
    "a default that the user overruled": (
        "value-ignored-with-key",
        """import streamlit as st
unit = st.radio("Unit", ["kg", "lb"])
st.number_input("Weight", 0, 99, 10 if unit == "kg" else 22, key="weight")
""",
        [
            {"set": "Weight", "value": 30},
            {"set": "Unit", "value": "lb"},
        ],
    ),
    "feedback in a form": (
        "form-defers-change",
        """import streamlit as st
with st.form("trip"):
    town = st.text_input("Town")
    st.write("Where to?")
    if st.form_submit_button("Book"):
        st.write(f"Booked: {town}")
st.write(town)
""",
        [{"set": "Town", "value": "Bath"}, {"submit": "Book"}],
    ),
    "tabs below something that changes in its place": (
        "place-shift",
        """import streamlit as st
count = st.number_input("Count", 0, 9)
if count > 3:
    st.warning("Many")
else:
    st.info("Few")
with st.expander("More"):
    st.write(count)
if count:
    st.write("Some")
""",
        [{"set": "Count", "value": 2}, {"set": "Count", "value": 5}],
    ),
    "a copy, a store that is there to be filled, and cached data": (
        "cached-object-mutated",
        """import copy
import streamlit as st
@st.cache_resource
def prices():
    return {"Tea": 2}
@st.cache_resource
def store():
    return {}
@st.cache_data
def names():
    return ["Tea"]
mine = copy.deepcopy(prices())
mine["Tea"] += 1
visits = store()
visits["n"] = visits.get("n", 0) + 1
found = names()
found.append("Rye")
st.button("Again")
st.write(mine, visits, found)
""",
        [{"click": "Again"}, {"click": "Again"}],
    ),
    "a cached function that draws no widget, beside one": (
        "widget-in-cached",
        """import streamlit as st
@st.cache_data
def table(town):
    st.write(f"Figures of {town}")
    return len(town)
town = st.selectbox("Town", ["Bath", "York"])
st.metric("Letters", table(town))
st.slider("Days", 1, 9)
""",
        [{"set": "Town", "value": "York"}, {"set": "Town", "value": "Bath"}],
    ),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_apps_have_no_fault(name: str, tmp_path: Path) -> None:
    kind, app, steps = HEALTHY[name]
    found = explained(app, steps, tmp_path)
    assert of(found, kind) == []
    assert [f.title for f in found if f.weight is Level.FAULT and f.kind.code in OWN] == []


FAULTS: dict[str, tuple[str, int, str, list[dict[str, Any]]]] = {
    "a form in a button's branch, in functions": (
        "nested-button",
        7,
        """import streamlit as st
def editor():
    with st.form("note"):
        ask()
def ask():
    text = st.text_input("Note")
    if st.form_submit_button("Save"):
        st.session_state.note = text
opened = st.button("New note")
if opened:
    editor()
""",
        [{"click": "New note"}, {"set": "Note", "value": "hello"}, {"submit": "Save"}],
    ),
    "a field whose key is read where it is drawn": (
        "nested-button",
        3,
        """import streamlit as st
if st.button("Show"):
    st.text_input("Town", key="town")
    st.write("You live in", st.session_state.town)
""",
        [{"click": "Show"}, {"set": "Town", "value": "Bath"}],
    ),
    "a slider in a button's branch": (
        "nested-button",
        3,
        """import streamlit as st
if st.button("Show"):
    days = st.slider("Days", 1, 30)
    st.write(f"The last {days} days")
""",
        [{"click": "Show"}, {"set": "Days", "value": 7}],
    ),
    "the label counts, and the choice is lost": (
        "widget-identity-churn",
        3,
        """import streamlit as st
notes = st.session_state.setdefault("notes", [])
sort = st.selectbox(f"Sort {len(notes)} notes by", ["Date", "Title"])
if st.button("Add a note"):
    notes.append("x")
    st.rerun()
""",
        [{"set": "Sort 0 notes by", "value": "Title"}, {"click": "Add a note"}],
    ),
    "every other change of a field that is drawn from state": (
        "widget-identity-churn",
        3,
        """import streamlit as st
level = st.session_state.setdefault("level", 1)
st.session_state.level = st.slider("Level", 0, 9, level)
""",
        [{"set": "Level", "value": 4}, {"set": "Level", "value": 7}],
    ),
    "a callback that reads a name of the script": (
        "frozen-callback-args",
        6,
        """import streamlit as st
def save():
    st.session_state.saved = town
with st.form("town"):
    town = st.text_input("Town", "Bath")
    st.form_submit_button(
        "Save", on_click=save)
""",
        [{"set": "Town", "value": "York"}, {"submit": "Save"}],
    ),
    "a key of state is passed": (
        "frozen-callback-args",
        4,
        """import streamlit as st
with st.form("town"):
    st.text_input("Town", "Bath", key="town")
    st.form_submit_button("Save", on_click=print, kwargs={"sep": st.session_state.town})
""",
        [{"set": "Town", "value": "York"}, {"submit": "Save"}],
    ),
    "a function made in a loop in a function, of what the loop makes": (
        "late-binding-closure",
        6,
        """import streamlit as st
def rows():
    st.session_state.setdefault("log", [])
    for n, name in enumerate(["Tea", "Rye"]):
        title = f"{n}. {name}"
        def keep():
            st.session_state.log.append(title)
        st.checkbox(name, on_change=keep)
rows()
""",
        [{"set": "Tea", "value": True}],
    ),
    "a method is called": (
        "callback-called-not-passed",
        4,
        """import streamlit as st
log = st.session_state.setdefault("log", [])
for n in range(2):
    st.checkbox(f"Box {n}", on_change=log.append(n))
""",
        [],
    ),
    "twice in one run": (
        "widget-identity-shared",
        3,
        """import streamlit as st
for name in ["Tea", "Rye"]:
    st.button("Add")
""",
        [],
    ),
    "an expander under a note that comes": (
        "place-shift",
        4,
        """import streamlit as st
if st.session_state.get("n"):
    st.write("Saved")
with st.expander("More"):
    st.number_input("Count", 0, 9, key="n")
""",
        [{"set": "Count", "value": 2}],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_other_shapes_of_a_fault_are_found(name: str, tmp_path: Path) -> None:
    kind, line, app, steps = FAULTS[name]
    found = explained(app, steps, tmp_path)
    assert of(found, kind)[:1] == [(kind, line)]
