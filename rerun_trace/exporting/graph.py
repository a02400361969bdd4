"""A recording's graphs: what caused what, or the control flow of its script, as text or picture."""

from __future__ import annotations

import graphviz

from ..db.store import TraceStore
from ..tracer.errors import RerunTraceError
from ..tracer.render.causes_dot import causes_dot
from ..tracer.render.flow_dot import flow_dot
from ..tracer.render.mermaid import causes_mermaid, flow_mermaid
from ..web.models.graphs import LAST, cause_graph, flow_graph
from .job import Export, only_recording


class GraphProblem(RerunTraceError):
    """A graph cannot be drawn or written here."""


def write(export: Export) -> None:
    """Writes a `.mmd`, `.dot` or `.svg` file of one recording."""
    ending = export.target.suffix.lower()
    window = export.choice.runs or (1, LAST)
    id = only_recording(export)
    text = graph_text(export.store, id, export.choice.graph, window, ending == ".mmd")
    export.write(svg(text) if ending == ".svg" else text)


def graph_text(
    store: TraceStore, recording: int, kind: str, window: tuple[int, int], as_mermaid: bool
) -> str:
    """A graph of the runs in `window` as DOT or Mermaid text."""
    if kind == "flow":
        flow = flow_graph(store, recording, *window)
        return flow_mermaid(flow) if as_mermaid else flow_dot(flow, links=False)
    causes = cause_graph(store, recording, *window)
    return causes_mermaid(causes) if as_mermaid else causes_dot(causes, links=False)


def svg(dot: str) -> bytes:
    """What Graphviz draws of DOT text. Raises GraphProblem."""
    try:
        return bytes(graphviz.Source(dot).pipe(format="svg", quiet=True))
    except graphviz.ExecutableNotFound:
        raise GraphProblem(
            "a .svg needs the program `dot`: install Graphviz (https://graphviz.org/download), "
            "or take -o x.dot or -o x.mmd"
        ) from None
    except graphviz.CalledProcessError as error:
        words = " ".join(error.stderr.decode(errors="replace").split())
        raise GraphProblem(f"Graphviz failed: {words}") from None
