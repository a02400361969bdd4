"""Both graphs as Mermaid flowcharts, for documents that draw them themselves. Pure text.

Labels are the user's: everything that could mean something to Mermaid, HTML or Markdown is written
as a character code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rerun_trace.tracer.analysis.causes import CauseGraph, NodeKind
from rerun_trace.tracer.analysis.flow import FlowGraph, FlowKind, FlowLink, FlowNode
from rerun_trace.tracer.model import Outcome
from rerun_trace.tracer.render.flow_dot import edge_label, flow_label, wrapped
from rerun_trace.tracer.words.outcomes import SYMBOLS
from rerun_trace.tracer.words.sentences import shorten

_LONGEST_LINE = 44
_PLAIN = frozenset(" .,:=+-/?!_…×–↻✓⇢■»✕◌")
_BOX = ("[", "]")
_SHAPES = {
    NodeKind.INTERACTION: ("([", "])"),
    NodeKind.CALLBACK: ("[[", "]]"),
    NodeKind.RUN: ("(", ")"),
    NodeKind.REQUEST: (">", "]"),
    NodeKind.WRITES: ("[/", "/]"),
    NodeKind.ERROR: ("{{", "}}"),
}
_FLOW_SHAPES = {
    FlowKind.END: ("([", "])"),
    FlowKind.SUMMARY: ("[[", "]]"),
    FlowKind.DECISION: ("{{", "}}"),
}
_ARROWS = {
    FlowLink.NEXT: "-->",
    FlowLink.GAP: "-.->",
    FlowLink.CALL: "-.->",
    FlowLink.END: "==>",
    FlowLink.UNTAKEN: "-.-x",
}
_STYLES = (
    "  classDef dashed stroke-dasharray: 5 4",
    "  classDef thick stroke-width: 3px",
)


def causes_mermaid(graph: CauseGraph) -> str:
    """The cause graph as Mermaid text."""
    names = _names(node.id for node in graph.nodes)
    text = ["flowchart LR"]
    for node in graph.nodes:
        lines = list(node.lines)
        if node.kind is NodeKind.RUN and node.outcome is not None:
            lines[0] = f"{SYMBOLS[node.outcome]} {lines[0]}"
        dashed = node.kind in (NodeKind.HALTED, NodeKind.OMITTED)
        dashed = dashed or node.outcome is Outcome.RUNNING
        look = ":::dashed" if dashed else ""
        text.append(f"  {_node(names[node.id], lines, _SHAPES.get(node.kind, _BOX))}{look}")
    for edge in graph.edges:
        label = f'|"{_escape(edge.label)}"|' if edge.label else ""
        arrow = "-.-" if edge.then else "-->"
        text.append(f"  {names[edge.source]} {arrow}{label} {names[edge.target]}")
    return "\n".join([*text, *_STYLES, ""])


def flow_mermaid(graph: FlowGraph) -> str:
    """The flow graph as Mermaid text; functions are subgraphs."""
    names = _names(node.id for node in graph.nodes)
    text = ["flowchart TB"]
    for number, title in graph.clusters.items():
        text.append(f'  subgraph f{number}["{_escape(title)}"]')
        text += [
            f"    {_flow_node(names[node.id], node)}"
            for node in graph.nodes
            if node.cluster == number
        ]
        text.append("  end")
    text += [
        f"  {_flow_node(names[node.id], node)}" for node in graph.nodes if node.cluster is None
    ]
    for edge in graph.edges:
        label = _escape(edge_label(edge))
        text.append(f'  {names[edge.source]} {_ARROWS[edge.kind]}|"{label}"| {names[edge.target]}')
    for number, note in enumerate(graph.notes):
        text.append(f"  {_node(f'note{number}', wrapped(note), _BOX)}:::dashed")
    return "\n".join([*text, *_STYLES, ""])


def _flow_node(name: str, node: FlowNode) -> str:
    shape = _FLOW_SHAPES.get(node.kind, _BOX)
    look = ":::dashed" if node.kind is FlowKind.UNREACHED else ":::thick" if node.halts else ""
    return _node(name, flow_label(node), shape) + look


def _names(ids: Iterable[str]) -> dict[str, str]:
    """Ids that are no words of Mermaid's, such as `end`."""
    return {id: f"n{number}" for number, id in enumerate(ids)}


def _node(name: str, lines: Sequence[str], shape: tuple[str, str]) -> str:
    label = "<br/>".join(_escape(line) for line in lines)
    return f'{name}{shape[0]}"{label}"{shape[1]}'


def _escape(text: str) -> str:
    return "".join(
        char if char in _PLAIN or char.isalnum() else f"#{ord(char)};"
        for char in shorten(text, _LONGEST_LINE).replace(
            "\\n", "\\\u200bn"
        )  # it breaks lines there
    )
