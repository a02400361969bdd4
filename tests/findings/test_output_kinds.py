"""What is left on the page, and in which order it reads: other shapes, and what only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest
from explaining import explained, kinds_of
from support import Steps

from rerun_trace.tracer.explain.finding import Finding

pytestmark = pytest.mark.ends


def lines(kind: str, found: list[Finding]) -> list[int]:
    return [line or 0 for name, line in kinds_of(found) if name == kind]


PASSES = """\
import streamlit as st

kind = st.radio("Stop", ["never", "in a pass"])
box, empty, status = st.empty(), st.empty(), st.empty()


def draw(n):
    with box.container():
        left, right = st.columns(2)
        left.metric("Sold", n)
        right.metric("Stock", 9 - n)
        with right:
            if n < 2:
                st.caption("Plenty")


for n in range(3):
    draw(n)
for n in range(3):
    with empty.container():
        st.text(f"Pass {n}")
        if n == 0:
            st.text("First")
        else:
            st.empty()
for n in range(3):
    empty.text(f"Done {n}")
with status.status("Working") as working:
    st.write("One")
    st.write("Two")
    working.update(label="Done")
working.update(state="complete")
card = st.container(border=True)
with card:
    st.write("Card")
card.write("More")
place = st.empty()
for n in range(3):
    with place.container():
        if kind != "never" and n == 2:
            st.stop()
        st.text(f"Row {n}")
        st.text("Below")
"""


def test_only_a_pass_with_less_than_the_one_before_leaves_something(tmp_path: Path) -> None:
    steps: Steps = [{"set": "Stop", "value": "in a pass"}]  # a pass that was cut left nothing
    found = explained(PASSES, steps, tmp_path)
    own = [each for each in found if each.kind.name == "leftover-elements"]
    assert [(each.line, each.title) for each in own] == [
        (8, "`Plenty` stays from an earlier pass"),
    ]


FRAGMENT = """\
import streamlit as st

place = st.empty()


@st.fragment
def order():
    gift = st.checkbox("Gift", value=True)
    with place.container():
        st.text("An order")
        if gift:
            st.text("With a ribbon")
    with st.container():
        st.text("Inside")
        if gift:
            st.text("Wrapped")


order()
"""


def test_what_a_run_of_a_fragment_does_not_draw_again_goes(tmp_path: Path) -> None:
    found = explained(FRAGMENT, [{"set": "Gift", "value": False}], tmp_path)
    assert lines("leftover-elements", found) == []


LONG = """\
import time

import streamlit as st

kind = st.radio("Report", ["Long", "Short", "Told", "Same"])
st.title(kind)
if kind in ("Long", "Same"):
    for product in ["Mugs", "Beans"]:
        st.write(product, "sold well")
    if kind == "Same":
        time.sleep(1.2)
elif kind == "Short":
    place = st.empty()
    time.sleep(1.2)
    place.text("All sold well")
else:
    with st.spinner("Adding up"):
        time.sleep(1.2)
"""


def test_a_long_run_leaves_old_elements_beside_new_ones_unless_it_says_so(tmp_path: Path) -> None:
    steps: Steps = [
        {"set": "Report", "value": "Short"},
        {"set": "Report", "value": "Long"},
        {"set": "Report", "value": "Told"},
        {"set": "Report", "value": "Long"},
        {"set": "Report", "value": "Same"},
    ]
    found = explained(LONG, steps, tmp_path)
    (own,) = (each for each in found if each.kind.name == "leftover-elements")
    assert (own.line, own.interaction) == (13, 1)
    assert "`Beans sold well` of run 1" in own.text


ENDED = """\
import streamlit as st


def load(kind):
    if kind == "stopped in a function":
        st.stop()
    return [] if kind == "none" else [1, 2]


kind = st.radio("Rows", ["two", "none", "stopped in a function", "broken", "told"])
place, other = st.empty(), st.empty()
status = st.empty()
status.info("Loading the rows")
done = st.empty()
done.caption("Never replaced")
if kind == "told":
    status.error("There is nothing to load")
    st.stop()
rows = load(kind)
if not rows:
    st.stop()
if kind == "broken":
    rows = rows[2]
status.success(f"{len(rows)} rows")
if kind == "never":
    done.caption("Done")
"""


def test_a_place_that_was_to_be_filled_again_keeps_what_it_held(tmp_path: Path) -> None:
    kinds = ["none", "two", "stopped in a function", "two", "broken", "told"]
    steps: Steps = [{"set": "Rows", "value": kind} for kind in kinds]
    found = explained(ENDED, steps, tmp_path)
    own = [each for each in found if each.kind.name == "leftover-elements"]
    assert [(each.line, each.interaction, each.times) for each in own] == [(13, 1, 3)]
    assert "which line 24 would have filled again" in own[0].text
    assert "`st.stop()` ended the run at line 21" in own[0].text


PAGES = """\
import time

import streamlit as st


def shop():
    for product in ["Mugs", "Beans"]:
        st.text(product)


def help():
    st.text("Opening hours")
    time.sleep(1.2)


st.navigation([st.Page(shop), st.Page(help)]).run()
"""


def test_the_elements_of_another_page_are_no_leftovers(tmp_path: Path) -> None:
    found = explained(PAGES, [{"page": "help"}], tmp_path)
    assert found == []


PAGE = """\
import streamlit as st

st.session_state.setdefault("said", [])
placed, answers = st.empty(), st.container()
left, right = st.columns(2)
right.write("Right")
left.write("Left")
first, second = st.tabs(["One", "Two"])
amount = second.slider("Amount", 1, 9)
first.metric("In the other tab", amount)
with st.expander("More"):
    st.write("Small print")
with st.sidebar:
    shop = st.selectbox("Shop", ["North", "South"])
st.title(f"Shop {shop}")
pieces = st.number_input("Pieces", 1, 9)
placed.caption(f"{pieces} pieces")
form = st.form("Order")
note = form.text_input("Note")
form.form_submit_button("Order")
prompt = st.chat_input("Ask")
if prompt:
    st.session_state.said.append(prompt)
    answers.write(f"You asked: {prompt}")
if st.button("Cheer"):
    answers.write("Hooray")
st.sidebar.metric("Everything", pieces)
"""


def test_an_ordinary_layout_is_in_order(tmp_path: Path) -> None:
    steps: Steps = [{"set": "Ask", "value": "Open?"}, {"click": "Cheer"}]
    found = explained(PAGE, steps, tmp_path)
    assert lines("out-of-order-write", found) == []
    assert lines("leftover-elements", found) == []


LATE = """\
import streamlit as st


def total(sold):
    return 8 * sum(sold)


def bill(box, sold):
    with box:
        st.metric("To pay", total(sold))


card = st.container(border=True)
card.write("Your order")
box = st.container()
with st.container():
    sold = [st.slider(name, 0, 9) for name in ("Mugs", "Beans")]
st.caption("Prices with tax")
card.caption("Delivered tomorrow")
bill(box, sold)
box.caption("Thank you")
"""


def test_what_reads_before_what_it_comes_from_is_said_once_a_container(tmp_path: Path) -> None:
    found = explained(LATE, [{"set": "Mugs", "value": 2}], tmp_path)
    kind = "out-of-order-write"
    own = sorted((f for f in found if f.kind.name == kind), key=lambda f: f.line or 0)
    assert [(each.line, each.times, each.also) for each in own] == [
        (10, 1, (("app.py", 15),)),
        (19, 1, (("app.py", 13),)),
    ]
    assert "from which it was computed" in own[0].text
    assert "then line 19 added" in own[1].text


LAST = """\
import streamlit as st

head = st.container()
st.write("Our shops are open from nine")
head.title("Coffee shop")
head.caption("Since 1990")
"""


def test_a_container_that_is_filled_last_is_a_note(tmp_path: Path) -> None:
    found = explained(LAST, [{"rerun": True}], tmp_path)
    assert [(each.kind.name, each.line, each.times) for each in found] == [
        ("out-of-order-write", 5, 1)
    ]
