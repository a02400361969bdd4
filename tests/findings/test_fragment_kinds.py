"""Fragments, dialogs and threads: faults in other shapes, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest
from explaining import explained, kinds_of

from rerun_trace.tracer.explain.finding import Finding

pytestmark = pytest.mark.ends


def of_kind(kind: str, found: list[Finding]) -> list[tuple[str, int | None]]:
    return [each for each in kinds_of(found) if each[0] == kind]


REFUSED_BUT_CAUGHT = """\
import streamlit as st


@st.fragment
def figures():
    try:
        st.rerun(scope="fragment")
    except Exception:
        st.write("Not yet")


figures()
"""


def test_a_refused_fragment_rerun_that_the_app_caught_is_found(tmp_path: Path) -> None:
    found = explained(REFUSED_BUT_CAUGHT, [], tmp_path)
    (own,) = (each for each in found if each.kind.name == "fragment-rerun-in-full-run")
    assert own.line == 7
    assert "caught the exception" in own.text


REPEATED = """\
import streamlit as st

st.session_state.setdefault("orders", 0)


@st.fragment
def orders():
    st.write("Orders:", st.session_state.orders)
    if st.button("Order"):
        st.session_state.orders += 1
        st.rerun(scope="fragment")


orders()
"""


def test_a_fragment_that_its_own_button_repeats_is_healthy(tmp_path: Path) -> None:
    found = explained(REPEATED, [{"click": "Order"}, {"click": "Order"}], tmp_path)
    assert of_kind("fragment-rerun-in-full-run", found) == []


WIZARD = """\
import streamlit as st

st.session_state.setdefault("page", 0)


@st.dialog("Address")
def address():
    st.text_input("Street")
    if st.button("Next"):
        st.session_state.page = 2
        st.rerun()


@st.dialog("Payment")
def payment():
    st.text_input("Card")
    if st.button("Pay"):
        st.session_state.page = 0
        st.rerun()


if st.button("Check out"):
    st.session_state.page = 1
if st.session_state.page == 1:
    address()
elif st.session_state.page == 2:
    payment()
"""


def test_a_dialog_that_leads_to_the_next_one_is_healthy(tmp_path: Path) -> None:
    steps = [{"click": "Check out"}, {"click": "Next"}, {"click": "Pay"}]
    assert of_kind("dialog-reopened", explained(WIZARD, steps, tmp_path)) == []


KEPT_OPEN = """\
import streamlit as st

st.session_state.setdefault("names", [])


@st.dialog("Guests")
def guests():
    st.write("Guests:", len(st.session_state.names))
    if st.button("One more"):
        st.session_state.names = [*st.session_state.names, "Ada"]
        st.rerun(scope="fragment")


if st.button("Invite"):
    guests()
"""


def test_a_dialog_that_repeats_itself_alone_is_healthy(tmp_path: Path) -> None:
    steps = [{"click": "Invite"}, {"click": "One more"}]
    assert of_kind("dialog-reopened", explained(KEPT_OPEN, steps, tmp_path)) == []


UNCONDITIONAL = """\
import streamlit as st


@st.dialog("Terms")
def terms():
    st.write("Do you agree?")
    if st.button("Agree"):
        st.session_state.agreed = True
        st.rerun()


def page():
    st.title("Coffee shop")
    terms()


page()
"""


def test_a_dialog_that_every_run_opens_is_found(tmp_path: Path) -> None:
    found = explained(UNCONDITIONAL, [{"click": "Agree"}], tmp_path)
    assert of_kind("dialog-reopened", found) == [("dialog-reopened", 14)]


WITH_CONTEXT = """\
import threading

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx


def load():
    st.session_state.rows = 120


if st.button("Load"):
    worker = threading.Thread(target=load)
    add_script_run_ctx(worker, get_script_run_ctx())
    worker.start()
    worker.join()
st.write("Rows:", st.session_state.get("rows"))
"""


def test_a_thread_with_the_runs_context_is_healthy(tmp_path: Path) -> None:
    found = explained(WITH_CONTEXT, [{"click": "Load"}], tmp_path)
    assert of_kind("thread-without-context", found) == []


POOL = """\
from concurrent.futures import ThreadPoolExecutor

import streamlit as st


def load(shop):
    st.session_state[f"rows {shop}"] = 12
    return shop


if st.button("Load"):
    with ThreadPoolExecutor(1) as pool:
        st.write("Loaded", ", ".join(pool.map(load, ["North", "South"])))
"""


def test_each_key_that_a_pool_of_threads_loses_is_found(tmp_path: Path) -> None:
    found = explained(POOL, [{"click": "Load"}], tmp_path)
    titles = [each.title for each in found if each.kind.name == "thread-without-context"]
    assert titles == [
        "A thread's change of `rows North` went nowhere",
        "A thread's change of `rows South` went nowhere",
    ]


KEEPS_OPEN = """\
import streamlit as st

st.session_state.setdefault("pieces", 0)
st.session_state.setdefault("open", False)


def close():
    RESET


@st.dialog("Cart")
def cart():
    st.write("Items:", st.session_state.pieces)
    if st.button("One more"):
        st.session_state.pieces += 1
        st.rerun()
    if st.button("Close"):
        close()
        st.rerun()


if st.button("Show the cart"):
    st.session_state.open = True
st.metric("Items", st.session_state.pieces)
if st.session_state.get("open"):
    cart()
"""


@pytest.mark.parametrize(
    ("reset", "found"),
    [
        ('st.session_state["open"] = False', []),
        ('st.session_state.pop("open")', []),
        ("st.session_state.open = True", [("dialog-reopened", 26)]),  # so it never closes
    ],
)
def test_a_dialog_that_its_flag_keeps_open_until_it_is_closed_is_healthy(
    reset: str, found: list[tuple[str, int]], tmp_path: Path
) -> None:
    app = KEEPS_OPEN.replace("RESET", reset)
    steps = [{"click": name} for name in ("Show the cart", "One more", "Close")]
    assert of_kind("dialog-reopened", explained(app, steps, tmp_path)) == found
