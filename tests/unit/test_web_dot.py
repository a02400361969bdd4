"""DOT text of the cause graph: labels are the user's, and must stay plain text."""

from __future__ import annotations

import pytest

from rerun_trace.tracer.analysis.causes import CauseGraph, Edge, Node, NodeKind
from rerun_trace.tracer.model import Outcome
from rerun_trace.tracer.render.causes_dot import causes_dot

pytestmark = pytest.mark.first_row


def dot(*nodes: Node, edges: tuple[Edge, ...] = (), selected: int | None = None) -> str:
    return causes_dot(CauseGraph(nodes, edges), selected)


def test_a_run_node_can_be_selected_and_tells_its_outcome_by_text_and_shape() -> None:
    run = Node(
        "run-2", NodeKind.RUN, ("run 2", "halted at line 10"), 2, outcome=Outcome.RERUN, runs=(2,)
    )
    text = dot(run, selected=2)

    assert 'label="↻ run 2\\nhalted at line 10"' in text
    assert 'URL="?run=2"' in text
    assert 'class="run outcome-rerun holds-selected"' in text
    assert 'style="filled,rounded"' in text


def test_a_node_leads_to_its_moment() -> None:
    request = Node("request-2-0", NodeKind.REQUEST, ("st.rerun",), 2, step=17)
    assert 'URL="?run=2&step=17"' in dot(request)


def test_labels_are_never_markup_or_escape_sequences() -> None:
    for label, expected in [
        ("<b>bold</b>", 'label="<b>bold</b>"'),
        ('say "hi"', r'label="say \"hi\""'),
        (r"C:\new", r'label="C:\\new"'),
        ("two\nlines", 'label="two lines"'),
        ("x" * 100, f'label="{"x" * 43}…"'),
        ("node", 'label="node"'),
    ]:
        assert expected in dot(Node("a", NodeKind.INTERACTION, (label,))), label


def test_interactions_stand_in_one_column() -> None:
    nodes = (Node("a", NodeKind.INTERACTION, ("a",)), Node("b", NodeKind.INTERACTION, ("b",)))
    text = dot(*nodes, edges=(Edge("a", "b", "then", then=True),))

    assert "rank=same" in text
    assert "style=dotted" in text


def test_several_alike_ones_have_a_double_border() -> None:
    assert "peripheries=2" in dot(Node("a", NodeKind.INTERACTION, ("a",), count=5))
    assert "peripheries" not in dot(Node("a", NodeKind.INTERACTION, ("a",)))
