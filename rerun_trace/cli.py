"""The command line: `rerun-trace app.py` and its sub-commands."""

from __future__ import annotations

import sys
from typing import Any

import click

from . import __version__
from .commands.doctor import doctor
from .commands.drive import drive
from .commands.list import list_recordings
from .commands.run import run
from .commands.show import show
from .commands.ui import ui
from .tracer.errors import RerunTraceError


class _AppFirst(click.Group):
    """`rerun-trace app.py` is short for `rerun-trace run app.py`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = ("--help", "-h", "--version")
        if args and args[0] not in self.commands and args[0] not in own:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_AppFirst,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`rerun-trace app.py` is short for `rerun-trace run app.py`.",
)
@click.version_option(__version__, prog_name="rerun-trace")
def cli() -> None:
    """See how a Streamlit app runs: every run, its trigger, and what it wrote where."""


for _command in (run, drive, list_recordings, show, ui, doctor):
    cli.add_command(_command)


def main(args: list[str] | None = None) -> Any:
    """The console script. Errors become one line on stderr and an exit code."""
    try:
        return cli.main(args, prog_name="rerun-trace", standalone_mode=True)
    except RerunTraceError as error:
        click.echo(f"rerun-trace: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
