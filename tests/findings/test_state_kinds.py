"""Findings about state: other shapes of each fault, and healthy apps that look like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from explaining import explained

from rerun_trace.tracer.explain.finding import Finding, Level

ADD = [{"click": "Add"}, {"click": "Add"}, {"click": "Other"}]


def of(kind: str, app: str, steps: list[dict[str, Any]], folder: Path) -> list[Finding]:
    """The findings of a kind of an app whose text begins with a line that imports Streamlit."""
    found = explained("import streamlit as st\n" + app, steps, folder)
    return [each for each in found if each.kind.name == kind]


FAULTS: dict[str, tuple[str, int, str, list[dict[str, Any]]]] = {
    "init in a function": (
        "unguarded-init",
        3,
        """def begin():
    st.session_state["cups"] = 0
begin()
if st.button("Add"):
    st.session_state["cups"] += 1
st.button("Other")
st.metric("Cups", st.session_state["cups"])
""",
        ADD,
    ),
    "init over a callback's value": (
        "unguarded-init",
        4,
        """def login():
    st.session_state.user = "Ada"
st.session_state.user = None
st.button("Add", on_click=login)
st.button("Other")
st.write("User", st.session_state.user)
""",
        ADD,
    ),
    "init over a widget's value": (
        "unguarded-init",
        2,
        """st.session_state.city = "Rome"
st.text_input("City", key="city")
""",
        [{"set": "City", "value": "Oslo"}],
    ),
    "a list of the body": (
        "plain-variable-reset",
        2,
        """orders = []
if st.button("Add"):
    orders.append("Latte")
st.button("Other")
st.table(orders)
""",
        ADD,
    ),
    "a global that a callback counts": (
        "plain-variable-reset",
        2,
        """cups = 0
def more():
    global cups
    cups += 1
st.button("Add", on_click=more)
st.button("Other")
st.metric("Cups", cups)
""",
        ADD,
    ),
    "body's value over the callback's": (
        "overwritten-callback-write",
        5,
        """def reset():
    st.session_state.limit = 0
st.button("Add", on_click=reset)
st.session_state["limit"] = st.slider("Limit", 0, 10, 5)
st.button("Other")
st.write(st.session_state.limit)
""",
        ADD,
    ),
    "a wizard that reads the dropped key": (
        "key-dropped",
        4,
        """step = st.radio("Step", ["Name", "Sum"])
if step == "Name":
    st.text_input("Name", key="guest")
else:
    st.write("Hello", st.session_state.get("guest", "nobody"))
""",
        [
            {"set": "Name", "value": "Ada"},
            {"set": "Step", "value": "Sum"},
            {"set": "Step", "value": "Name"},
        ],
    ),
    "a write that ends in an exception": (
        "write-after-widget",
        4,
        """st.text_input("Search", key="query")
if st.button("Add"):
    st.session_state["query"] = ""
st.button("Other")
""",
        ADD[:1],
    ),
}

HEALTHY: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "guarded": (
        "unguarded-init",
        """if "cups" not in st.session_state:
    st.session_state.cups = 0
st.session_state.setdefault("name", "Ada")
if st.button("Add"):
    st.session_state.cups += 1
st.button("Other")
""",
        ADD,
    ),
    "the last page is kept on purpose": (
        "unguarded-init",
        """before = st.session_state.get("seen")
page = st.radio("Page", ["Home", "Cart"])
st.session_state.seen = page
st.write(before)
""",
        [{"set": "Page", "value": "Cart"}, {"set": "Page", "value": "Home"}],
    ),
    "a message of one run": (
        "unguarded-init",
        """st.session_state.error = None
if st.button("Add"):
    st.session_state.error = "Out of milk"
if st.session_state.error:
    st.warning(st.session_state.error)
st.button("Other")
""",
        ADD,
    ),
    "a branch empties it": (
        "unguarded-init",
        """if "cups" not in st.session_state:
    st.session_state.cups = 0
if st.button("Add"):
    st.session_state.cups += 1
if st.button("Other"):
    st.session_state.cups = 0
""",
        [*ADD, *ADD],
    ),
    "a check box adds the same in every run": (
        "plain-variable-reset",
        """price = 3
if st.checkbox("Oat milk"):
    price += 1
st.button("Other")
st.metric("Price", price)
""",
        [
            {"set": "Oat milk", "value": True},
            {"click": "Other"},
            {"set": "Oat milk", "value": False},
        ],
    ),
    "the result of a click": (
        "plain-variable-reset",
        """result = None
if st.button("Add"):
    result = 3 + 4
if result:
    st.write(result)
st.button("Other")
""",
        ADD,
    ),
    "a text that a branch builds": (
        "plain-variable-reset",
        """lines = []
if st.button("Add"):
    lines.append("Dear Ada,")
    lines.append("thank you.")
st.text("\\n".join(lines))
st.button("Other")
""",
        ADD,
    ),
    "the body goes on with the callback's value": (
        "overwritten-callback-write",
        """def more():
    st.session_state.cups = st.session_state.get("cups", 0) + 5
st.button("Add", on_click=more)
st.button("Other")
st.session_state.cups = min(st.session_state.get("cups", 0), 3)
""",
        ADD,
    ),
    "a flag that the body takes down": (
        "overwritten-callback-write",
        """def ask():
    st.session_state.asked = True
st.button("Add", on_click=ask)
st.button("Other")
if st.session_state.get("asked"):
    st.write("You asked")
st.session_state.asked = False
""",
        ADD,
    ),
    "nobody had touched the widget": (
        "key-dropped",
        """if st.checkbox("Details", True):
    st.text_input("Note", key="note")
""",
        [{"set": "Details", "value": False}, {"set": "Details", "value": True}],
    ),
    "the app deleted the key": (
        "key-dropped",
        """if "note" in st.session_state and st.button("Add"):
    del st.session_state.note
st.text_input("Note", key="note")
st.button("Other")
""",
        [{"set": "Note", "value": "x"}, {"click": "Add"}],
    ),
    "written above the widget": (
        "write-after-widget",
        """def empty():
    st.session_state.query = ""
if st.session_state.get("clear"):
    st.session_state.query = "coffee"
st.text_input("Search", key="query")
st.button("Add", on_click=empty)
st.button("Other", key="clear")
""",
        ADD,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_other_shapes_of_a_fault(name: str, tmp_path: Path) -> None:
    kind, line, app, steps = FAULTS[name]
    found = of(kind, app, steps, tmp_path)
    assert [(each.line, each.weight) for each in found] == [(line, Level.FAULT)]


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_apps_that_look_alike(name: str, tmp_path: Path) -> None:
    kind, app, steps = HEALTHY[name]
    assert of(kind, app, steps, tmp_path) == []
