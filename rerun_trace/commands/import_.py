"""`rerun-trace import`: recordings that somebody exported, into this database."""

from __future__ import annotations

from pathlib import Path

import click

from ..db.exchange.rtrace import LIMIT
from ..db.store import TraceStore
from ..importing import import_file
from .options import db_option
from .terminal import say

_MB = 10**6


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--max-size",
    type=click.IntRange(1, 1_000_000),
    default=LIMIT // _MB,
    show_default=True,
    metavar="MB",
    help="The most that a file may unpack to.",
)
@db_option
def import_files(files: tuple[str, ...], max_size: int, db: str | None) -> None:
    """Take the recordings of FILE (a .rtrace file of `export`) into this database."""
    with TraceStore.open(db) as store:
        for file in files:
            found = import_file(store, Path(file), max_size * _MB)
            for info in found.recordings:
                variant = f" ({info.variant})" if info.variant else ""
                say(f"{file}: recording {info.id} {info.app}{variant}")
            for comparison in found.comparisons:
                say(f"{file}: comparison {comparison}")
