"""The beats of an interaction, and variants' beats side by side, from hand-made records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from comparing import CALLBACK, CONTAINER, RERUN, facts, lines, page, run

from rerun_trace.tracer.analysis.beat_rows import aligned, likeness
from rerun_trace.tracer.analysis.beats import (
    MOST_ELEMENTS,
    MOST_KEYS,
    RUNS_AFTER,
    RUNS_BEFORE,
    Beat,
    BeatKind,
    Beats,
)
from rerun_trace.tracer.analysis.compare_figures import episodes_of
from rerun_trace.tracer.analysis.recording import ByRun, RecordingFacts
from rerun_trace.tracer.model import (
    Outcome,
    RunError,
    RunKind,
    StateOp,
    StateWrite,
    TriggerType,
)


def beats(recording: RecordingFacts, n: int = 1) -> list[Beat]:
    return Beats(ByRun(recording)).of(episodes_of(recording)[n])


def texts(found: list[Beat]) -> list[str]:
    return [beat.text for beat in found]


def test_a_rerun_is_one_beat_with_the_run_that_it_starts() -> None:
    found = beats(RERUN)

    assert texts(found) == [
        "You clicked Foo.",
        "Run 2 starts from the top.",
        "The heading is drawn: “Title”. The browser never gets it.",
        "The button is drawn: “Foo”. The browser never gets it.",
        "Run 2 stops at line 5; run 3 starts.",
        "The heading is drawn: “Foo”.",
        "The button is drawn: “Foo”.",
        "Run 3 ends: the script is at its end.",
    ]
    halt = found[4]
    assert (halt.kind, halt.run, halt.step, halt.line) == (BeatKind.HALTED, 2, 5, 5)
    assert [beat.starts for beat in found] == [None, 2, None, None, 3, None, None, None]


def test_a_callback_comes_before_the_script_s_start() -> None:
    found = beats(CALLBACK)

    assert [(beat.kind.value, beat.run, beat.step, beat.line) for beat in found[:4]] == [
        ("arrives", 2, 0, None),
        ("callback", 2, 1, 2),
        ("key", 2, 1, 3),
        ("run_starts", 2, 1, None),
    ]
    assert texts(found)[1:3] == [
        "update_value runs, before line 1 of the script.",
        "value changes to 'Bar'.",
    ]


def test_a_place_that_is_filled_later_is_a_beat() -> None:
    assert texts(beats(CONTAINER))[2:5] == [
        "A container keeps its place on the page, still empty.",
        "The button is drawn: “Baz”.",
        "The heading is drawn above what was there: “Baz”.",
    ]


def test_an_interaction_that_runs_nothing_only_arrives() -> None:
    alone = replace(RERUN, runs=RERUN.runs[:1])
    (beat,) = beats(alone)
    assert (beat.text, beat.run) == ("You clicked Foo.", None)


def test_how_runs_end() -> None:
    def last(error: RunError | None = None, **change: object) -> str:
        changed = replace(CALLBACK.runs[1], **change)  # type: ignore[arg-type]
        errors = [] if error is None else [error]
        return beats(replace(CALLBACK, runs=[CALLBACK.runs[0], changed], errors=errors))[-1].text

    at: dict[str, Any] = {"halted_file": "app.py", "halted_line": 4}
    error = RunError(2, 103, 4, "ValueError", "no\nway", "", "app.py", 4)
    assert (
        last(error, outcome=Outcome.ERROR, **at) == "Run 2 ends with ValueError at line 4: no way."
    )
    assert last(outcome=Outcome.STOPPED, **at) == "Run 2 is stopped at line 4."
    assert last(outcome=Outcome.SUPERSEDED, **at) == "Run 2 is superseded at line 4."
    assert last(outcome=Outcome.SWITCHED, **at) == "Run 2 leaves for another page at line 4."
    assert last(outcome=Outcome.RUNNING) == "Run 2 has no end in the recording."
    assert last(outcome=Outcome.COMPILE_ERROR) == "Run 2: the script could not be compiled."


def test_a_fragment_s_run_says_so() -> None:
    part = replace(
        CALLBACK.runs[1], kind=RunKind.FRAGMENT, fragments=("abc",), fragment_names=("clock",)
    )
    found = beats(replace(CALLBACK, runs=[CALLBACK.runs[0], part], callbacks=[]))
    assert any("only" in text and "clock" in text for text in texts(found))


def test_changes_of_keys_in_words() -> None:
    def told(op: StateOp, old: str | None, new: str | None, line: int | None) -> list[str]:
        write = StateWrite(2, 103, 3, "name", op, old, new, "app.py", line)
        found = beats(replace(CALLBACK, state_writes=[write]))
        return [beat.text for beat in found if beat.kind is BeatKind.KEY]

    assert told(StateOp.SET, None, "1", 3) == ["name is set to 1."]
    assert told(StateOp.SET, "1", "1", 3) == []
    assert told(StateOp.IN_PLACE, "[1]", "[1]", 3) == ["name changes to [1]."]
    assert told(StateOp.DELETE, "1", None, 3) == ["name is deleted."]
    assert told(StateOp.CLEANUP, "1", None, None) == ["name is dropped: its widget was not drawn."]
    assert told(StateOp.WIDGET, "1", "2", None) == ["name is 2 now: the browser sent it."]


def test_of_many_elements_and_keys_the_rest_is_told_together() -> None:
    last = run(2, 1, 100, 30)
    many = [((0, n), "markdown", f"text {n}", 2) for n in range(MOST_ELEMENTS + 5)]
    keys = [
        StateWrite(2, 101, 1, f"k{n}", StateOp.SET, None, "1", "app.py", 1)
        for n in range(MOST_KEYS + 2)
    ]
    written = facts("Go", "a\nb", [run(1, 0, 12, 3), last], [*page(last, 1, many), *keys])
    found = beats(written)

    assert [beat.kind for beat in found].count(BeatKind.ELEMENT) == MOST_ELEMENTS
    assert [beat.kind for beat in found].count(BeatKind.KEY) == MOST_KEYS
    assert [beat.text for beat in found if beat.kind is BeatKind.MORE] == [
        f"2 more changes of session state: k{MOST_KEYS}, k{MOST_KEYS + 1}.",
        "5 more elements are drawn: markdown, markdown, markdown, ….",
    ]


def test_one_more_than_the_most_is_told_in_full() -> None:
    last = run(2, 1, 100, 30)
    many = [((0, n), "markdown", f"text {n}", 2) for n in range(MOST_ELEMENTS + 1)]
    found = beats(facts("Go", "a\nb", [run(1, 0, 12, 3), last], page(last, 1, many)))
    assert [beat.kind for beat in found].count(BeatKind.ELEMENT) == MOST_ELEMENTS + 1


def test_of_a_long_chain_the_ends_are_told() -> None:
    def chained(n: int) -> object:
        by = {} if n == 2 else {"trigger_type": TriggerType.RERUN, "trigger": n - 1}
        end = Outcome.COMPLETED if n == 3001 else Outcome.RERUN
        return run(n, 1, 10 * n, 3, outcome=end, **by)

    runs = [run(1, 0, 2, 3), *(chained(n) for n in range(2, 3002))]
    found = beats(facts("Go", "a", runs, lines(2, 1)))  # type: ignore[arg-type]

    assert f"{3000 - RUNS_BEFORE - RUNS_AFTER:,} more runs in between." in texts(found)
    assert found[-1].run == 3001
    assert len(found) < 2 * (RUNS_BEFORE + RUNS_AFTER) + 4


def rows(*variants: RecordingFacts) -> list[list[str]]:
    table = aligned([beats(variant) for variant in variants])
    return [["…" if beat is None else beat.kind.value for beat in row.beats] for row in table]


def test_alike_beats_stand_in_one_row() -> None:
    assert rows(RERUN, CALLBACK, CONTAINER) == [
        ["arrives", "arrives", "arrives"],
        ["…", "callback", "…"],
        ["…", "key", "…"],
        ["run_starts", "run_starts", "run_starts"],
        ["element", "…", "…"],
        ["…", "…", "place"],
        ["element", "…", "element"],
        ["halted", "…", "…"],
        ["element", "element", "element"],
        ["element", "element", "…"],
        ["run_ends", "run_ends", "run_ends"],
    ]


def test_nobody_s_order_changes_and_nothing_is_lost() -> None:
    variants = [beats(each) for each in (RERUN, CALLBACK, CONTAINER, RERUN)]
    table = aligned(variants)
    for place, own in enumerate(variants):
        assert [row.beats[place] for row in table if row.beats[place] is not None] == own
    assert all(any(row.beats) for row in table)
    assert table[0].name == "the click"


def test_the_same_variant_twice_never_waits() -> None:
    own = beats(RERUN)
    assert [row.beats for row in aligned([own, own])] == [(beat, beat) for beat in own]


def test_a_variant_without_the_interaction_waits_all_along() -> None:
    own = beats(RERUN)
    assert [row.beats for row in aligned([own, [], own])] == [(beat, None, beat) for beat in own]
    assert aligned([[], []]) == []


def test_the_change_of_a_key_outweighs_what_was_drawn() -> None:
    key = Beat(BeatKind.KEY, 1, 1, "", "", "value")
    drawn = Beat(BeatKind.ELEMENT, 1, 1, "", "", "heading", "Title")
    assert likeness(key, key) > likeness(drawn, drawn) > likeness(drawn, replace(drawn, label="B"))
    assert likeness(drawn, replace(drawn, about="button")) == 0
    assert likeness(key, drawn) == 0
    table = aligned([[drawn, key], [key, drawn]])
    assert [[bool(beat) for beat in row.beats] for row in table] == [
        [True, False],
        [True, True],
        [False, True],
    ]
