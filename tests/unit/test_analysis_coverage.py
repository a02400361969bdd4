"""Lines that did not run, and the reason in words. Records are made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rerun_trace.tracer.analysis.coverage import FileCoverage, cover_run, superseding
from rerun_trace.tracer.model import (
    CodeBlock,
    Interaction,
    InteractionKind,
    LineCount,
    Outcome,
    RunKind,
    ScriptRun,
    Source,
    TriggerType,
)

APP = """\
import streamlit as st
def greet(name):
    if name:
        return "Hi"
    return "Who?"
if "value" not in st.session_state:
    st.session_state.value = "Title"
st.header(st.session_state.value)
if st.button("Foo"):
    st.session_state.value = "Foo"
    st.rerun()
else:
    st.write("press Foo")
st.caption("done")
"""
SOURCE = Source(
    1,
    "app.py",
    APP,
    "the app's script",
    (
        CodeBlock("<module>", 1, (1, 2, 6, 7, 8, 9, 10, 11, 13, 14)),
        CodeBlock("greet", 2, (3, 4, 5)),
    ),
)
RUN = ScriptRun(
    2,
    1,
    RunKind.APP,
    TriggerType.INTERACTION,
    1,
    1,
    "app.py",
    0,
    outcome=Outcome.RERUN,
    halted_file="app.py",
    halted_line=11,
    ended_ns=9,
    body_started_ns=1,
)


def hits(*lines: int, file: str = "app.py") -> list[LineCount]:
    return [LineCount(2, file, line, 1) for line in lines]


def reasons(coverage: FileCoverage) -> dict[int, str]:
    return {item.line: item.reason for item in coverage.not_run}


def test_lines_after_the_halting_line_were_halted_but_the_other_branch_was_not_taken() -> None:
    (app,) = cover_run(RUN, [SOURCE], hits(1, 2, 6, 8, 9, 10, 11))

    assert reasons(app) == {
        3: "function not called",
        4: "function not called",
        5: "function not called",
        7: "branch not taken",
        13: "branch not taken",
        14: "halted by the rerun at line 11",
    }
    assert app.halting_line == 11
    assert app.halting_text == "st.rerun() ended the run here"


def test_a_completed_run_only_has_branches_not_taken() -> None:
    run = replace(RUN, outcome=Outcome.COMPLETED, halted_file=None, halted_line=None)
    (app,) = cover_run(run, [SOURCE], hits(1, 2, 3, 4, 6, 8, 9, 13, 14))

    assert reasons(app) == {
        5: "line 4 returned",
        7: "branch not taken",
        10: "branch not taken",
        11: "branch not taken",
    }
    assert app.halting_line is None


@pytest.mark.parametrize(
    ("outcome", "line", "superseded_by", "reason"),
    [
        (Outcome.STOPPED, 8, None, "stopped at line 8"),
        (Outcome.STOPPED, None, None, "stopped from the browser"),
        (Outcome.ERROR, 8, None, "an error at line 8 ended the run"),
        (Outcome.SUPERSEDED, 8, 4, "superseded by interaction 4"),
        (Outcome.SWITCHED, 8, None, "halted by the page switch at line 8"),
        (Outcome.RUNNING, None, None, "not run so far"),
    ],
)
def test_the_reason_names_what_ended_the_run(
    outcome: Outcome, line: int | None, superseded_by: int | None, reason: str
) -> None:
    run = replace(RUN, outcome=outcome, halted_line=line, halted_file="app.py" if line else None)
    (app,) = cover_run(run, [SOURCE], hits(1, 2, 6, 8), superseded_by)

    assert {reasons(app)[line] for line in (9, 10, 11, 13, 14)} == {reason}


def test_a_fragment_run_leaves_the_module_outside() -> None:
    run = replace(RUN, kind=RunKind.FRAGMENT, outcome=Outcome.COMPLETED, halted_line=None)
    (app,) = cover_run(run, [SOURCE], hits(3, 4))

    assert reasons(app)[8] == "outside the fragment"
    assert reasons(app)[5] == "line 4 returned"


def test_a_rerun_in_a_callback_halts_the_script_before_its_first_line() -> None:
    run = replace(RUN, halted_line=4, body_started_ns=None)
    (app,) = cover_run(run, [SOURCE], hits(3, 4))

    assert reasons(app)[5] == "halted by the rerun at line 4"
    assert reasons(app)[1] == reasons(app)[14] == "halted by the rerun at line 4"


def test_an_error_below_two_calls_halts_the_callers_but_not_a_function_that_had_returned() -> None:
    text = """\
def inner():
    raise ValueError
def outer():
    inner()
    print("never")
def other(flag):
    if flag:
        print("not taken")
other(False)
outer()
print("never")
"""
    blocks = (
        CodeBlock("<module>", 1, (1, 3, 6, 9, 10, 11)),
        CodeBlock("inner", 1, (2,)),
        CodeBlock("outer", 3, (4, 5)),
        CodeBlock("other", 6, (7, 8)),
    )
    run = replace(RUN, outcome=Outcome.ERROR, halted_line=2)
    (app,) = cover_run(
        run, [replace(SOURCE, text=text, blocks=blocks)], hits(1, 2, 3, 4, 6, 7, 9, 10)
    )

    assert reasons(app) == {
        5: "an error at line 2 ended the run",
        8: "branch not taken",
        11: "an error at line 2 ended the run",
    }


def test_a_file_beside_the_script_shows_only_the_functions_that_ran() -> None:
    text = "import os\ndef ask():\n    stop()\n    print()\ndef idle():\n    pass\n"
    blocks = (
        CodeBlock("<module>", 1, (1, 2, 5)),
        CodeBlock("ask", 2, (3, 4)),
        CodeBlock("idle", 5, (6,)),
    )
    other = Source(2, "pages/ask.py", text, "beside the app", blocks)
    run = replace(RUN, halted_file="pages/ask.py", halted_line=3)
    app, ask = cover_run(run, [SOURCE, other], [*hits(1, 2, 6, 8), *hits(3, file="pages/ask.py")])

    assert reasons(ask) == {4: "halted by the rerun at line 3"}
    assert reasons(app)[14] == "halted by the rerun at pages/ask.py line 3"
    assert app.halting_line is None


def test_an_edited_source_counts_in_the_version_that_ran() -> None:
    later = replace(SOURCE, file_no=2, since_run=3)
    (app,) = cover_run(RUN, [SOURCE, later], hits(1))
    assert app.file_no == 1
    (app,) = cover_run(replace(RUN, n=3), [SOURCE, later], hits(1))
    assert app.file_no == 2


def test_a_source_that_this_python_cannot_parse_falls_back_to_line_order() -> None:
    (app,) = cover_run(RUN, [replace(SOURCE, text="?")], hits(1, 2, 6, 8, 9, 10, 11))
    assert reasons(app)[14] == "halted by the rerun at line 11"
    assert reasons(app)[7] == "branch not taken"
    assert reasons(app)[3] == "function not called"


def test_nothing_is_claimed_about_a_run_without_details() -> None:
    assert cover_run(replace(RUN, detailed=False), [SOURCE], []) == ()


def interaction(n: int, app_session: int, at_ns: int) -> Interaction:
    return Interaction(n, app_session, at_ns, InteractionKind.WIDGET, {"click": "Foo"})


def test_the_superseding_interaction_is_the_next_one_of_the_same_app_session() -> None:
    run = replace(RUN, outcome=Outcome.SUPERSEDED, started_ns=10)
    found = [
        interaction(1, 1, 10),
        interaction(2, 2, 11),
        interaction(3, 1, 12),
        interaction(4, 1, 13),
    ]
    assert superseding(run, found) == 3
    assert superseding(replace(run, outcome=Outcome.ERROR), found) is None


def test_an_interaction_from_before_a_run_did_not_supersede_it() -> None:
    run = replace(RUN, outcome=Outcome.SUPERSEDED, interaction=2, started_ns=10)
    before = [interaction(0, 1, 1), interaction(1, 1, 5), interaction(2, 1, 9)]
    assert superseding(run, [*before, interaction(3, 1, 12)]) == 3
    assert superseding(run, before) is None
