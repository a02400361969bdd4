"""`rerun-trace export`: recordings, or a comparison, as files that can be handed on."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import click

from ..db.store import TraceStore
from ..exporting.job import Choice, Export
from ..exporting.redacting import Wishes, redacted_copy
from ..tracer.errors import RecordingNotFound
from .options import UsageProblem, db_option

_LARGEST = 2**31 - 1  # of every database's numbers

# A kind of file: how its name ends, and the module below `exporting` whose `write` makes it.
_WRITERS: dict[str, str] = {".rtrace": "rtrace"}


def writer_of(target: Path) -> Callable[[Export], None]:
    """What writes such a file. Raises UsageProblem when nothing does."""
    name = target.name.lower()
    for ending, module in _WRITERS.items():
        if name.endswith(ending):
            made_by = importlib.import_module(f"..exporting.{module}", __package__)
            write: Callable[[Export], None] = made_by.write
            return write
    raise UsageProblem(f"{target}: the name must end in {', '.join(_WRITERS)}")


@click.command()
@click.argument("recordings", type=click.IntRange(1, _LARGEST), nargs=-1)
@click.option("-o", "--output", metavar="FILE", required=True, help="The file; its name says what.")
@click.option("--comparison", type=click.IntRange(1, _LARGEST), metavar="N", help="Comparison N.")
@click.option("--title", help="The report's title.")
@click.option(
    "--redact",
    "redacted",
    metavar="NAME",
    multiple=True,
    help="Mask every value that NAME had: a variable, state key, widget or query parameter.",
)
@click.option("--no-values", is_flag=True, help="Leave out the values of variables.")
@click.option("--no-source", is_flag=True, help="Leave out the text of the source files.")
@db_option
def export(
    recordings: tuple[int, ...],
    output: str,
    comparison: int | None,
    title: str | None,
    redacted: tuple[str, ...],
    no_values: bool,
    no_source: bool,
    db: str | None,
) -> None:
    """Write RECORDINGS (numbers from `list`; without any, the newest) into a file to hand on."""
    target = Path(output)
    write = writer_of(target)
    with TraceStore.open(db, create=False) as store:
        if not recordings and comparison is None:
            latest = store.latest()
            if latest is None:
                raise RecordingNotFound(f"no recordings in {store.location} yet")
            recordings = (latest.id,)
        wishes = Wishes(redacted, not no_values, not no_source)
        with redacted_copy(store, recordings, comparison, wishes) as (copy, summary):
            click.echo(f"{target.name}: {summary}", err=True)
            write(Export(copy.store, target, recordings, comparison, Choice(title=title)))
