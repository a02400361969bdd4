"""The flow graph: what followed what, what never ran, where runs ended; records made by hand."""

from __future__ import annotations

import time
from dataclasses import replace

from rerun_trace.tracer.analysis.flow import (
    FlowGraph,
    FlowKind,
    FlowLink,
    FlowNode,
    build_flow,
    choose,
)
from rerun_trace.tracer.analysis.flow_counts import FlowRun
from rerun_trace.tracer.model import (
    CodeBlock,
    ContainerWrite,
    Frame,
    LineCount,
    Outcome,
    RunKind,
    ScriptRun,
    Source,
    Step,
    StepChunk,
    TriggerType,
    WriteKind,
)

TEXT = """\
import streamlit as st
title = "Title"
if st.button("Foo"):
    title = "Foo"
    st.rerun()
    st.caption("done")
else:
    st.caption("no")
for n in range(2):
    st.write(n)
def f():
    x = 1
    return x
"""
SOURCE = Source(
    1,
    "app.py",
    TEXT,
    "the app's script",
    (CodeBlock("<module>", 1, (1, 2, 3, 4, 5, 6, 8, 9, 10, 11)), CodeBlock("f", 11, (12, 13))),
)
PLAIN = (1, 2, 3, 8, 9, 10, 9, 10, 9, 11)


def run(n: int, **change: object) -> ScriptRun:
    base = ScriptRun(n, 1, RunKind.APP, TriggerType.INTERACTION, n, n, "app.py", n * 10)
    return replace(base, **{"outcome": Outcome.COMPLETED, **change})  # type: ignore[arg-type]


def walked(record: ScriptRun, *lines: int, counts: tuple[LineCount, ...] = ()) -> FlowRun:
    """A run whose module executed `lines`."""
    steps = [Step(at, 1, line, 1) for at, line in enumerate(lines)]
    return FlowRun(
        record, StepChunk(record.n, 1, steps, [Frame(1, 0, "<module>", 1, 0, 0)]), counts
    )


def halted(n: int) -> FlowRun:
    record = run(n, outcome=Outcome.RERUN, halted_file="app.py", halted_line=5)
    return walked(record, 1, 2, 3, 4, 5)


def node(graph: FlowGraph, id: str) -> FlowNode:
    return next(item for item in graph.nodes if item.id == id)


def edges(graph: FlowGraph, kind: FlowLink) -> dict[tuple[str, str], int]:
    return {(e.source, e.target): e.count for e in graph.edges if e.kind is kind}


def test_statements_that_always_ran_together_are_one_node() -> None:
    graph = build_flow(SOURCE, [walked(run(1), *PLAIN), halted(2)])

    assert node(graph, "b0-1").lines == (
        "lines 1–3  ×2",
        "import streamlit as st",
        'title = "Title"',
        'if st.button("Foo"):',
    )
    assert edges(graph, FlowLink.NEXT) == {
        ("b0-1", "b0-8"): 1,
        ("b0-1", "b0-4"): 1,
        ("b0-8", "b0-9"): 1,
        ("b0-9", "b0-10"): 2,
        ("b0-10", "b0-9"): 2,
        ("b0-9", "b0-11"): 1,
    }


def test_what_never_ran_hangs_where_it_would_have_come() -> None:
    graph = build_flow(SOURCE, [walked(run(1), *PLAIN)])
    never = [item.id for item in graph.nodes if item.kind is FlowKind.UNREACHED]

    assert never == ["b0-4", "b1-12"]
    assert node(graph, "b0-4").lines[0] == "lines 4–6"
    assert node(graph, "b0-4").lines[-1] == "not run"
    assert edges(graph, FlowLink.UNTAKEN) == {("b0-1", "b0-4"): 0}
    assert graph.clusters == {0: "app.py, from the top ×1", 1: "f, not run"}


def test_a_halted_run_leads_to_its_end_and_the_rest_is_not_run() -> None:
    graph = build_flow(SOURCE, [halted(1), halted(2)])

    assert node(graph, "b0-4").halts
    assert not node(graph, "b0-1").halts
    assert node(graph, "end-rerun").lines == ("halted by a rerun ×2",)
    assert edges(graph, FlowLink.END) == {("b0-4", "end-rerun"): 2}
    assert edges(graph, FlowLink.UNTAKEN) == {
        ("b0-4", "b0-6"): 0,  # after the rerun
        ("b0-1", "b0-8"): 0,  # the other branch
        ("b0-1", "b0-9"): 0,  # after the whole `if`
    }


def test_every_outcome_has_an_end_of_its_own() -> None:
    for outcome in Outcome:
        record = run(1, outcome=outcome, halted_file="app.py", halted_line=3)
        graph = build_flow(SOURCE, [walked(record, 1, 2, 3)])
        found = [item.outcome for item in graph.nodes if item.kind is FlowKind.END]
        without = (Outcome.RUNNING, Outcome.COMPILE_ERROR)
        assert found == ([] if outcome in without else [outcome])


def test_a_run_that_ended_in_another_file_says_where() -> None:
    record = run(1, outcome=Outcome.ERROR, halted_file="helper.py", halted_line=7)
    graph = build_flow(SOURCE, [walked(record, 1, 2)])
    (end,) = (edge for edge in graph.edges if edge.kind is FlowLink.END)
    assert (end.source, end.where) == ("b0-1", "in helper.py line 7")


def test_calls_are_arrows_and_what_follows_is_of_the_same_call() -> None:
    steps = [Step(0, 1, 11, 1), Step(1, 1, 1, 1), Step(2, 1, 12, 2), Step(3, 1, 13, 2)]
    steps += [Step(4, 1, 12, 3), Step(5, 1, 13, 3), Step(6, 1, 2, 1)]
    frames = [
        Frame(1, 0, "<module>", 1, 0, 0),
        Frame(2, 1, "f", 1, 11, 0),
        Frame(3, 1, "f", 1, 11, 0),
    ]
    graph = build_flow(SOURCE, [FlowRun(run(1), StepChunk(1, 1, steps, frames))])

    assert edges(graph, FlowLink.CALL) == {("b0-1", "b1-12"): 2}
    assert node(graph, "b1-12").hits == 2
    assert graph.clusters[1] == "f ×2"
    assert edges(graph, FlowLink.END) == {("b0-1", "end-completed"): 1}


def test_where_the_budget_left_steps_out_no_arrow_claims_to_be_the_next() -> None:
    counts = (LineCount(1, "app.py", 9, 3, True), LineCount(1, "app.py", 10, 3, True))
    lines = (1, 2, 3, 8, 9, 10, 9, 10, 9, 10, 11)  # the last turns of the loop are missing
    graph = build_flow(SOURCE, [walked(run(1), *lines, counts=counts)])

    assert edges(graph, FlowLink.GAP) == {("b0-10", "b0-11"): 1}
    assert node(graph, "b0-9").lines[0] == "line 9  ×3+"


def test_line_counts_say_what_ran_when_no_steps_are_there() -> None:
    counts = tuple(LineCount(1, "app.py", line, 1) for line in (1, 2, 3))
    graph = build_flow(SOURCE, [walked(run(1), counts=counts)])
    assert [item.hits for item in graph.nodes[:3]] == [1, 1, 1]
    assert "No steps" in build_flow(SOURCE, [walked(run(1))]).notes[-1]


def test_a_source_that_this_python_cannot_parse_is_drawn_in_line_order() -> None:
    source = replace(SOURCE, text=TEXT.replace("else:", "otherwise:"))
    graph = build_flow(source, [halted(1)])
    assert edges(graph, FlowLink.UNTAKEN) == {("b0-1", "b0-6"): 0}


def test_runs_of_the_newest_text_are_chosen_and_the_rest_is_said() -> None:
    edited = replace(SOURCE, file_no=2, since_run=3)
    runs = [run(1), run(2), run(3), run(4, detailed=False), run(5)]
    choice = choose(runs, [SOURCE, edited])

    assert choice.source is edited
    assert [item.n for item in choice.runs] == [3, 5]
    assert choice.notes == (
        "1 run without recorded steps (budget)",
        "2 runs of another script, or of another version of this one, not drawn",
    )
    assert choose([], [SOURCE]).source is None


def test_steps_of_few_runs_are_read() -> None:
    runs = [run(n, steps=10) for n in range(1, 5001)]
    choice = choose(runs, [SOURCE])
    assert [item.n for item in choice.runs] == [*range(1, 51), *range(4951, 5001)]
    assert choice.notes == ("drawn from 100 of 5,000 runs, the first and the last",)
    assert [r.n for r in choose(runs, [SOURCE], max_steps=25).runs] == [1, 5000]
    assert [r.n for r in choose(runs, [SOURCE], max_steps=5).runs] == [5000]


def test_a_long_script_stays_small_and_fast() -> None:
    blocks = [CodeBlock("<module>", 1, tuple(range(1, 3001)))]
    blocks += [CodeBlock(f"f{n}", 3000 + 2 * n, (3001 + 2 * n,)) for n in range(300)]
    source = Source(1, "app.py", "x\n" * 4000, "the app's script", tuple(blocks))
    lines = [line for start in range(1, 3000, 2) for line in (start, start + 1, start)]
    begin = time.process_time()
    graph = build_flow(source, [walked(run(n), *lines) for n in range(1, 41)])

    assert time.process_time() - begin < 5
    assert len(graph.nodes) <= 120
    assert any("drawn as one" in note for note in graph.notes)
    assert node(graph, "not-run").lines[0] == "300 functions not run"
    assert all(edge.source != edge.target for edge in graph.edges)


def test_too_many_functions_are_left_out_with_a_note() -> None:
    blocks = tuple(CodeBlock(f"f{n}", n, (n,)) for n in range(1, 301))
    source = Source(1, "app.py", "x\n" * 301, "the app's script", blocks)
    counts = tuple(LineCount(1, "app.py", n, 1) for n in range(1, 301))
    graph = build_flow(source, [walked(run(1), counts=counts)])
    assert len(graph.nodes) <= 120
    assert graph.notes == ("186 functions not drawn: there are too many",)


def test_after_a_loop_that_was_cut_short_the_arrows_are_sure_again() -> None:
    text = "for n in x:\n    y(n)\na = 1\nif a:\n    b = 2\nc = 3\n"
    source = replace(SOURCE, text=text, blocks=(CodeBlock("<module>", 1, (1, 2, 3, 4, 5, 6)),))
    counts = (LineCount(1, "app.py", 1, 400, True), LineCount(1, "app.py", 2, 400, True))
    graph = build_flow(source, [walked(run(1), 1, 2, 1, 2, 3, 4, 6, counts=counts)])

    assert edges(graph, FlowLink.GAP) == {("b0-2", "b0-3"): 1}
    assert edges(graph, FlowLink.NEXT)["b0-3", "b0-6"] == 1
    assert node(graph, "b0-3").lines[0] == "lines 3–4  ×1"


def drawn(line: int, value: str, label: str = "Foo", run: int = 1) -> ContainerWrite:
    kind = WriteKind.ELEMENT
    return ContainerWrite(
        *(run, 0, 0, 1, (0,), kind, "button", label, False, "app.py", line),
        widget_id="w",
        value=value,
    )


def with_writes(item: FlowRun, *writes: ContainerWrite) -> FlowRun:
    return replace(item, writes=writes)


def answers(graph: FlowGraph) -> dict[tuple[str, str], str]:
    return {(edge.source, edge.target): edge.answer for edge in graph.edges if edge.answer}


def test_a_branch_on_a_widget_is_a_node_of_its_own() -> None:
    runs = [
        with_writes(walked(run(1), *PLAIN), drawn(3, "False")),
        with_writes(walked(run(2), *PLAIN), drawn(3, "False")),
        with_writes(halted(3), drawn(3, "True")),
    ]
    graph = build_flow(SOURCE, runs)

    assert node(graph, "b0-1").lines[0] == "lines 1–2  ×3"
    decision = node(graph, "b0-3")
    assert decision.kind is FlowKind.DECISION
    assert decision.lines == (
        "line 3  ×3",
        'if st.button("Foo"):',
        "Foo: False ×2",
        "Foo: True ×1",
    )
    assert answers(graph) == {("b0-3", "b0-4"): "yes", ("b0-3", "b0-8"): "no"}


def test_of_one_run_the_value_stands_alone_and_the_other_branch_is_not_run() -> None:
    graph = build_flow(SOURCE, [with_writes(halted(1), drawn(3, "True"))])
    assert node(graph, "b0-3").lines[-1] == "Foo: True"
    # What comes behind the whole `if` is on neither side of it.
    assert answers(graph) == {("b0-3", "b0-4"): "yes", ("b0-3", "b0-8"): "no"}
    assert edges(graph, FlowLink.UNTAKEN)["b0-3", "b0-9"] == 0


HELD = """\
clicked = st.button("Foo")
again = st.button("Bar")
again = True
if clicked:
    x = 1
if again:
    x = 2
if st.text("t"): x = 3
if x:
    y = 1
"""


def test_a_name_that_holds_nothing_but_a_widgets_value_decides_too() -> None:
    blocks = (CodeBlock("<module>", 1, (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),)
    source = replace(SOURCE, text=HELD, blocks=blocks)
    lines = walked(run(1), 1, 2, 3, 4, 6, 7, 8, 9, 10)
    writes = (drawn(1, "False"), drawn(2, "True", "Bar"), drawn(8, "x"))
    graph = build_flow(source, [with_writes(lines, *writes)])

    found = [item.lines[1:] for item in graph.nodes if item.kind is FlowKind.DECISION]
    assert found == [("if clicked:", "Foo: False")]


def test_a_run_that_ends_at_the_decision_went_past_it() -> None:
    source = replace(SOURCE, text='if st.button("Foo"):\n    x = 1\n')
    source = replace(source, blocks=(CodeBlock("<module>", 1, (1, 2)),))
    graph = build_flow(source, [with_writes(walked(run(1), 1), drawn(1, "False"))])
    assert answers(graph) == {("b0-1", "end-completed"): "no", ("b0-1", "b0-2"): "yes"}
