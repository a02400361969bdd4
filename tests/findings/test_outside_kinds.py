"""Fragments and what stands outside of them: faults in other shapes, and what only looks so."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from explaining import explained, kinds_of
from support import Steps

from rerun_trace.tracer.explain.finding import Finding

pytestmark = pytest.mark.ends
CLEARS = find_spec("streamlit.runtime.outside_container_wrapper") is not None
"""Whether this Streamlit clears what fragments write outside of themselves."""


def of_kind(kind: str, found: list[Finding]) -> list[int]:
    return [line or 0 for name, line in kinds_of(found) if name == kind]


SHOP = """\
import streamlit as st

st.session_state.setdefault("step", 1)
st.session_state.setdefault("cart", [])
st.session_state.setdefault("visits", 0)
if "paid" not in st.session_state:
    st.session_state.paid = False


def total():
    return 4 * len(st.session_state.cart)


def add(drink):
    st.session_state.cart = [*st.session_state.cart, drink]


@st.fragment
def menu():
    st.button("Espresso", on_click=add, args=("Espresso",))
    if st.button("Pay"):
        st.session_state.paid = True
    if st.button("Next"):
        st.session_state.step = 2
    if st.button("Count"):
        st.session_state.visits += 1
    if st.button("Empty"):
        st.session_state.cart = []
        st.rerun()


menu()
st.metric("To pay", total())
if st.session_state.paid:
    st.success("Thank you")
if st.session_state.step == 1:
    st.caption("Step 1 of 2")
if st.session_state.step < 5:
    st.caption("Not yet shipped")
"""


def test_what_a_function_or_a_branch_outside_reads_does_not_follow(tmp_path: Path) -> None:
    steps = [{"click": "Espresso"}, {"click": "Pay"}, {"click": "Next"}, {"click": "Espresso"}]
    found = explained(SHOP, steps, tmp_path)
    own = [each for each in found if each.kind.name == "fragment-only-run"]
    assert [(each.line, each.interaction, each.times) for each in own] == [
        (33, 1, 2),  # the metric, by a function, changed by a callback
        (34, 2, 1),  # what would be drawn now
        (37, 3, 1),  # what would not be drawn any more
    ]
    assert "when `cart` was []" in own[0].text
    assert "drew nothing" in own[1].text


def test_what_nobody_outside_shows_and_what_a_rerun_follows_is_healthy(tmp_path: Path) -> None:
    steps = [{"click": "Count"}, {"click": "Empty"}]
    assert of_kind("fragment-only-run", explained(SHOP, steps, tmp_path)) == []


BACK_AGAIN = """\
import streamlit as st


@st.fragment
def amount():
    st.number_input("Pieces", 1, 20, key="pieces")


@st.fragment
def bag():
    st.caption(f"{st.session_state.pieces} in the bag")
    st.button("Look")


amount()
with st.sidebar:
    bag()
"""


def test_another_fragment_is_outside_too_until_it_runs(tmp_path: Path) -> None:
    steps: Steps = [
        {"set": "Pieces", "value": 3},
        {"click": "Look"},
        {"set": "Pieces", "value": 4},
        {"set": "Pieces", "value": 3},
    ]
    found = explained(BACK_AGAIN, steps, tmp_path)
    (own,) = (each for each in found if each.kind.name == "fragment-only-run")
    assert (own.line, own.times) == (11, 2)  # not when it shows the same again


PILES = """\
import streamlit as st

places = {"bill": st.container(), "saved": st.container(), "one": st.empty()}
log = st.container()


def show(pieces):
    with places["bill"]:
        st.metric("To pay", 8 * pieces)


@st.fragment
def order():
    pieces = st.number_input("Mugs", 1, 20)
    show(pieces)
    places["one"].caption(f"{pieces} mugs")
    log.caption("Orders")
    if st.button("Ask"):
        log.write(f"You asked about {pieces}")
    places["saved"].caption("-")
    if st.button("Save"):
        places["saved"].success("Saved")
    for n in range(pieces):
        st.text(f"Mug {n}")


order()
"""


def test_only_what_piles_up_against_its_meaning_is_found(tmp_path: Path) -> None:
    steps: Steps = [
        {"set": "Mugs", "value": 2},
        {"click": "Ask"},
        {"set": "Mugs", "value": 3},
        {"click": "Ask"},
        {"click": "Save"},
        {"click": "Save"},
    ]
    found = explained(PILES, steps, tmp_path)
    lines = [9, 17, 20, 22]  # not 16 (one place), 19 (a log), 24 (its own container)
    assert sorted(of_kind("fragment-outside-write", found)) == ([] if CLEARS else lines)
    if not CLEARS:
        own = next(each for each in found if each.line == 9)
        assert "the page shows 2 of them" in own.text
        assert "(line 3)" in own.text


REFUSED = """\
import streamlit as st

side = st.container()


@st.fragment
def order():
    pieces = st.number_input("Mugs", 1, 20)
    if pieces > 1:
        side.checkbox("Gift")


order()
"""


@pytest.mark.parametrize("write", ['side.checkbox("Gift")', 'st.sidebar.text("Gift")'])
def test_a_refused_write_outside_is_found(write: str, tmp_path: Path) -> None:
    app = REFUSED.replace('side.checkbox("Gift")', write)
    found = explained(app, [{"set": "Mugs", "value": 2}], tmp_path)
    (own,) = (each for each in found if each.kind.name == "fragment-outside-write")
    assert (own.line, own.interaction) == (10, 1)
    assert "refused" in own.title


AROUND = """\
import streamlit as st


@st.fragment
def order():
    pieces = st.number_input("Mugs", 1, 20)
    st.metric("To pay", 8 * pieces)


@st.dialog("Note")
def note():
    text = st.text_input("Text")
    st.write("Your note:", text)


with st.sidebar:
    order()
if st.button("Write"):
    note()
"""


def test_fragments_within_the_sidebar_and_dialogs_are_healthy(tmp_path: Path) -> None:
    steps: Steps = [
        {"set": "Mugs", "value": 2},
        {"click": "Write"},
        {"set": "Text", "value": "Fragile"},
        {"set": "Text", "value": "Careful"},
    ]
    found = explained(AROUND, steps, tmp_path)
    assert of_kind("fragment-outside-write", found) == []
    assert of_kind("fragment-only-run", found) == []
