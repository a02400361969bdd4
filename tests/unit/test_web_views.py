"""The views' words and data, from records made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import to_builtins

from rerun_trace.tracer.analysis.coverage import Cause, FileCoverage, NotRun
from rerun_trace.tracer.explain.story import RunRecords, story
from rerun_trace.tracer.model import (
    Callback,
    ContainerWrite,
    Interaction,
    InteractionKind,
    LineCount,
    MessageFate,
    Outcome,
    RecordingInfo,
    RerunRequest,
    RunError,
    RunKind,
    ScriptRun,
    TriggerType,
    WidgetChange,
    WriteKind,
)
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.models.run_view import run_view
from rerun_trace.web.models.source_view import continuations, highlight

pytestmark = pytest.mark.first_row

CLICK = Interaction(1, 1, 5, InteractionKind.WIDGET, {"click": "Foo"})
RUN = ScriptRun(
    2,
    1,
    RunKind.APP,
    TriggerType.INTERACTION,
    1,
    1,
    "app.py",
    10,
    outcome=Outcome.RERUN,
    ended_ns=4_200_010,
    halted_file="app.py",
    halted_line=10,
)
REQUEST = RerunRequest(2, 20, 3, "app.py", 10, "<module>", "app", True)
WRITE = ContainerWrite(2, 15, 1, 7, (0, 0), WriteKind.ELEMENT, "heading", "Title", False, "a.py", 6)
NEXT = replace(RUN, n=3, trigger_type=TriggerType.RERUN, trigger=2, outcome=Outcome.COMPLETED)


def records(run: ScriptRun = RUN, **change: Any) -> RunRecords:
    base = RunRecords(run, CLICK, (), (), (), (), (), {}, (), ())
    return replace(base, **change)


def told(given: RunRecords) -> str:
    return " ".join("".join(piece["text"] for piece in sentence) for sentence in story(given))


@pytest.mark.parametrize(
    ("kind", "action", "title", "sentence"),
    [
        ("load", {"load": True}, "load in app session 1", "The page was opened in a new tab"),
        ("widget", {"click": "Foo"}, "click Foo", "You clicked Foo"),
        ("widget", {"set": "Name", "value": "Ada"}, "set Name to 'Ada'", "You set Name to 'Ada'"),
        ("widget", {"submit": "Send"}, "submit Send", "You submitted Send"),
        ("widget", {"edit": "Table", "rows": {}}, "edit Table", "You edited Table"),
        ("page", {"page": "Two"}, "go to Two", "You went to the page Two"),
        ("timer", {"timer": "ticker"}, "timer of ticker", "The timer of ticker fired"),
        ("timer", {"timer": True}, "timer of fragment abcdefgh", "The timer of the fragment abcde"),
        ("edit", {"source": True}, "source edited", "The source was edited"),
        ("rerun", {"rerun": True}, "the same value again", "A widget of a fragment sent the same"),
        ("stop", {"stop": True}, "stop from the menu", "You stopped the app from its menu"),
        ("widget", {}, "widget", "Interaction 1 came (widget)"),
        ("widget", {"click": "x" * 99}, f"click {'x' * 59}…", "You clicked xxx"),
    ],
)
def test_interactions_have_a_name_and_begin_a_sentence(
    kind: str, action: dict[str, Any], title: str, sentence: str
) -> None:
    given = Interaction(1, 1, 0, InteractionKind(kind), action, fragment="abcdefghijkl")

    assert words.interaction_title(given) == title
    assert words.interaction_sentence(given).startswith(sentence)


@pytest.mark.parametrize(
    ("element", "value", "title", "sentence"),
    [
        ("chat_input", "hello", "send 'hello'", "You sent 'hello'"),
        ("checkbox", True, "switch It on", "You switched It on"),
        ("date_input", ["2023/03/01"], "set It to 2023/03/01", "You set It to 2023/03/01"),
        ("time_input", "08:45", "set It to 08:45", "You set It to 08:45"),
        ("multiselect", ["a", "b"], "set It to 'a', 'b'", "You set It to 'a', 'b'"),
        ("multiselect", [], "set It to nothing", "You set It to nothing"),
        ("text_input", "(hidden)", "set It to (hidden)", "You set It to (hidden)"),
        ("slider", [1, 5], "set It to 1, 5", "You set It to 1, 5"),
    ],
)
def test_values_are_told_as_a_person_gave_them(
    element: str, value: Any, title: str, sentence: str
) -> None:
    change = WidgetChange("id", element, "It", None, None, value)
    given = Interaction(
        1, 1, 0, InteractionKind.WIDGET, {"set": "It", "value": value}, changes=(change,)
    )

    assert words.interaction_title(given) == title
    assert words.interaction_sentence(given) == sentence


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (None, "–"),
        (0, "0 ns"),
        (999, "999 ns"),
        (4_200_000, "4.20 ms"),
        (42_000_000, "42.0 ms"),
        (420_000_000, "420 ms"),
        (59_000_000_000, "59.0 s"),
        (61_000_000_000, "1 min 1 s"),
    ],
)
def test_durations_have_three_digits(ns: int | None, text: str) -> None:
    assert words.duration(ns) == text


def test_a_recording_without_end_is_live_only_while_it_is_busy_or_its_app_runs_here() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    info = RecordingInfo("app.py", "/", start, "3.13", "1.67", "monitoring", "")
    soon, later = start + timedelta(minutes=9), start + timedelta(minutes=11)

    assert words.recording_state(info, 0, soon, here=False) == "live"
    assert words.recording_state(info, 0, later, here=False) == "broken off"
    assert words.recording_state(info, 5 * 60 * 10**9, later, here=False) == "live"
    assert words.recording_state(info, 0, later, here=True) == "live"
    assert words.recording_state(replace(info, complete=True), 0, soon, here=True) == "complete"
    assert words.recording_state(replace(info, ended_at=soon), 0, soon, False) == "broken off"


def test_the_story_of_a_halted_run_names_the_click_the_line_and_the_next_run() -> None:
    given = records(
        requests=(REQUEST,),
        writes=(WRITE, replace(WRITE, message=8, path=(0, 9))),
        fates={7: MessageFate.DISCARDED, 8: MessageFate.IGNORED},
        next_runs=(NEXT,),
    )
    assert told(given) == (
        "You clicked Foo, so Streamlit ran app.py again from the top. "
        "Line 10 called st.rerun(): this run stopped there, and run 3 started. "
        "It wrote 2 elements, which the browser never saw."
    )
    links = [piece for sentence in story(given) for piece in sentence if len(piece) > 1]
    assert links == [
        {"text": "You clicked Foo", "step": 0},
        {"text": "Line 10", "step": 3, "file": "app.py", "line": 10},
        {"text": "run 3", "run": 3},
        {"text": "2 elements", "step": 1},
    ]


def test_the_story_names_the_lines_that_the_halt_kept_from_running() -> None:
    never = tuple(NotRun(line, "halted by the rerun at line 10", Cause.ENDED) for line in (11, 12))
    coverage = FileCoverage(1, "app.py", (), (NotRun(4, "branch not taken"), *never))
    pieces = [piece for sentence in story(records(coverage=(coverage,))) for piece in sentence]
    assert {"text": "2 statements from line 11 on", "file": "app.py", "line": 11} in pieces
    assert "this run stopped there, 2 statements from line 11 on never ran." in told(
        records(coverage=(coverage,))
    )


def test_the_story_of_a_run_that_another_one_asked_for() -> None:
    given = records(NEXT, triggering=(REQUEST,), writes=(WRITE,), fates={})
    assert told(given) == (
        "Run 2 called st.rerun() at line 10, so Streamlit ran app.py from the top. "
        "It ran to its end. It wrote 1 element."
    )


@pytest.mark.parametrize(
    ("outcome", "change", "end"),
    [
        (Outcome.SUPERSEDED, {"superseded_by": 4}, "Interaction 4 came before it was done: it"),
        (Outcome.STOPPED, {}, "It was stopped at line 10."),
        (Outcome.SWITCHED, {}, "Line 10 called st.switch_page(): this run stopped there."),
        (Outcome.COMPILE_ERROR, {}, "The script could not be compiled, so no line of it ran."),
        (Outcome.RUNNING, {}, "It has not ended so far."),
        (
            Outcome.ERROR,
            {"errors": (RunError(2, 0, 0, "ValueError", "no", ""),)},
            "ValueError ended it at line 10.",
        ),
    ],
)
def test_the_story_tells_how_a_run_ended(
    outcome: Outcome, change: dict[str, Any], end: str
) -> None:
    assert end in told(records(replace(RUN, outcome=outcome), **change))


def test_the_story_names_the_page_and_the_script_that_ran_it() -> None:
    main = FileCoverage(1, "app.py", (LineCount(2, "app.py", 1, 1),), ())
    page = FileCoverage(2, "two.py", (LineCount(2, "two.py", 1, 1),), ())
    run = replace(RUN, script="two.py")

    text = told(records(run, coverage=(page, main), app="app.py"))
    assert "so Streamlit ran app.py again from the top, and in it the page two.py." in text
    # A file in the folder `pages` runs alone.
    assert "ran two.py again from the top." in told(records(run, coverage=(page,), app="app.py"))


def test_the_story_tells_callbacks_and_refusals() -> None:
    given = records(
        callbacks=(Callback(2, "update", "app.py", 3, 0, 1, 1, error="ValueError: no"),),
        requests=(replace(REQUEST, allowed=False, refusal="not in a fragment"),),
    )
    text = told(given)
    assert "the callback update() (it raised ValueError: no) ran." in text
    assert "A rerun asked for at line 10 was refused: not in a fragment." in text


def test_a_run_view_is_json() -> None:
    view = run_view(records(writes=(WRITE,), fates={7: MessageFate.DELIVERED}))

    assert json.loads(json.dumps(to_builtins(view)))["writes"][0]["fate"] == "delivered"
    assert view.duration == "4.20 ms"
    assert view.end == "halted by a rerun at line 10"


def test_lines_that_go_on_with_a_statement_know_its_first_line() -> None:
    text = "a = [\n    1,\n]\nif a:\n    f(\n        a)\n"

    assert continuations(text) == {2: 1, 3: 1, 6: 5}


def test_highlighted_lines_keep_their_numbers_and_their_text() -> None:
    text = '\n\nx = """two\nlines"""  # no\n\n'
    lines = highlight(text)

    assert ["".join(part for _, part in line) for line in lines] == text.split("\n")[:-1]
    assert ("c1", "# no") in lines[3]
    assert highlight("") == ([],)
