"""Findings about state: other shapes of each fault, and healthy apps that look like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from explaining import explained

from rerun_trace.tracer.explain.finding import Finding, Level
from rerun_trace.tracer.source.program import program_of

pytestmark = pytest.mark.ends

ADD = [{"click": "Add"}, {"click": "Add"}, {"click": "Other"}]
PHOTO = {"set": "Photo", "files": [{"name": "cup.txt", "text": "a cup"}]}


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
    "a branch that the old value decided, through a function": (
        "stale-read",
        6,
        """cart = st.session_state.setdefault("cart", [])
def empty():
    return not st.session_state.cart
if empty():
    st.info("Your cart is empty")
if st.button("Add"):
    st.session_state.cart.append("Latte")
""",
        ADD[:1],
    ),
    "a variable of the body": (
        "stale-read",
        3,
        """cups = 0
st.metric("Cups", cups)
if st.button("Add"):
    cups += 1
""",
        ADD[:1],
    ),
    "inside of a page's branch": (
        "stale-read",
        4,
        """st.session_state.setdefault("cups", 0)
if st.radio("Page", ["Shop", "Help"]) == "Shop":
    st.write("Cups", st.session_state.cups)
    if st.button("Add"):
        st.session_state["cups"] += 1
""",
        ADD[:1],
    ),
    "a counter on a check box": (
        "upload-or-effect-repeated",
        4,
        """st.session_state.setdefault("orders", 0)
if st.checkbox("Order"):
    st.session_state.orders += 1
st.button("Other")
""",
        [{"set": "Order", "value": True}, {"click": "Other"}],
    ),
    "a branch that the old value kept closed": (
        "stale-read",
        3,
        """st.session_state.setdefault("paid", False)
if st.session_state.paid:
    st.header("Thank you")
    st.write("Your order is on its way")
if st.button("Add"):
    st.session_state.paid = True
    st.success("Paid")
""",
        ADD[:1],
    ),
    "a branch in a function that asks whether a key is there": (
        "stale-read",
        3,
        """def receipt():
    if "receipt" in st.session_state and st.session_state.get("receipt") != "none":
        st.code(st.session_state.receipt)
receipt()
if st.button("Add"):
    st.session_state["receipt"] = "1 Latte"
""",
        ADD[:1],
    ),
    "a list of tasks": (
        "stale-read",
        4,
        """tasks = st.session_state.setdefault("tasks", ["Tea"])
for task in tasks:
    st.write(task)
name = st.text_input("Task", "Milk")
if st.button("Add"):
    tasks.append(name)
    st.success("One more task")
""",
        ADD[:1],
    ),
    "prices of a cart": (
        "stale-read",
        4,
        """cart = st.session_state.setdefault("cart", {"Tea": 1})
for name, pieces in cart.items():
    st.metric(name, pieces)
if st.button("Add"):
    st.session_state.cart = {**cart, "Tea": cart["Tea"] + 1}
    st.write("Tea", st.session_state.cart["Tea"])
""",
        ADD[:1],
    ),
    "an upload": (
        "upload-or-effect-repeated",
        5,
        """st.session_state.setdefault("photos", [])
photo = st.file_uploader("Photo", ["txt"])
if photo is not None:
    st.session_state.photos.append(photo.name)
st.button("Other")
""",
        [PHOTO, {"click": "Other"}],
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
    "shown once": (
        "stale-read",
        """if "welcomed" not in st.session_state:
    st.info("Welcome")
    st.session_state.welcomed = True
""",
        [],
    ),
    "a change is noticed": (
        "stale-read",
        """page = st.radio("Page", ["Home", "Cart"])
if st.session_state.get("page") != page:
    st.toast("Another page")
st.session_state.page = page
""",
        [{"set": "Page", "value": "Cart"}],
    ),
    "the value before is meant": (
        "stale-read",
        """rate = st.slider("Rate", 0, 10, 5)
st.write("It was", st.session_state.get("last_rate"))
st.session_state.last_rate = rate
""",
        [{"set": "Rate", "value": 7}],
    ),
    "a rerun shows the new one": (
        "stale-read",
        """st.session_state.setdefault("cups", 0)
st.metric("Cups", st.session_state.cups)
if st.button("Add"):
    st.session_state.cups += 1
    st.rerun()
""",
        ADD[:1],
    ),
    "a place that is filled again": (
        "stale-read",
        """st.session_state.setdefault("cups", 0)
place = st.empty()
place.metric("Cups", st.session_state.cups)
if st.button("Add"):
    st.session_state.cups += 1
    place.metric("Cups", st.session_state.cups)
""",
        ADD[:1],
    ),
    "a name is used again": (
        "stale-read",
        """text = "Hello"
st.write(text)
if st.button("Add"):
    text = "Done"
    st.write(text)
""",
        ADD[:1],
    ),
    "a chat": (
        "stale-read",
        """if "messages" not in st.session_state:
    st.session_state.messages = []
for message in st.session_state.messages:
    with st.chat_message(message["role"]):
        st.markdown(message["content"])
if prompt := st.chat_input("Say"):
    st.session_state.messages.append({"role": "user", "content": prompt})
    st.chat_message("user").markdown(prompt)
    answer = f"{prompt}\n's"
    with st.chat_message("assistant"):
        st.markdown(answer)
    st.session_state.messages.append({"role": "assistant", "content": answer})
""",
        [{"set": "Say", "value": "Hi"}, {"set": "Say", "value": "Bye"}],
    ),
    "a long chat": (
        "stale-read",
        """lines = st.session_state.setdefault("lines", [f"Line {n} of it" for n in range(60)])
for line in lines:
    st.chat_message("user").write(line)
if said := st.chat_input("Say"):
    st.chat_message("user").write(said)
    lines.append(said)
""",
        [{"set": "Say", "value": "Hello"}, {"set": "Say", "value": "Bye"}],
    ),
    "what a callback noted is shown, and taken back": (
        "stale-read",
        """def noted():
    st.session_state.changed = True
st.checkbox("Agree", on_change=noted)
st.write("Changed:", st.session_state.get("changed") is True)
st.session_state.changed = False
""",
        [{"set": "Agree", "value": True}],
    ),
    "what a callback noted was read before it is taken back": (
        "unguarded-init",
        """def noted():
    st.session_state.changed = True
st.checkbox("Agree", on_change=noted)
st.write("Changed:", st.session_state.get("changed") is True)
st.session_state.changed = False
""",
        [{"set": "Agree", "value": True}, {"set": "Agree", "value": False}],
    ),
    "the next run begins with it": (
        "stale-read",
        """pause = st.session_state.get("pause", 0)
st.caption(f"Waited {pause} s")
st.session_state.pause = 3
st.button("Add")
""",
        ADD[:1],
    ),
    "a result is shown at once, and above from then on": (
        "stale-read",
        """if "sum" in st.session_state:
    st.metric("Sum", st.session_state.sum)
if st.button("Add"):
    st.session_state.sum = 7
    st.metric("Sum", 7)
""",
        ADD[:1],
    ),
    "tips from the second run on, and for those who asked": (
        "stale-read",
        """if st.session_state.get("seen"):
    st.info("You have been here before")
if st.session_state.get("asked", 0) > 2:
    st.info("Ask somebody")
if st.button("Add"):
    st.session_state.asked = st.session_state.get("asked", 0) + 1
st.session_state.seen = True
""",
        ADD[:1],
    ),
    "what the branch does is nothing to see": (
        "stale-read",
        """if st.session_state.get("dirty"):
    st.session_state.saved = st.session_state.get("saved", 0) + 1
    st.session_state.dirty = False
if st.button("Add"):
    st.session_state.dirty = True
""",
        ADD[:1],
    ),
    "a choice is remembered, by a function that is given the drinks": (
        "stale-read",
        """def choose(drinks):
    size = st.selectbox("Size", drinks["sizes"])
    last = st.session_state.get("chosen_drink")
    names = drinks["names"]
    name = st.selectbox("Drink", names, index=names.index(last) if last in names else 0)
    if name is not None:
        st.session_state["chosen_drink"] = name
    return size, name
choose({"names": ["Latte", "Mocha"], "sizes": ["S", "L"]})
""",
        [{"set": "Drink", "value": "Mocha"}],
    ),
    "a place shows each step, and the last one": (
        "stale-read",
        """st.session_state.setdefault("done", 0)
place = st.empty()
for _ in range(3):
    st.session_state.done += 1
    place.metric("Done", st.session_state.done)
""",
        [],
    ),
    "what was handled is remembered": (
        "upload-or-effect-repeated",
        """st.session_state.setdefault("names", [])
name = st.text_input("Name")
if name and name not in st.session_state.names:
    st.session_state.names.append(name)
st.button("Other")
""",
        [{"set": "Name", "value": "Ada"}, {"click": "Other"}],
    ),
    "an upload that is taken once": (
        "upload-or-effect-repeated",
        """st.session_state.setdefault("photos", {})
photo = st.file_uploader("Photo", ["txt"])
if photo is not None and photo.file_id not in st.session_state.photos:
    st.session_state.photos[photo.file_id] = photo.name
st.button("Other")
""",
        [PHOTO, {"click": "Other"}, {"set": "Photo", "files": []}, PHOTO],
    ),
    "an upload that is read in every run": (
        "upload-or-effect-repeated",
        """st.session_state.setdefault("rows", 0)
table = st.file_uploader("Photo", ["txt"])
if table is not None:
    st.session_state.rows = len(table.getvalue().splitlines())
st.button("Other")
st.write(st.session_state.rows)
""",
        [PHOTO, {"click": "Other"}],
    ),
    "a button below a text": (
        "upload-or-effect-repeated",
        """st.session_state.setdefault("names", [])
name = st.text_input("Name", "Ada")
if name and st.button("Add"):
    st.session_state.names.append(name)
""",
        ADD[:2],
    ),
    "the class of a module": (
        "class-redefined-per-run",
        """from datetime import date
class Order:
    pass
if "day" not in st.session_state:
    st.session_state.day = date(2026, 1, 1)
st.button("Add")
if isinstance(st.session_state.day, Order):
    st.write("An order")
""",
        ADD[:1],
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


def test_setting_session_state_does_not_change_the_module_it_belongs_to() -> None:
    text = "import streamlit as st\nss = st.session_state\nst.session_state.a = 1\nss.a.append(2)\n"
    program = program_of(text)
    assert program is not None
    assert [program.statements[line].changes for line in (3, 4)] == [frozenset(), frozenset()]
