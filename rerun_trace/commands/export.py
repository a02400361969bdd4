"""`rerun-trace export`: recordings, or a comparison, as files that can be handed on."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

from ..db.store import TraceStore
from ..exporting.job import Choice, Export
from ..tracer.errors import RecordingNotFound
from .options import UsageProblem, db_option
from .progress import progress_on

_LARGEST = 2**31 - 1  # of every database's numbers

# A kind of file: how its name ends, and the module below `exporting` whose `write` makes it.
_WRITERS: dict[str, str] = {".html": "html"}


def writer_of(target: Path) -> Callable[[Export], None]:
    """What writes such a file. Raises UsageProblem when nothing does."""
    name = target.name.lower()
    for ending, module in _WRITERS.items():
        if name.endswith(ending):
            made_by = importlib.import_module(f"..exporting.{module}", __package__)
            write: Callable[[Export], None] = made_by.write
            return write
    raise UsageProblem(f"{target}: the name must end in {', '.join(_WRITERS)}")


def _window(text: str | None) -> tuple[int, int] | None:
    """Both ends of `3-12`, or of one run."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= last:
        raise UsageProblem(f"--runs {text}: name a run, or the first and the last one, as in 3-12")
    return first, last


@click.command()
@click.argument("recordings", type=click.IntRange(1, _LARGEST), nargs=-1)
@click.option("-o", "--output", metavar="FILE", required=True, help="The file; its name says what.")
@click.option("--comparison", type=click.IntRange(1, _LARGEST), metavar="N", help="Comparison N.")
@click.option("--title", help="The report's title.")
@click.option("--note", help="What its readers should know; stands at its beginning.")
@click.option("--no-replay", is_flag=True, help="Show pages as lists: a much smaller report.")
@click.option("--runs", metavar="A-B", help="Of these runs the contents; of all, the timeline.")
@click.option(
    "--max-size",
    type=click.IntRange(1, 10_000),
    metavar="MB",
    default=25,
    help="Leave out what is more (25).",
)
@db_option
def export(
    recordings: tuple[int, ...],
    output: str,
    comparison: int | None,
    title: str | None,
    note: str | None,
    no_replay: bool,
    runs: str | None,
    max_size: int,
    db: str | None,
) -> None:
    """Write RECORDINGS (numbers from `list`; without any, the newest) into a file to hand on."""
    target = Path(output)
    write = writer_of(target)
    window = _window(runs)
    with TraceStore.open(db, create=False) as store:
        if not recordings and comparison is None:
            latest = store.latest()
            if latest is None:
                raise RecordingNotFound(f"no recordings in {store.location} yet")
            recordings = (latest.id,)
        choice = Choice(title, note, not no_replay, window, max_size * 1_000_000)
        with progress_on(sys.stderr) as progress:
            write(Export(store, target, recordings, comparison, choice, progress))
