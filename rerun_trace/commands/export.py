"""`rerun-trace export`: recordings, or a comparison, as files that can be handed on."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from ..db.store import TraceStore
from ..exporting import folder, otlp
from ..exporting.job import Choice, Export
from ..exporting.redacting import Wishes, redacted_copy
from ..exporting.spans import Level
from ..tracer.errors import RecordingNotFound
from .options import UsageProblem, db_option, record_number
from .progress import progress_on
from .terminal import say

# A kind of file: how its name ends, and the module below `exporting` whose `write` makes it.
# The first that fits counts; `trace.json` ends in `.trace.json`, too.
_WRITERS: dict[str, str] = {
    ".html": "html",
    ".md": "story",
    ".pdf": "pdf",
    ".rtrace": "rtrace",
    ".trace.json": "chrome_trace",
    ".json": "facts_json",
    ".mmd": "graph",
    ".dot": "graph",
    ".svg": "graph",
}
_FORMATS = ("html", "rtrace", "json")


def writer_of(target: Path) -> Callable[[Export], None]:
    """What writes such a file. Raises UsageProblem when nothing does."""
    name = f".{target.name.lower()}"
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
@click.argument("recordings", type=record_number, nargs=-1)
@click.option("-o", "--output", metavar="FILE", help="The file; its name says what. Or a folder.")
@click.option("--comparison", type=record_number, metavar="N", help="Comparison N.")
@click.option("--all", "take_all", is_flag=True, help="All recordings.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    help="The kind of files in a folder. [default: html]",
)
@click.option("--title", help="The report's title.")
@click.option("--note", help="What its readers should know; stands at its beginning.")
@click.option("--no-replay", is_flag=True, help="Show pages as lists: a much smaller report.")
@click.option("--runs", metavar="A-B", help="Contents of these runs only; the timeline shows all.")
@click.option(
    "--max-size",
    type=click.IntRange(1, 10_000),
    metavar="MB",
    default=25,
    help="The largest that a report may be; the detail of further runs is left out.",
    show_default=True,
)
@click.option(
    "--graph",
    type=click.Choice(["flow", "cause"]),
    help="Which graph a .mmd, .dot or .svg is. Without it its name says so: cause.svg, flow.svg.",
)
@click.option(
    "--redact",
    "redacted",
    metavar="NAME",
    multiple=True,
    help="Mask every value that NAME had: a variable, state key, widget or query parameter.",
)
@click.option("--no-values", is_flag=True, help="Leave out the values of variables.")
@click.option("--no-source", is_flag=True, help="Leave out the text of the source files.")
@click.option(
    "--otlp",
    "collector",
    metavar="URL",
    help="Send OpenTelemetry spans to the collector at URL, such as http://localhost:4318.",
)
@click.option(
    "--otlp-level",
    type=click.Choice([str(level) for level in Level]),
    default=str(Level.RUN),
    show_default=True,
    help="Interactions alone, what happened in their runs, or also every call of a function.",
)
@db_option
def export(
    recordings: tuple[int, ...],
    output: str | None,
    comparison: int | None,
    take_all: bool,
    format_: str | None,
    title: str | None,
    note: str | None,
    no_replay: bool,
    runs: str | None,
    max_size: int,
    graph: str | None,
    redacted: tuple[str, ...],
    no_values: bool,
    no_source: bool,
    collector: str | None,
    otlp_level: str,
    db: str | None,
) -> None:
    """Write RECORDINGS (numbers from `list`; without any, the newest) into a file to hand on."""
    if output is None and collector is None:
        raise UsageProblem("name a file with -o, or a collector with --otlp (see export --help)")
    target = None if output is None else Path(output)
    write = None if output is None else _writing(output, format_, take_all)
    if collector is not None:
        otlp.endpoint_of(collector)  # or it is none: said before anything is copied
    choice = Choice(
        title,
        note,
        not no_replay,
        _window(runs),
        max_size * 1_000_000,
        graph or _graph_of(target),
    )
    wishes = Wishes(redacted, not no_values, not no_source)
    with TraceStore.open(db, create=False) as store:
        recordings = _wanted(store, recordings, comparison, take_all)
        with redacted_copy(store, recordings, comparison, wishes) as (copy, summary):
            say(f"{target.name if target else collector}: {summary}", err=True)
            if target is not None and write is not None:
                with progress_on(sys.stderr) as progress:
                    write(Export(copy.store, target, recordings, comparison, choice, progress))
            if collector is not None:
                sent = otlp.send(copy.store, copy.recordings, collector, Level(otlp_level))
                say(f"{collector}: {sent:,} spans sent", err=True)


def _writing(output: str, format_: str | None, take_all: bool) -> Callable[[Export], None]:
    """What writes a file, or the files of a folder."""
    if format_ is None and not folder.is_folder(output):
        if take_all and not output.lower().endswith(".rtrace"):
            raise UsageProblem(f"{output}: --all needs a folder or a .rtrace file, as in -o all/")
        return writer_of(Path(output))
    if Path(output).is_file():
        raise UsageProblem(f"{output} is a file; --format is for a folder")
    ending = f".{format_ or 'html'}"
    write_one = writer_of(Path(f"x{ending}"))
    return lambda export: folder.write(export, ending, write_one)


def _wanted(
    store: TraceStore, recordings: tuple[int, ...], comparison: int | None, take_all: bool
) -> tuple[int, ...]:
    """The numbers of the recordings that are meant."""
    if comparison is not None and (recordings or take_all):
        raise UsageProblem("--comparison takes its own recordings; name no others")
    if take_all or not (recordings or comparison is not None):
        found: Sequence[int] = [info.id for info in store.recordings()]
        if not found:
            raise RecordingNotFound(f"no recordings in {store.location} yet")
        return tuple(sorted(found)) if take_all else (found[0],)
    return tuple(dict.fromkeys(recordings))


def _graph_of(target: Path | None) -> str:
    return "cause" if target is not None and "cause" in target.stem.lower() else "flow"
