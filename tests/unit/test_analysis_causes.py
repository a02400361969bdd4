"""The cause graph: what caused what, and how it stays small. Records are made by hand."""

from __future__ import annotations

import time
from dataclasses import replace

from rerun_trace.tracer.analysis.causes import (
    CauseGraph,
    Facts,
    Node,
    NodeKind,
    WriteCounts,
    build_causes,
)
from rerun_trace.tracer.model import (
    Callback,
    Interaction,
    InteractionKind,
    Outcome,
    RerunRequest,
    RunError,
    RunKind,
    ScriptRun,
    TriggerType,
)


def click(n: int) -> Interaction:
    return Interaction(n, 1, n * 100, InteractionKind.WIDGET, {"click": "Foo"})


def run(n: int, interaction: int, **change: object) -> ScriptRun:
    trigger = TriggerType.INTERACTION
    base = ScriptRun(n, 1, RunKind.APP, trigger, interaction, interaction, "app.py", n * 10)
    return replace(base, **{"outcome": Outcome.COMPLETED, **change})  # type: ignore[arg-type]


def rerun(n: int, interaction: int, **change: object) -> ScriptRun:
    return run(n, interaction, trigger_type=TriggerType.RERUN, trigger=n - 1, **change)


HALT = {"outcome": Outcome.RERUN, "halted_file": "app.py", "halted_line": 10}


def request(n: int, **change: object) -> RerunRequest:
    base = RerunRequest(n, n * 10 + 5, 3, "app.py", 10, "<module>", "app", True)
    return replace(base, **change)  # type: ignore[arg-type]


def node(graph: CauseGraph, id: str) -> Node:
    return next(item for item in graph.nodes if item.id == id)


def arrows(graph: CauseGraph) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph.edges if not edge.then}


def test_a_halted_run_causes_the_next_through_its_request() -> None:
    facts = Facts(
        [click(1)],
        [run(2, 1, **HALT), rerun(3, 1)],
        {1: "click Foo"},
        requests=[request(2)],
        writes={2: WriteCounts(discarded=2), 3: WriteCounts(delivered=1, out_of_order=1)},
    )
    graph = build_causes(facts)

    assert arrows(graph) == {
        ("interaction-1", "run-2"),
        ("run-2", "writes-2"),
        ("run-2", "halted-2"),
        ("run-2", "request-2-0"),
        ("request-2-0", "run-3"),
        ("run-3", "writes-3"),
    }
    assert node(graph, "interaction-1").lines == ("click Foo", "interaction 1")
    assert node(graph, "run-2").lines == ("run 2", "halted by a rerun at line 10")
    assert node(graph, "writes-2").lines == ("2 elements", "2 discarded")
    assert node(graph, "writes-3").lines == ("1 element", "1 out of order")


def test_a_callback_stands_between_the_interaction_and_its_run() -> None:
    callback = Callback(2, "update", "app.py", 3, 0, 1, 1)
    graph = build_causes(Facts([click(1)], [run(2, 1)], callbacks=[callback]))

    assert arrows(graph) == {("interaction-1", "callback-2-0"), ("callback-2-0", "run-2")}


def test_a_refused_request_starts_nothing_and_an_error_is_shown() -> None:
    facts = Facts(
        [click(1)],
        [run(2, 1, outcome=Outcome.ERROR, halted_line=4)],
        requests=[request(2, allowed=False, scope="fragment")],
        errors=[RunError(2, 0, 0, "ValueError", "no", "", "app.py", 4)],
    )
    graph = build_causes(facts)

    assert node(graph, "request-2-0").lines[-1] == "refused"
    assert node(graph, "error-2-0").lines == ("ValueError", "line 4")
    assert not any(source == "request-2-0" for source, _ in arrows(graph))


def test_an_interaction_without_a_run_says_so() -> None:
    graph = build_causes(Facts([click(1), click(2)], [run(2, 2)]))
    assert "no run of its own" in node(graph, "interaction-1").lines
    assert [edge.then for edge in graph.edges] == [True, False]


def test_a_long_chain_of_alike_runs_becomes_one_node() -> None:
    runs = [run(1, 0), *(rerun(n, 0, **HALT) for n in range(2, 5001)), rerun(5001, 0)]
    requests = [request(n) for n in range(2, 5001)]
    graph = build_causes(Facts([click(0)], runs, requests=requests))

    chain = node(graph, "run-2")
    assert (chain.first, chain.last, chain.count) == (2, 5000, 4999)
    assert chain.lines[0] == "run 2 … 5,000  ×4,999"
    assert ("request-2-0", "run-5001") in arrows(graph)


def test_interactions_in_a_row_that_are_alike_become_one_row() -> None:
    runs = [each for n in range(1, 101) for each in (run(2 * n, n, **HALT), rerun(2 * n + 1, n))]
    graph = build_causes(Facts([click(n) for n in range(1, 101)], runs))

    assert node(graph, "interaction-1").count == 100
    assert node(graph, "run-2").runs == tuple(range(2, 202, 2))
    assert [item.kind for item in graph.nodes].count(NodeKind.RUN) == 2


def test_unlike_interactions_are_left_out_in_the_middle_but_the_wanted_run_stays() -> None:
    interactions = [click(n) for n in range(5000)]
    titles = {n: f"click {n}" for n in range(5000)}
    runs = [run(n + 1, n) for n in range(5000)]
    start = time.process_time()
    graph = build_causes(Facts(interactions, runs, titles), keep=2500)

    assert time.process_time() - start < 1
    assert len(graph.nodes) < 120
    assert node(graph, "run-2500").run == 2500
    assert {"run-1", "run-5000"} <= {item.id for item in graph.nodes}
    left_out = [item for item in graph.nodes if item.kind is NodeKind.OMITTED]
    assert (
        sum(item.count for item in left_out)
        + sum(item.count for item in graph.nodes if item.kind is NodeKind.INTERACTION)
        == 5000
    )


def test_a_callback_that_asked_for_a_rerun_is_not_followed_by_the_script() -> None:
    callback = Callback(2, "again", "app.py", 3, 0, 1, 1)
    asked = replace(request(2), line=4, function="again")
    halted = run(2, 1, outcome=Outcome.RERUN)  # no line of the script ran: no halting line either
    graph = build_causes(Facts([click(1)], [halted], callbacks=[callback], requests=[asked]))

    assert [edge.label for edge in graph.edges if edge.target == "run-2"] == [""]
    assert node(graph, "run-2").lines[1] == "halted by a rerun at line 4"
