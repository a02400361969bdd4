"""The command line: `rerun-trace app.py` and its sub-commands."""

from __future__ import annotations

import importlib
import io
import os
import sys
import traceback
from typing import Any

import click

from . import __version__
from .commands.options import UsageProblem
from .tracer.errors import RerunTraceError

_OURS = os.path.dirname(os.path.abspath(__file__))
_UNEXPECTED = (
    "Nobody expected this of rerun-trace: please report it, with what it says when the environment "
    "has RERUN_TRACE_TRACEBACK=1"
)
_COMMANDS = {
    "run": "run:run",
    "drive": "drive:drive",
    "compare": "compare:compare",
    "demo": "demo:demo",
    "scenario": "scenario:scenario",
    "list": "list:list_recordings",
    "rm": "rm:rm",
    "prune": "prune:prune",
    "show": "show:show",
    "explain": "explain:explain",
    "why": "why:why",
    "why-not": "why:why_not",
    "graph": "graph:graph",
    "export": "export:export",
    "import": "import_:import_files",
    "ui": "ui:ui",
    "doctor": "doctor:doctor",
}


class _AppFirst(click.Group):
    """`rerun-trace app.py` is short for `rerun-trace run app.py`.

    A command is imported when it is asked for: `list` does not wait for Streamlit, and Ctrl-C while
    it is imported is answered like any other.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(
            importlib.import_module(f".commands.{module}", __package__), name
        )
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = ("--help", "-h", "--version")
        if args and args[0] not in _COMMANDS and args[0] not in own:
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:  # in click's own words, but in one line
            command = error.ctx.command_path if error.ctx else "rerun-trace"
            text = " ".join(error.format_message().split())
            raise UsageProblem(f"{text.rstrip('.')} (see {command} --help)") from None
        except click.ClickException as error:
            raise UsageProblem(error.format_message()) from None


@click.group(
    cls=_AppFirst,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`rerun-trace app.py` is short for `rerun-trace run app.py`.",
)
@click.version_option(__version__, prog_name="rerun-trace")
def cli() -> None:
    """See how a Streamlit app runs: every run, its trigger, and what it wrote where."""


def main(args: list[str] | None = None) -> Any:
    """The console script. Errors become one line on stderr and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")  # a Windows console may have no sign for ✓
    try:
        return cli.main(args, prog_name="rerun-trace", standalone_mode=True)
    except RerunTraceError as error:
        _tell(str(error))
        sys.exit(error.exit_code)
    except Exception as error:  # a file may hold what nobody thought of; that is no traceback
        if os.environ.get("RERUN_TRACE_TRACEBACK"):
            raise
        _tell(f"{type(error).__name__}: {error} ({_place_of(error)}). {_UNEXPECTED}")
        sys.exit(1)


def _tell(text: str) -> None:
    from .commands.terminal import tell  # what draws on terminals takes a while to load

    tell(text)


def _place_of(error: Exception) -> str:
    """Where in our code it was raised, or what of ours called what raised it."""
    found = "outside"
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(_OURS):
            found = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    return found


if __name__ == "__main__":
    main()
