"""`rerun-trace rm`: deletes recordings, for good."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from ..db.store import RecordingSummary, TraceStore
from ..tracer.errors import RecordingNotFound
from ..tracer.words.printable import printable
from ..tracer.words.recordings import deleted, going, still_live
from ..tracer.words.sentences import recording_state, size
from .options import UsageProblem, app_option, db_option, of_app, record_number
from .terminal import say


@click.command()
@click.argument("recordings", type=record_number, nargs=-1, metavar="[ID]...")
@app_option
@click.option("--all", "every", is_flag=True, help="All recordings.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@db_option
def rm(
    recordings: tuple[int, ...], app: str | None, every: bool, yes: bool, db: str | None
) -> None:
    """Delete recordings (numbers from `list`), for good, and give their space back.

    What other recordings use, too, stays. A recording that is being written is not deleted: named
    by its number it is an error, and --app and --all leave it out.
    """
    if bool(recordings) + (app is not None) + every != 1:
        raise UsageProblem("name what goes: numbers from `rerun-trace list`, --app NAME, or --all")
    with TraceStore.open(db, create=False) as store:
        chosen, live = _chosen(store, recordings, app)
        if live and recordings:
            raise UsageProblem(f"{still_live(live)}. Nothing was deleted")
        if live:
            say(f"Left out: {still_live(live)}.", err=True)
        if not chosen:
            say(f"No recordings to delete in {store.location}.")
            return
        if not yes:
            _ask(store, chosen)
        ids = [each.info.id for each in chosen]
        freed = store.delete(*ids)
    say(deleted(ids, freed.comparisons, size(freed.size) if freed.size else None))


def _chosen(
    store: TraceStore, numbers: tuple[int, ...], app: str | None
) -> tuple[list[RecordingSummary], list[int]]:
    """Those that are meant and can be deleted, newest first, and the live ones among them.

    Raises RecordingNotFound.
    """
    known = store.summaries()
    if numbers:
        there = {each.info.id for each in known}
        for number in numbers:
            if number not in there:
                store.recording(number)  # says which there are
                raise RecordingNotFound(f"recording {number} has just begun; try again")
        known = [each for each in known if each.info.id in numbers]
    now = datetime.now(UTC)
    meant = of_app(known, app)
    live = [
        each
        for each in meant
        if recording_state(each.info, each.duration_ns, now, here=False) == "live"
    ]
    return [each for each in meant if each not in live], [each.info.id for each in live]


def _ask(store: TraceStore, chosen: list[RecordingSummary]) -> None:
    """Says what goes, and asks. Ends the command when the answer is no."""
    if not sys.stdin.isatty():
        raise UsageProblem("rm asks before it deletes, and here is no terminal: add --yes")
    for line in going(chosen, store.comparisons()):
        say(printable(line))
    if not click.confirm("Delete for good?"):
        say("Nothing was deleted.")
        raise SystemExit(1)
