"""`rerun-trace doctor`: whether a recording can be made here, and if not, why."""

from __future__ import annotations

import platform
import sys

import click
from rich.markup import escape
from rich.table import Table

from ..db.engine import missing_file
from ..db.store import TraceStore
from ..tested import read_tested, say_tested
from ..tracer.capture.engines import choose_engine
from ..tracer.errors import RerunTraceError
from ..tracer.probes.codes import find_codes
from .options import db_option, engine_option
from .terminal import Screen

_OLDEST = (1, 40)


@click.command()
@db_option
@engine_option
def doctor(db: str | None, engine: str) -> None:
    """Check Python, Streamlit, the engine, the probes and the database."""
    import streamlit

    bad = 0
    table = Table(show_header=False, box=None, pad_edge=False)

    def row(name: str, ok: bool | None, text: str) -> None:
        nonlocal bad
        bad += ok is False
        table.add_row(
            {True: "[green]ok[/]", False: "[red]bad[/]", None: "[yellow]note[/]"}[ok],
            name,
            escape(text),
        )

    row("Python", sys.version_info >= (3, 11), f"{platform.python_version()} ({sys.executable})")
    version = tuple(int(part) for part in streamlit.__version__.split(".")[:2])
    row("Streamlit", version >= _OLDEST, f"{streamlit.__version__} (1.40 or newer is supported)")
    try:
        choice = choose_engine(engine)
        row("engine", True, f"{choice.engine.name}: {choice.reason}")
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        tested, text = say_tested(read_tested(), streamlit.__version__, python, choice.engine.name)
        row("tested", tested or None, text)
        holder = sys.gettrace()
        if holder is not None:
            row("engine", None, "sys.settrace is in use here (a debugger or a coverage tool)")
    except RerunTraceError as error:
        row("engine", False, str(error))
    found = find_codes()
    missing = [f for f in found.values() if f.code is None]
    row("probes", True, f"{len(found) - len(missing)} of {len(found)} found")
    for item in missing:
        text = f"{item.watched.places[0]} is not there: no {item.watched.gives}"
        row(f"probe {item.watched.name}", False if item.watched.needed else None, text)
    try:
        unmade = missing_file(db)
        if unmade is not None:  # to look is not to make one
            row("database", None, f"{unmade} is not there yet; the first recording makes it")
        else:
            with TraceStore.open(db, create=False) as store:
                row("database", True, f"{store.location}, {len(store.recordings())} recordings")
    except RerunTraceError as error:
        row("database", False, str(error))
    Screen().print(table)
    if bad:
        raise SystemExit(1)
