"""`rerun-trace graph`: a recording's graphs as a picture or as text for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from ..db.store import TraceStore
from ..exporting.graph import GraphProblem, graph_text, svg
from ..web.models.graphs import LAST
from .options import UsageProblem, db_option, newest, record_number
from .terminal import say

_SUFFIXES = (".svg", ".dot", ".mmd")


@click.command()
@click.argument("recording", type=record_number, required=False)
@click.option(
    "--kind",
    type=click.Choice(["cause", "flow"]),
    default="cause",
    show_default=True,
    help="What caused what, or the control flow of the script.",
)
@click.option("--run", type=record_number, metavar="N", help="Only run N.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="A .svg picture (needs Graphviz), .dot or .mmd (Mermaid). Without it: DOT on stdout.",
)
@db_option
def graph(
    recording: int | None, kind: str, run: int | None, output: str | None, db: str | None
) -> None:
    """Draw RECORDING (a number from `list`; without it, the newest)."""
    suffix = Path(output).suffix.lower() if output else ".dot"
    if suffix not in _SUFFIXES:
        raise UsageProblem(f"{output}: the name must end in {', '.join(_SUFFIXES)}")
    with TraceStore.open(db, create=False) as store:
        recording = newest(store, recording)
        if run is not None:
            store.run(recording, run)  # or there is no such run
        window = (1, LAST) if run is None else (run, run)
        text = graph_text(store, recording, kind, window, as_mermaid=suffix == ".mmd")
    if output is None:
        say(text, nl=False)
        return
    data = svg(text) if suffix == ".svg" else text.encode()
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        raise GraphProblem(f"{output} cannot be written: {error.strerror}") from None
