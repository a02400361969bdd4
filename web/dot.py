"""The cause graph as DOT text for Graphviz. Pure: nothing is rendered here.

Shape and text carry the meaning; the page's style sheet adds colour through the `class` names.
"""

from __future__ import annotations

import graphviz

from rerun_trace.tracer.analysis.causes import CauseGraph, Node, NodeKind
from rerun_trace.tracer.model import Outcome
from rerun_trace.web.words import shorten

_LONGEST_LINE = 44  # characters; longer ones would make one node dominate the picture

_SHAPES = {
    NodeKind.INTERACTION: "box",
    NodeKind.CALLBACK: "component",
    NodeKind.RUN: "box",
    NodeKind.REQUEST: "cds",
    NodeKind.HALTED: "note",
    NodeKind.WRITES: "folder",
    NodeKind.ERROR: "octagon",
    NodeKind.OMITTED: "plaintext",
}

_SYMBOLS = {
    Outcome.RUNNING: "◌",
    Outcome.COMPLETED: "✓",
    Outcome.RERUN: "↻",
    Outcome.SWITCHED: "⇢",
    Outcome.STOPPED: "■",
    Outcome.SUPERSEDED: "»",
    Outcome.ERROR: "✕",
    Outcome.COMPILE_ERROR: "✕",
}


def causes_dot(graph: CauseGraph, selected: int | None = None) -> str:
    """DOT text: interactions in a column from top to bottom, what each caused to its right.

    The node that stands for run `selected` among others gets the class `holds-selected`.
    """
    dot = graphviz.Digraph(
        "causes",
        graph_attr={
            "rankdir": "LR",
            "bgcolor": "transparent",
            "nodesep": "0.18",
            "ranksep": "0.35",
            "pad": "0.2",
        },
        node_attr={
            "fontname": "Helvetica",
            "fontsize": "11",
            "height": "0.3",
            "margin": "0.15,0.07",
            "color": "#66707a",
            "style": "filled",
            "fillcolor": "white",
        },
        edge_attr={
            "fontname": "Helvetica",
            "fontsize": "9",
            "color": "#66707a",
            "arrowsize": "0.7",
        },
    )
    column = [n for n in graph.nodes if n.kind in (NodeKind.INTERACTION, NodeKind.OMITTED)]
    for node in graph.nodes:
        _add(dot, node, selected)
    if len(column) > 1:
        with dot.subgraph() as rank:
            rank.attr(rank="same")
            for node in column:
                rank.node(node.id)
    for edge in graph.edges:
        if edge.then:  # what came next, not what was caused
            dot.edge(
                edge.source, edge.target, style="dotted", arrowhead="none", **{"class": "then"}
            )
        else:
            dot.edge(edge.source, edge.target, label=_text([edge.label]) if edge.label else None)
    return str(dot.source)


def _add(dot: graphviz.Digraph, node: Node, selected: int | None) -> None:
    attributes = {
        "id": node.id,
        "shape": _SHAPES[node.kind],
        "class": node.kind.value,
        "tooltip": _text(node.lines),
        "style": "filled",
    }
    lines = list(node.lines)
    if node.kind is NodeKind.RUN and node.outcome is not None:
        lines[0] = f"{_SYMBOLS[node.outcome]} {lines[0]}"
        attributes["class"] += f" outcome-{node.outcome.value}"
    if node.kind in (NodeKind.RUN, NodeKind.INTERACTION):
        attributes["style"] = "filled,rounded" if node.kind is NodeKind.RUN else "filled,bold"
    if node.kind is NodeKind.HALTED or node.outcome is Outcome.RUNNING:
        attributes["style"] = "filled,dashed"
    if node.kind is NodeKind.REQUEST:
        attributes["margin"] = "0.2,0.12"  # its pointed side would cut through the text
    if node.count > 1 and node.kind is not NodeKind.WRITES:
        attributes["peripheries"] = "2"  # a double border: several alike ones
    if selected in node.runs:
        attributes["class"] += " holds-selected"
    if node.run is not None:
        attributes["URL"] = f"?run={node.run}"
    dot.node(node.id, label=_text(lines), **attributes)


def _text(lines: tuple[str, ...] | list[str]) -> str:
    """Lines of plain text as a DOT string: no escape sequence or HTML of the user's has meaning."""
    escaped = (str(graphviz.escape(shorten(line, _LONGEST_LINE))) for line in lines)
    return graphviz.nohtml("\\n".join(escaped))  # type: ignore[no-any-return]
