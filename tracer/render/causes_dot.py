"""The cause graph as DOT text for Graphviz. Pure: nothing is rendered here.

Shape and text carry the meaning; the page's style sheet adds colour through the `class` names.
"""

from __future__ import annotations

from collections.abc import Sequence

import graphviz

from rerun_trace.tracer.analysis.causes import CauseGraph, Node, NodeKind
from rerun_trace.tracer.model import Outcome
from rerun_trace.tracer.words.outcomes import SYMBOLS
from rerun_trace.tracer.words.sentences import shorten

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


def causes_dot(graph: CauseGraph, selected: int | None = None, *, links: bool = True) -> str:
    """DOT text: interactions in a column from top to bottom, what each caused to its right.

    The node that stands for run `selected` among others gets the class `holds-selected`. With
    `links`, nodes lead to their moments in the page; in a file there is nothing to lead to.
    """
    dot = digraph("causes", rankdir="LR", nodesep="0.18", ranksep="0.35")
    column = [n for n in graph.nodes if n.kind in (NodeKind.INTERACTION, NodeKind.OMITTED)]
    for node in graph.nodes:
        _add(dot, node, selected, links)
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
            dot.edge(edge.source, edge.target, label=plain([edge.label]) if edge.label else None)
    return str(dot.source)


def digraph(name: str, **attributes: str) -> graphviz.Digraph:
    """An empty graph in the style that all graphs share."""
    font = {"fontname": "Helvetica", "color": "#66707a"}
    node = {"height": "0.3", "margin": "0.15,0.07", "style": "filled", "fillcolor": "white"}
    return graphviz.Digraph(
        name,
        graph_attr={"bgcolor": "transparent", "pad": "0.2", **attributes},
        node_attr=font | {"fontsize": "11", **node},
        edge_attr=font | {"fontsize": "9", "arrowsize": "0.7"},
    )


def _add(dot: graphviz.Digraph, node: Node, selected: int | None, links: bool) -> None:
    attributes = {
        "id": node.id,
        "shape": _SHAPES[node.kind],
        "class": node.kind.value,
        "tooltip": plain(node.lines),
        "style": "filled",
    }
    lines = list(node.lines)
    if node.kind is NodeKind.RUN and node.outcome is not None:
        lines[0] = f"{SYMBOLS[node.outcome]} {lines[0]}"
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
    if links and node.run is not None:
        step = "" if node.step is None else f"&step={node.step}"
        attributes["URL"] = f"?run={node.run}{step}"
    dot.node(node.id, label=plain(lines), **attributes)


def plain(lines: Sequence[str]) -> str:
    """Lines of plain text as a DOT string: no escape sequence or HTML of the user's has meaning."""
    escaped = (str(graphviz.escape(shorten(line, _LONGEST_LINE))) for line in lines)
    return graphviz.nohtml("\\n".join(escaped))  # type: ignore[no-any-return]
