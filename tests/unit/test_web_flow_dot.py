"""DOT and Mermaid text of the graphs: labels are the user's, and must stay plain text."""

from __future__ import annotations

import re

import pytest

from rerun_trace.tracer.analysis.causes import CauseGraph, Edge, Node, NodeKind
from rerun_trace.tracer.analysis.flow import FlowEdge, FlowGraph, FlowKind, FlowLink, FlowNode
from rerun_trace.tracer.model import Outcome
from rerun_trace.tracer.render.causes_dot import causes_dot
from rerun_trace.tracer.render.flow_dot import flow_dot, wrapped
from rerun_trace.tracer.render.mermaid import causes_mermaid, flow_mermaid

pytestmark = pytest.mark.first_row

GRAPH = FlowGraph(
    "app.py, run 1",
    {0: "app.py", 1: 'f "x"'},
    (
        FlowNode("b0-1", FlowKind.RAN, ("line 1  ×2", 'st.write("<b>\\n")'), 0, 2, halts=True),
        FlowNode("b1-2", FlowKind.UNREACHED, ("line 2", "not run"), 1),
        FlowNode("end-rerun", FlowKind.END, ("halted by a rerun",), None, 2, Outcome.RERUN),
    ),
    (
        FlowEdge("b0-1", "b1-2", 0, FlowLink.UNTAKEN),
        FlowEdge("b0-1", "b0-1", 1234),
        FlowEdge("b0-1", "end-rerun", 2, FlowLink.END, "in h.py line 3"),
    ),
    ("drawn from 200 of 5,000 runs, the first and the last",),
)
ODD = ('say "hi"', "end", "`code`", "a]b|c", "#quot;", "<br/>", "x --> y;", "%% no", "\\n", "☃︎ é")


def test_shape_and_text_tell_what_ran() -> None:
    text = flow_dot(GRAPH)

    assert r'label="line 1 ×2\nst.write(\"<b>\\n\")\na run ended here"' in text
    assert 'peripheries=2 shape=box style="filled,bold"' in text
    assert 'class="flow-unreached"' in text
    assert 'style="filled,dashed"' in text
    assert 'label="↻ halted by a rerun"' in text
    assert 'label="not taken"' in text
    assert 'label="×1,234"' in text
    assert 'label="×2 in h.py line 3"' in text
    assert "subgraph cluster_1" in text
    assert r'label="f \"x\""' in text
    assert "drawn from 200 of 5,000 runs, the first" in text


def test_nodes_say_what_they_stand_for() -> None:
    ran = FlowNode("b0-3", FlowKind.RAN, ("lines 3–5",), 0, 1, statements=(3, 5))
    end = FlowNode("end-rerun", FlowKind.END, ("halted by a rerun",), outcome=Outcome.RERUN)
    unreached = FlowNode("b0-7", FlowKind.UNREACHED, ("line 7",), 0, statements=(7,))
    graph = FlowGraph("app.py", {0: "app.py"}, (ran, end, unreached), (), file_no=2)
    text = flow_dot(graph)

    assert 'URL="?file=2&lines=3,5"' in text
    assert 'URL="?end"' in text
    assert text.count("URL=") == 2  # what did not run has no moment
    assert "URL" not in flow_dot(graph, links=False)


def test_a_decision_has_its_own_shape_and_its_arrows_answer() -> None:
    nodes = (
        FlowNode("b0-1", FlowKind.DECISION, ("line 1", "if st.button(1):", "Foo: True"), 0, 1),
        FlowNode("b0-2", FlowKind.RAN, ("line 2",), 0, 1),
        FlowNode("b0-4", FlowKind.UNREACHED, ("line 4",), 0),
    )
    flow_edges = (
        FlowEdge("b0-1", "b0-2", 1, answer="yes"),
        FlowEdge("b0-1", "b0-4", 0, FlowLink.UNTAKEN, "branch not taken", "no"),
    )
    graph = FlowGraph("app.py", {0: "app.py"}, nodes, flow_edges)

    dot, mermaid = flow_dot(graph), flow_mermaid(graph)
    assert 'class="flow-decision" id="b0-1" shape=hexagon' in dot
    assert 'label="yes ×1"' in dot
    assert 'label="no: branch not taken"' in dot
    assert 'n0{{"line 1<br/>if st.button#40;1#41;:<br/>Foo: True"}}' in mermaid
    assert 'n0 -->|"yes ×1"| n1' in mermaid


def test_notes_are_folded() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("") == [""]


def test_a_file_has_no_links() -> None:
    graph = CauseGraph((Node("run-1", NodeKind.RUN, ("run 1",), 1, runs=(1,)),), ())
    assert "URL" in causes_dot(graph)
    assert "URL" not in causes_dot(graph, links=False)


def test_mermaid_of_the_flow() -> None:
    text = flow_mermaid(GRAPH)
    lines = [line.strip() for line in text.splitlines()]

    assert lines[0] == "flowchart TB"
    assert 'subgraph f1["f #34;x#34;"]' in lines
    assert 'n1["line 2<br/>not run"]:::dashed' in lines
    assert 'n2(["↻ halted by a rerun"])' in lines
    assert 'n0 -.-x|"not taken"| n1' in lines
    assert 'n0 ==>|"×2 in h.py line 3"| n2' in lines
    assert "st.write#40;#34;#60;b#62;#92;#8203;n#34;#41;" in text


def test_mermaid_labels_are_never_markup() -> None:
    nodes = tuple(Node(f"n-{n}", NodeKind.INTERACTION, (text,)) for n, text in enumerate(ODD))
    text = causes_mermaid(CauseGraph(nodes, (Edge("n-0", "n-1", 'by "x"'),)))
    labels = re.findall(r'^  n\d+\(\["(.*)"\]\)$', text, re.MULTILINE)

    assert len(labels) == len(ODD)
    for label, given in zip(labels, ODD, strict=True):
        assert not set(label) & set('"`|<>[]()\\%')
        assert re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label) == given.replace(
            "\\n", "\\\u200bn"
        )
    assert '  n0 -->|"by #34;x#34;"| n1' in text


def test_mermaid_of_causes_has_a_shape_for_each_kind() -> None:
    nodes = tuple(Node(kind.value, kind, ("x",)) for kind in NodeKind)
    text = causes_mermaid(CauseGraph(nodes, ()))
    assert 'n1[["x"]]' in text
    assert 'n3>"x"]' in text
    assert 'n4["x"]:::dashed' in text
