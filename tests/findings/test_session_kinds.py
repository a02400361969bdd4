"""What app sessions share: faults in other shapes, and sharing that is meant or does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from explaining import explained
from support import Steps

from rerun_trace.tracer.explain.finding import Finding

pytestmark = pytest.mark.ends


def shared(found: list[Finding]) -> list[tuple[str | None, int | None]]:
    own = [each for each in found if each.kind.name == "shared-between-sessions"]
    return sorted((each.file, each.line) for each in own)


CAFE = """\
import threading

basket = []
customer = None
prices = {"Espresso": 2, "Latte": 3}
visitors = tickets = 0
made = {}
model = None
by_user = {}
tips = []
lock = threading.Lock()


class Order:
    drinks = []


def add(drink):
    basket.append(drink)


def in_basket():
    return len(basket)


def greet(name):
    global customer
    customer = name


def visit():
    global visitors
    visitors += 1


def make(drink):
    if drink in made:
        return made[drink]
    made[drink] = f"hot {drink}"
    return made[drink]


def ticket():
    global tickets
    tickets += 1
    return tickets


def load():
    global model
    if model is None:
        model = "small"
    return model
"""

CAFE_APP = """\
import cafe_of_sessions as cafe
import streamlit as st
from cafe_of_sessions import Order, tips

if "user" not in st.session_state:
    st.session_state.user = str(id(st.session_state))
user = st.session_state.user
cafe.visit()
st.caption(f"Visitor {cafe.visitors}")
drink = st.selectbox("Drink", list(cafe.prices))
st.write("Price", cafe.prices[drink])
name = st.text_input("Name")
if name:
    cafe.greet(name)
if st.button("Add"):
    cafe.add(drink)
    Order.drinks.append(drink)
    cafe.by_user.setdefault(user, []).append(drink)
    with cafe.lock:
        tips.append(1)
    st.success(f"Your ticket is {cafe.ticket()}")
st.metric("Basket", cafe.in_basket())
st.write("Ordered", ", ".join(Order.drinks))
if cafe.customer:
    st.write("Welcome back")
st.write("Made", cafe.make(drink), cafe.load())
st.write("Yours", cafe.by_user.get(user, []))
st.write("Tips", len(tips))
"""
TWO_TABS: Steps = [
    {"click": "Add"},
    {"set": "Name", "value": "Ada"},
    {"click": "Add", "tab": 2},
    {"set": "Name", "value": "Bob", "tab": 2},
]


def test_variables_of_a_module_that_one_session_changes_and_another_shows(tmp_path: Path) -> None:
    (tmp_path / "cafe_of_sessions.py").write_text(CAFE, encoding="utf-8")
    found = explained(CAFE_APP, TWO_TABS, tmp_path)
    assert shared(found) == [
        ("app.py", 17),  # an attribute of a class of the module
        ("cafe_of_sessions.py", 19),  # a list, changed and read by functions of the module
        ("cafe_of_sessions.py", 28),  # a name that a function sets, and a branch hangs on
    ]
    texts = " ".join(each.text for each in found if each.kind.code == "RT604")
    assert "`cafe_of_sessions.basket`" not in texts  # the title has the name
    assert "`cafe_of_sessions` is loaded once for the whole server" in texts


CACHED = """\
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from io import StringIO

import streamlit as st


@dataclass
class Chat:
    said: list = field(default_factory=list)

    def say(self, text):
        self.said.append(text)


@st.cache_resource
def chat():
    return Chat()


@st.cache_resource
def settings():
    return {"theme": "light", "font": 12}


@st.cache_resource
def journal():
    return StringIO()


@st.cache_resource
def recipes():
    return TopologicalSorter()


@st.cache_resource
def guest_book():
    return []


@st.cache_resource
def notes(user):
    return []


@st.cache_data
def menu():
    return ["Espresso"]


mine = notes(str(id(st.session_state)))
conversation = chat()
if st.button("Add"):
    conversation.say("Hello")
    settings()["theme"] = "dark"
    guest_book().append("Ada was here")
    mine.append("milk")
    drinks = menu()
    drinks.append("Latte")
    journal().write("sold")
    recipes().add("Latte", "milk")
st.write("Chat", conversation.said)
st.write("Font", settings()["font"])
look = settings()
st.write("Theme", look["theme"])
st.write("Guest book", guest_book())
st.write("Notes", mine)
st.write("Menu", menu())
st.write("Written", journal().tell(), type(recipes()).__name__)
"""


def test_what_a_cached_function_returned_is_changed_by_one_session(tmp_path: Path) -> None:
    steps: Steps = [{"click": "Add"}, {"click": "Add", "tab": 2}]
    found = explained(CACHED, steps, tmp_path)
    assert shared(found) == [("app.py", 54), ("app.py", 55)]
    own = next(each for each in found if each.kind.code == "RT604" and each.line == 55)
    assert "`Theme " in own.text  # not the font, which is of the same dictionary


OWN = """\
import streamlit as st


@st.cache_resource
def choice():
    return {}


sold = []
choice()["drink"] = st.selectbox("Drink", ["Espresso", "Latte"])
if st.button("Add"):
    sold.append(choice()["drink"])
st.write("Chosen", choice()["drink"])
st.write("Sold", len(sold))


@st.fragment
def till():
    if st.button("Sell"):
        sold.append("Mug")
    st.write("Sold here", len(sold))


till()
"""


def test_what_each_run_puts_there_itself_and_names_of_the_script_are_healthy(
    tmp_path: Path,
) -> None:
    latte = {"set": "Drink", "value": "Latte", "tab": 2}
    sell: Steps = [{"click": "Sell"}, {"click": "Sell", "tab": 2}]
    steps: Steps = [{"click": "Add"}, latte, {"click": "Add"}, *sell]
    assert shared(explained(OWN, steps, tmp_path)) == []
