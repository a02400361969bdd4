"""Runs that are cut, merged, asked for or slow: other shapes, and what only looks like a fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from explaining import explained, kinds_of
from streamlit.web import bootstrap
from support import Steps

from rerun_trace.tracer.explain.finding import Finding, Level

pytestmark = pytest.mark.ends


def of_kind(kind: str, found: list[Finding]) -> list[tuple[int | None, Level]]:
    return [(each.line, each.weight) for each in found if each.kind.name == kind]


CUT = """\
import time

import streamlit as st


def ship():
    time.sleep(1.2)
    st.session_state.status = "shipped"


st.session_state.setdefault("seen", [])
draw, send, count = st.button("Draw"), st.button("Send"), st.checkbox("Count")
st.radio("Size", ["S", "M", "L"])
if draw:
    time.sleep(1.2)
    st.write("One")
    st.write("Two")
if send:
    ship()
if count:
    time.sleep(1.2)
    st.session_state.seen = [*st.session_state.seen, 1]
st.write("Status", st.session_state.get("status"))
"""


def test_a_run_that_was_cut_is_a_fault_only_where_a_click_is_lost_with_it(tmp_path: Path) -> None:
    steps: Steps = [
        {"click": "Draw", "no_wait": True},  # nothing but drawing is lost
        {"wait_ms": 400},
        {"set": "Size", "value": "M"},
        {"set": "Count", "value": True, "no_wait": True},  # the next run does it again
        {"wait_ms": 400},
        {"set": "Size", "value": "L"},
        {"set": "Count", "value": False},
        {"click": "Send", "no_wait": True},
        {"wait_ms": 400},
        {"set": "Size", "value": "S"},
        {"wait_ms": 1800},  # until the run that was cut has ended
    ]
    found = explained(CUT, steps, tmp_path)
    assert of_kind("preempted", found) == [(8, Level.FAULT)]


BELOW = """\
import time

import streamlit as st

st.session_state.setdefault("saved", [])
save, show = st.button("Save"), st.button("Show")
st.checkbox("Wide")
time.sleep(1)
st.write("Loaded")
if save:
    st.session_state.saved.append("order")
if show:
    st.write(st.session_state.saved)
if st.button("Archive"):
    st.session_state.archived = True
"""


def test_a_click_whose_branch_is_not_reached_any_more_is_lost(tmp_path: Path) -> None:
    steps: Steps = [
        {"click": "Show", "no_wait": True},  # nothing but drawing is lost
        {"wait_ms": 300},
        {"set": "Wide", "value": True},
        {"click": "Save", "no_wait": True},  # clicked again: the newer run does it
        {"wait_ms": 300},
        {"click": "Save"},
        {"click": "Save", "no_wait": True},
        {"wait_ms": 300},
        {"set": "Wide", "value": False},
        {"click": "Archive", "no_wait": True},
        {"wait_ms": 300},
        {"set": "Wide", "value": True},
    ]
    found = [each for each in explained(BELOW, steps, tmp_path) if each.kind.name == "preempted"]
    told = [(each.interaction, each.weight, each.same) for each in found]
    assert told == [(5, Level.FAULT, ("saved",)), (7, Level.FAULT, ("archived",))]


BUSY = """\
import time

import streamlit as st

name = st.text_input("Name")
st.checkbox("Gift")
if st.radio("Size", ["S", "L"]) == "S" and name:
    time.sleep(2)
st.write("Ready")
"""


def test_what_was_merged_into_another_run_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = bootstrap.load_config_options  # as `streamlit run --runner.fastReruns false` does
    patched = {"runner_fastReruns": False}
    monkeypatch.setattr(bootstrap, "load_config_options", lambda own: load({**own, **patched}))
    steps: Steps = [
        {"set": "Name", "value": "Ada", "no_wait": True},
        {"wait_ms": 500},
        {"set": "Gift", "value": True, "no_wait": True},
        {"set": "Size", "value": "L"},
    ]
    found = explained(BUSY, steps, tmp_path)
    assert of_kind("merged-interaction", found) == [(6, Level.NOTE)]
    (own,) = (each for each in found if each.kind.name == "merged-interaction")
    assert "Its value came along" in own.text


OWN_RUNS = """\
import time

import streamlit as st


@st.fragment
def till():
    if st.button("Sell one"):
        st.session_state.sold = st.session_state.get("sold", 0) + 1
    st.text(f"Sold {st.session_state.get('sold', 0)}")


till()
st.text_input("Name")
st.radio("Size", ["S", "L"])
if st.checkbox("Slow"):
    time.sleep(0.4)
"""


def test_an_interaction_that_ends_another_run_or_waits_for_it_is_healthy(tmp_path: Path) -> None:
    steps: Steps = [
        {"set": "Slow", "value": True, "no_wait": True},
        {"click": "Sell one"},  # its fragment is there: it runs after that run
        {"set": "Name", "value": "Ada", "no_wait": True},
        {"set": "Size", "value": "L"},
    ]
    found = explained(OWN_RUNS, steps, tmp_path)
    assert of_kind("merged-interaction", found) == []
    assert of_kind("preempted", found) == []


ASKED = """\
import streamlit as st


def again():
    st.rerun()


def take():
    st.session_state.left = st.session_state.get("left", 20) - 1
    if st.session_state.left < 19:
        again()


def give():
    st.session_state.left = 20


@st.fragment
def shelf():
    if st.button("Look"):
        st.rerun(scope="fragment")
    if st.button("Look all over"):
        st.rerun()


shelf()
st.button("Take", on_click=take)
if st.button("Give", on_click=give):
    st.rerun()
st.write("Left", st.session_state.get("left"))
"""


def test_only_a_callbacks_own_rerun_is_noted(tmp_path: Path) -> None:
    healthy = [{"click": name} for name in ("Take", "Look", "Look all over", "Give")]
    found = explained(ASKED, [*healthy, {"click": "Take"}, {"click": "Take"}], tmp_path)
    assert of_kind("rerun-in-callback", found) == [(5, Level.NOTE)]
    assert "`take`" in next(each.text for each in found if each.line == 5)


SLOW = """\
import time
from itertools import count

import streamlit as st


def work():
    time.sleep(0.12)


def price(drink):
    work()
    return len(drink)


def weather():
    work()
    return f"Measured at {time.time_ns()}"


@st.cache_data
def sales():
    work()
    return [12, 40]


def total():
    work()
    st.session_state.asked = st.session_state.get("asked", 0) + 1
    return 52


def table():
    work()
    st.write("Rows")
    return 3


def label(text):
    return text.upper()


def refresh():
    price("Espresso")


drink = st.selectbox("Drink", ["Espresso", "Latte", "Mocha"])
st.button("Refresh", on_click=refresh)
st.button(label("Look"))
if st.toggle("Everything"):
    st.write(weather(), sales(), total(), table())
else:
    st.write(price(drink))
"""


def test_what_a_cache_would_not_save_is_healthy(tmp_path: Path) -> None:
    steps: Steps = [
        {"set": "Drink", "value": "Latte"},
        {"set": "Drink", "value": "Mocha"},
        {"set": "Everything", "value": True},
        {"click": "LOOK"},
        {"click": "LOOK"},
    ]
    assert of_kind("uncached-repeat", explained(SLOW, steps, tmp_path)) == []


def test_the_same_work_after_another_widget_is_a_hint(tmp_path: Path) -> None:
    found = explained(SLOW, [{"click": "LOOK"}, {"click": "LOOK"}], tmp_path)
    assert kinds_of(found) == [("uncached-repeat", 53)]
    assert found[0].times == 2
