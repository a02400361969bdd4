"""The flow graph as DOT text for Graphviz. Pure: nothing is rendered here.

Shape and text carry the meaning: a dashed box did not run, a thick one ended a run, a box with
pointed sides decides on a widget's value, a dotted arrow is a call, a dashed one leads to what did
not run, and says why.
"""

from __future__ import annotations

from rerun_trace.tracer.analysis.flow import FlowEdge, FlowGraph, FlowKind, FlowLink, FlowNode
from rerun_trace.tracer.render.causes_dot import digraph, plain
from rerun_trace.tracer.words.outcomes import SYMBOLS

_SHAPES = {
    FlowKind.RAN: "box",
    FlowKind.DECISION: "hexagon",
    FlowKind.UNREACHED: "box",
    FlowKind.SUMMARY: "box3d",
    FlowKind.END: "cds",
}


def flow_dot(graph: FlowGraph, *, links: bool = True) -> str:
    """DOT text: the script from top to bottom, every function in a frame of its own.

    With `links`, nodes say what they stand for: `?file=1&lines=3,4` or, of an end, `?end`.
    """
    dot = digraph("flow", rankdir="TB", nodesep="0.3", ranksep="0.3")
    for number, title in graph.clusters.items():
        with dot.subgraph(name=f"cluster_{number}") as cluster:
            cluster.attr(
                label=plain([title]),
                style="rounded",
                color="#66707a",
                fontname="Helvetica",
                fontsize="10",
                labeljust="l",
                **{"class": "function"},
            )
            for node in graph.nodes:
                if node.cluster == number:
                    cluster.node(node.id, **_look(node), **_link(node, graph, links))
    for node in graph.nodes:
        if node.cluster is None:
            dot.node(node.id, **_look(node), **_link(node, graph, links))
    for edge in graph.edges:
        dot.edge(edge.source, edge.target, **_line(edge))
    for number, note in enumerate(graph.notes):
        look = {"shape": "plaintext", "class": "note", "style": ""}
        dot.node(f"note-{number}", label=plain(wrapped(note)), **look)
    return str(dot.source)


def flow_label(node: FlowNode) -> list[str]:
    """The node's lines of text; what ended a run, and how, is said in words and by a sign."""
    lines = list(node.lines)
    if node.outcome is not None:
        lines[0] = f"{SYMBOLS[node.outcome]} {lines[0]}"
    if node.halts:
        lines.append("a run ended here")
    return lines


def edge_label(edge: FlowEdge) -> str:
    """How often; and what the arrow means, when it is not simply the next statement."""
    times = f"{edge.answer} ×{edge.count:,}".lstrip()
    match edge.kind:
        case FlowLink.CALL:
            return f"calls {times}"
        case FlowLink.UNTAKEN:
            return ": ".join(filter(None, (edge.answer, edge.where or "not taken")))
        case FlowLink.GAP:
            return f"later {times}"
        case _:
            return f"{times} {edge.where}".rstrip()


def wrapped(note: str, width: int = 42) -> list[str]:
    """A sentence in lines of at most `width` characters."""
    lines = [""]
    for word in note.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _look(node: FlowNode) -> dict[str, str]:
    look = {
        "id": node.id,
        "label": plain(flow_label(node)),
        "tooltip": plain(node.lines),
        "shape": _SHAPES[node.kind],
        "class": f"flow-{node.kind.value}",
        "style": "filled",
    }
    if node.kind is FlowKind.UNREACHED:
        look["style"] = "filled,dashed"
    if node.outcome is not None:
        look["class"] += f" outcome-{node.outcome.value}"
        look["margin"] = "0.2,0.12"
    if node.halts:
        look["class"] += " halts"
        look["style"] = "filled,bold"
        look["peripheries"] = "2"
    return look


def _link(node: FlowNode, graph: FlowGraph, links: bool) -> dict[str, str]:
    if not links or node.kind is FlowKind.UNREACHED:
        return {}
    if node.kind is FlowKind.END:
        return {"URL": "?end"}
    return {"URL": f"?file={graph.file_no}&lines={','.join(map(str, node.statements))}"}


def _line(edge: FlowEdge) -> dict[str, str]:
    line = {"label": plain([edge_label(edge)]), "class": f"link-{edge.kind.value}"}
    match edge.kind:
        case FlowLink.CALL | FlowLink.GAP:
            line["style"] = "dotted"
        case FlowLink.UNTAKEN:
            line |= {"style": "dashed", "arrowhead": "empty"}
        case FlowLink.END:
            line["style"] = "bold"
    return line
