"""`rerun-trace prune`: lets the oldest runs of recordings go, for good."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from ..db.handover.keep import FORMS, parse_keep
from ..db.store import TraceStore
from ..tracer.errors import RecordingNotFound
from ..tracer.words.recordings import still_live
from ..tracer.words.sentences import recording_state, size
from .options import UsageProblem, db_option, keep_option, record_number
from .terminal import say


@click.command()
@click.argument("recordings", type=record_number, nargs=-1, metavar="[ID]...")
@keep_option
@click.option("--dry-run", is_flag=True, help="Say what would go, and let nothing go.")
@db_option
def prune(
    recordings: tuple[int, ...], keep: tuple[str, ...], dry_run: bool, db: str | None
) -> None:
    """Let the oldest runs of recordings go (numbers from `list`; without: of all), for good.

    Of a recording that is being written none go: named by its number it is an error, and otherwise
    it is left out.
    """
    asked = parse_keep(keep)
    if not asked:
        raise UsageProblem(f"say with --keep what stays, such as {FORMS}")
    with TraceStore.open(db, create=False) as store:
        known = store.summaries()
        for number in recordings:
            if number not in {each.info.id for each in known}:
                store.recording(number)  # says which there are
                raise RecordingNotFound(f"recording {number} has just begun; try again")
        meant = [each for each in known if not recordings or each.info.id in recordings]
        now = datetime.now(UTC)
        live = [
            each.info.id
            for each in meant
            if recording_state(each.info, each.duration_ns, now, here=False) == "live"
        ]
        if live and recordings:
            raise UsageProblem(f"{still_live(live)}. Nothing was let go")
        if live:
            say(f"Left out: {still_live(live)}.", err=True)
        chosen = sorted(each.info.id for each in meant if each.info.id not in live)
        if not chosen:
            say(f"No recordings to prune in {store.location}.")
        for id in chosen:
            gone = store.surplus(id, asked)
            verb = "would go" if dry_run else "went"
            if not gone:
                say(f"Recording {id}: nothing {verb}.")
                continue
            freed = 0 if dry_run else store.prune(id, asked).size
            runs = "1 run" if len(gone) == 1 else f"{len(gone):,} runs"
            back = f", {size(freed)} given back" if freed else ""
            say(f"Recording {id}: {runs} of {gone[0]:,} to {gone[-1]:,} {verb}{back}.")
