"""Options that several commands take, worded once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..tracer.errors import RecordingNotFound, RerunTraceError
from ..tracer.words.listing import listed
from ..tracer.words.recordings import apps_of, is_of_app

if TYPE_CHECKING:  # the command line asks for nothing of the database before a command does
    from ..db.store import RecordingSummary, TraceStore

F = TypeVar("F", bound=Callable[..., Any])

db_option = click.option(
    "--db",
    metavar="FILE|URL",
    envvar="RERUN_TRACE_DB",
    help="Where recordings are kept: a file or an SQLAlchemy URL. Default: your own data folder.",
)
engine_option = click.option(
    "--engine",
    type=click.Choice(["auto", "monitoring", "settrace"]),
    default="auto",
    show_default=True,
    help="How running code is watched. auto takes sys.monitoring where Python has it.",
)
no_values_option = click.option(
    "--no-values", is_flag=True, help="Do not record the values of variables."
)
keep_option = click.option(
    "--keep",
    multiple=True,
    metavar="AMOUNT",
    help="Let the oldest runs go: 200 runs, 1 GB or 7 days is what stays. May be given again.",
)
record_number = click.IntRange(1, 2**31 - 1)  # of a recording, a run; no database has more
app_option = click.option(
    "--app", metavar="NAME", help="Only recordings of this app: its file's name, or its path."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for other tools.")


class Seconds(click.FloatRange):
    """A time that can be waited for: `nan` and `inf` cannot."""

    name = "seconds"

    def __init__(self) -> None:
        super().__init__(min=0.1, max=86_400.0)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        found = float(super().convert(value, param, ctx))
        if math.isnan(found):
            self.fail(f"{value!r} is no time.", param, ctx)
        return found


class UsageProblem(RerunTraceError):
    """A command or an option that does not exist, or that cannot have the value it was given."""

    exit_code = 2


no_token_option = click.option(
    "--no-token",
    is_flag=True,
    help="Let every user of this machine read the pages: their address needs no token.",
)


def web_options(function: F) -> F:
    """`--host`, `--port` and `--no-token` of the web page."""
    function = no_token_option(function)
    function = click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=0,
        help="Port of the web page. 0: a free one.",
    )(function)
    return click.option(
        "--host",
        default="localhost",
        show_default=True,
        help="Address of the web page. Anything but loopback is for others, too: with the token.",
    )(function)


def newest(store: TraceStore, recording: int | None) -> int:
    """The number of the recording that is meant: without one, of the newest.

    Raises RecordingNotFound when there is none yet.
    """
    if recording is not None:
        return recording
    latest = store.latest()
    if latest is None:
        raise RecordingNotFound(f"no recordings in {store.location} yet")
    return latest.id


def of_app(summaries: Sequence[RecordingSummary], app: str | None) -> list[RecordingSummary]:
    """The recordings of the app that `--app` names; all without it.

    Raises RecordingNotFound when there are recordings, but none of that app.
    """
    found = [each for each in summaries if app is None or is_of_app(each.info, app)]
    if summaries and not found:
        there = listed([*apps_of(each.info for each in summaries).values()], 10)
        raise RecordingNotFound(f"there is no recording of {app}; there are some of {there}")
    return found
