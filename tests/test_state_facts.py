"""What a recording says of session state: who changed what, what came to nothing, what was read."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from support import OWN_ENGINE, Recorded, Steps, record

pytestmark = [pytest.mark.ends, pytest.mark.parametrize("engine", OWN_ENGINE)]


def drive(tmp_path: Path, text: str, steps: list[dict[str, Any]], engine: str) -> Recorded:
    app = tmp_path / "shop.py"
    app.write_text(text)
    return record(app, steps, tmp_path / "db.sqlite", engine=engine)


def changes(run: dict[str, Any], key: str) -> list[tuple[Any, ...]]:
    return [
        (w["op"], w["old"], w["new"], w["line"]) for w in run["state_writes"] if w["key"] == key
    ]


def test_a_keyed_button_is_true_in_its_own_run_only(tmp_path: Path, engine: str) -> None:
    app = """\
import streamlit as st
if st.button("Buy", key="buy"):
    st.write("Thank you")
"""
    recorded = drive(tmp_path, app, [{"click": "Buy"}, {"click": "Buy"}, {"rerun": True}], engine)
    assert changes(recorded.run(1), "buy") == [("widget", None, "False", 2)]
    for n in (2, 3):  # two clicks are two changes
        said = [change[:3] for change in changes(recorded.run(n), "buy")]
        assert said == [("widget", "False", "True"), ("widget", "True", "False")]
    assert changes(recorded.run(4), "buy") == []


def test_a_widget_of_another_identity_keeps_its_key(tmp_path: Path, engine: str) -> None:
    # GIVEN a slider whose limit follows a number above it: another limit, another slider
    app = """\
import streamlit as st
seats = st.number_input("Seats", 1, 50, 10, key="seats")
st.slider("Taken", 0, seats, 2, key="taken")
"""
    steps: Steps = [{"set": "Taken", "value": 5}, {"set": "Seats", "value": 20}, {"rerun": True}]
    recorded = drive(tmp_path, app, steps, engine)
    # THEN its value is lost where the limit changed, and the key is never removed
    ops = [w["op"] for run in recorded.facts["runs"] for w in run["state_writes"]]
    assert "cleanup" not in ops
    assert changes(recorded.run(3), "taken") == [("widget", "5", "2", 3)]
    assert changes(recorded.run(4), "taken") == []


def test_clean_up_is_said_of_keys_that_are_gone(tmp_path: Path, engine: str) -> None:
    app = """\
import streamlit as st
if st.checkbox("Gift", value=True):
    st.text_input("Card", key="card")
st.write("card" in st.session_state)
"""
    steps: Steps = [
        {"set": "Card", "value": "Hi"},
        {"set": "Gift", "value": False},
        {"rerun": True},
    ]
    recorded = drive(tmp_path, app, steps, engine)
    assert changes(recorded.run(3), "card") == [("cleanup", "'Hi'", None, None)]
    assert [r["found"] for r in recorded.run(3)["state_reads"]] == [True]
    assert [r["found"] for r in recorded.run(4)["state_reads"]] == [False]


def test_a_key_that_is_to_stay_is_not_cleaned_up(tmp_path: Path, engine: str) -> None:
    if "persist_state" not in inspect.signature(st.text_input).parameters:
        pytest.skip("not in this version: persist_state")
    app = """\
import streamlit as st
if st.checkbox("Gift", value=True):
    st.text_input("Card", key="card", persist_state="session")
"""
    steps: Steps = [
        {"set": "Card", "value": "Hi"},
        {"set": "Gift", "value": False},
        {"rerun": True},
    ]
    recorded = drive(tmp_path, app, steps, engine)
    assert changes(recorded.run(3), "card") == []
    assert changes(recorded.run(4), "card") == []


THREAD = """\
import threading
import streamlit as st

st.session_state.setdefault("price", 1)


def fetch():
    try:
        st.session_state["price"] = 9
    except Exception:
        pass


if st.button("Fetch"):
    worker = threading.Thread(target=fetch)
    worker.start()
    worker.join()
st.write("Price", st.session_state.price)
"""


def test_a_thread_without_a_context_changes_nobodys_state(tmp_path: Path, engine: str) -> None:
    recorded = drive(tmp_path, THREAD, [{"click": "Fetch"}, {"rerun": True}], engine)
    run = recorded.run(2)
    assert changes(run, "price") == []
    lost = [(w["key"], w["value"], w["line"]) for w in run["lost_writes"]]
    assert lost == [("price", "9", 9)]
    assert all(not other["lost_writes"] for other in recorded.facts["runs"] if other["n"] != 2)


def test_a_thread_with_the_context_changes_it(tmp_path: Path, engine: str) -> None:
    add = """\
from streamlit.runtime.scriptrunner import add_script_run_ctx
"""
    app = add + THREAD.replace("    worker.start()", "    add_script_run_ctx(worker).start()")
    recorded = drive(tmp_path, app, [{"click": "Fetch"}], engine)
    assert changes(recorded.run(2), "price") == [("set", "1", "9", 10)]
    assert recorded.run(2)["lost_writes"] == []


@pytest.mark.parametrize("catches", [True, False])
def test_a_refused_write_has_its_line(tmp_path: Path, engine: str, catches: bool) -> None:
    app = f"""\
import streamlit as st
title = st.text_input("Title", key="title")
if st.button("Tidy"):
    try:
        st.session_state.title = title.strip().title()
        st.success("Tidied")
    except {"Exception" if catches else "KeyboardInterrupt"}:
        st.error("Not tidied")
"""
    steps: Steps = [{"set": "Title", "value": " moby dick"}, {"click": "Tidy"}]
    run = drive(tmp_path, app, steps, engine).run(3)
    refused = [(w["key"], w["value"], w["file"], w["line"]) for w in run["refused_writes"]]
    assert refused == [("title", "'Moby Dick'", "shop.py", 5)]
    assert "cannot be modified" in run["refused_writes"][0]["reason"]
    assert changes(run, "title") == []
    assert run["outcome"] == ("completed" if catches else "error")


def test_changes_in_place_have_the_line_that_made_them(tmp_path: Path, engine: str) -> None:
    app = """\
import streamlit as st
cart = st.session_state.setdefault("cart", [])
with st.container():
    st.write("Cart")
    st.session_state.cart.append(5)
with st.sidebar:
    for n in range(2):
        st.session_state.cart.append(8)
st.session_state.cart.append(
    9
)
def put(what):
    st.session_state.cart.append(what)
put(13)
[st.session_state.cart.append(15) for n in range(2)]
try:
    st.session_state.cart.append(17)
finally:
    st.session_state.cart.append(19)
with st.container(), st.container():
    st.session_state.cart.append(21)
"""
    run = drive(tmp_path, app, [], engine).run(1)
    lines = [w["line"] for w in run["state_writes"] if w["op"] == "in_place"]
    assert lines == [5, 8, 8, 9, 13, 15, 17, 19, 21]


def test_reads_of_state_are_facts(tmp_path: Path, engine: str) -> None:
    app = """\
import streamlit as st
st.session_state.setdefault("n", 1)
total = st.session_state.n + st.session_state["n"]
late = st.session_state.get("late", 0)
known = "n" in st.session_state and "other" in st.session_state
with st.form("order"):
    st.form_submit_button("Send")
"""
    run = drive(tmp_path, app, [], engine).run(1)
    reads = [(r["key"], r["found"], r["line"]) for r in run["state_reads"]]
    assert reads == [
        *(("n", False, 2), ("n", True, 3), ("late", False, 4)),
        *(("n", True, 5), ("other", False, 5)),
    ]
