"""A run in a line, and what a load waits for, from records made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rerun_trace.tracer.analysis.coverage import Cause, FileCoverage, NotRun
from rerun_trace.tracer.explain.brief import because, brief, waits
from rerun_trace.tracer.explain.pieces import Piece
from rerun_trace.tracer.explain.story import RunRecords
from rerun_trace.tracer.model import (
    Callback,
    ContainerWrite,
    Interaction,
    InteractionKind,
    LineCount,
    MessageFate,
    Outcome,
    RerunRequest,
    RunKind,
    ScriptRun,
    StateOp,
    StateWrite,
    TriggerType,
    WidgetChange,
    WriteKind,
)
from rerun_trace.tracer.source.program import program_of
from rerun_trace.tracer.words import names
from rerun_trace.tracer.words import sentences as words

pytestmark = pytest.mark.first_row

CLICK = Interaction(1, 1, 5, InteractionKind.WIDGET, {"click": "Foo"})
RUN = ScriptRun(
    2, 1, RunKind.APP, TriggerType.INTERACTION, 1, 1, "app.py", 10, outcome=Outcome.COMPLETED
)
AGAIN = replace(RUN, n=3, trigger_type=TriggerType.RERUN, trigger=2)


def write(label: str, step: int, element: str = "heading", message: int = 0) -> ContainerWrite:
    place = (0, step)
    n = message or step
    return ContainerWrite(2, 0, step, n, place, WriteKind.ELEMENT, element, label, False, "app.py")


def stored(key: str, step: int, new: str | None = "'Foo'") -> StateWrite:
    return StateWrite(2, 0, step, key, StateOp.SET, "'Title'", new, "app.py", 15)


def records(run: ScriptRun = RUN, **change: Any) -> RunRecords:
    return replace(RunRecords(run, CLICK, (), (), (), (), (), {}, (), ()), **change)


def text(pieces: list[Piece]) -> str:
    return "".join(piece["text"] for piece in pieces)


def test_what_a_run_did_is_told_in_the_order_in_which_it_did_it() -> None:
    drawn = [write("Title", 3), write("Foo", 4, "button")]
    assert text(brief(records(writes=drawn))) == "drew heading Title and button Foo"
    told = brief(records(writes=drawn, state_writes=[stored("value", 6)]))
    assert text(told) == "drew heading Title and button Foo, then set value to 'Foo'"
    assert [piece.get("step") for piece in told if "step" in piece] == [3, 4, 6]
    first = brief(records(writes=drawn, state_writes=[stored("value", 1)]))
    assert text(first) == "set value to 'Foo', then drew heading Title and button Foo"


def test_nothing_is_told_as_nothing() -> None:
    assert text(brief(records())) == "drew and changed nothing"
    unseen = {3: MessageFate.DISCARDED}
    assert text(brief(records(writes=[write("Title", 3)], fates=unseen))) == (
        "drew heading Title (the browser never saw that)"
    )
    both = [write("Title", 3), write("Foo", 4)]
    assert text(brief(records(writes=both, fates=unseen))) == (
        "drew heading Title and heading Foo (the browser never saw 1 of them)"
    )
    same = replace(stored("value", 1), new="'Title'")
    assert text(brief(records(state_writes=[same]))) == "drew and changed nothing"


def test_of_many_elements_those_are_named_that_are_new_on_the_page() -> None:
    drawn = [write(f"text {n}", n, "markdown") for n in range(1, 9)]
    every = frozenset(range(1, 9))
    assert text(brief(records(writes=drawn))) == "drew 8 elements"
    assert text(brief(records(writes=drawn, same=every))) == "drew the same 8 elements again"
    assert text(brief(records(writes=drawn, same=every - {2}))) == (
        "drew 8 elements, new: “text 2”"
    )
    assert text(brief(records(writes=drawn, same=every - {1, 2, 3, 4}))) == (
        "drew 8 elements, new: “text 1”, “text 2”, “text 3” and 1 more"
    )
    assert text(brief(records(writes=drawn, same=frozenset()))) == "drew 8 elements"


def test_what_never_ran_and_what_ran_once_more() -> None:
    halted = FileCoverage(
        *(1, "app.py", (LineCount(2, "app.py", 16, 1),)),
        (NotRun(17, "halted by the rerun at line 16", Cause.ENDED),),
        *(16, "st.rerun() ended the run here"),
    )
    run = replace(RUN, outcome=Outcome.RERUN, halted_file="app.py", halted_line=16)
    told = brief(records(run, writes=[write("Title", 3)], coverage=[halted]))
    assert text(told) == "drew heading Title; line 17 never ran"
    ran = replace(halted, not_run=(), halting_line=None, halting_text=None)
    told = brief(records(AGAIN, writes=[write("Foo", 3)], coverage=[ran]))
    assert text(told) == "drew heading Foo; 1 statement ran once more"


def test_callbacks_are_told_first_and_values_shortened() -> None:
    callback = Callback(2, "update", "app.py", 9, 0, 1, 0)
    told = brief(records(callbacks=[callback], state_writes=[stored("a", 1, "x" * 99)]))
    assert text(told) == f"ran update(), then set a to {'x' * 23}…"
    many = [stored(key, 1) for key in "abcd"]
    assert text(brief(records(state_writes=many))) == "changed 4 keys of session state"
    assert text(brief(records(state_writes=[stored("a", 1, None)]))) == "removed a"


def test_why_a_run_started_after_the_one_before() -> None:
    request = RerunRequest(2, 20, 7, "app.py", 16, "<module>", "app", True)
    told = because(records(AGAIN, triggering=[request]))
    assert text(told) == "st.rerun() line 16"
    assert told[-1]["run"] == 2
    assert because(records(triggering=[request])) == [], "an interaction started it"


WAITING = """
import streamlit as st

def save():
    st.session_state.saved = True

if st.button("Foo"):
    st.write("a")
    st.write("b")
again = st.checkbox("Again")
if again:
    st.write("c")
if name:
    st.write("d")
st.button("Save", on_click=save)
if len(st.text_input("Name")) > 3:
    st.write("e")
"""


def test_a_load_says_which_lines_wait_for_which_widget() -> None:
    def widget(label: str, line: int, element: str) -> ContainerWrite:
        drawn = write(label, line, element)
        return replace(drawn, line=line, widget_id=f"id {label}")

    not_run = [(8, 8), (9, 9), (12, 12), (14, 14), (17, 17)]
    coverage = FileCoverage(
        *(1, "app.py", ()),
        tuple(NotRun(line, "branch not taken") for line, _ in not_run),
        *(None, None),
    )
    given = records(
        coverage=[coverage],
        writes=[
            widget("Foo", 7, "button"),
            widget("Again", 10, "checkbox"),
            widget("Save", 15, "button"),
            widget("Name", 16, "text_input"),
        ],
    )
    told = [(label, text(pieces)) for label, pieces in waits(given, lambda _: program_of(WAITING))]
    assert told == [
        ("Foo", "Lines 8-9 wait for a click on Foo."),
        ("Again", "Line 12 waits for Again to be switched on."),
        ("Save", "save() waits for a click on Save: it runs before the script does."),
    ]
    assert list(waits(given, lambda _: None)) == [], "what cannot be parsed says nothing"


@pytest.mark.parametrize(
    ("kind", "action", "told"),
    [
        ("load", {"load": True}, "1 page load"),
        ("widget", {"click": "Foo"}, "1 click"),
        ("widget", {"set": "Name", "value": 1}, "1 change"),
        ("widget", {"submit": "Send"}, "1 submit"),
        ("timer", {"timer": "clock"}, "1 timer tick"),
        ("page", {"page": "Two"}, "1 page switch"),
    ],
)
def test_what_a_person_did_is_counted(kind: str, action: dict[str, Any], told: str) -> None:
    assert words.gesture(Interaction(1, 1, 5, InteractionKind(kind), action)) == told
    assert words.gesture(None) == "1 interaction"


@pytest.mark.parametrize(
    ("element", "keys"),
    [("button", "none"), ("checkbox", "none"), ("slider", "arrows"), ("text_input", "text")],
)
def test_what_a_widget_takes_keys_for(element: str, keys: str) -> None:
    change = WidgetChange("id", element, "Foo", None, False, True)
    assert names.keyboard(replace(CLICK, changes=(change,))) == keys
    assert names.keyboard(None) == "none"
