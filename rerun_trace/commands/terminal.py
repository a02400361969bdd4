"""The one way to the terminal: nothing that an app, a file or a path says is obeyed by it.

Every command writes with `say`, `say_json`, `tell` or on a `Screen`; a test holds them to it. What
is written goes through `printable`, whether somebody watches or not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from ..tracer.words.printable import printable


def say(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Lines on stdout, or on stderr."""
    click.echo(printable(text, lines=True), err=err, nl=nl)


def say_json(document: Any, indent: int = 1, default: Callable[[Any], Any] | None = None) -> None:
    """A JSON document on stdout, which means the same to who reads it: JSON has escapes."""
    text = json.dumps(document, indent=indent, default=default)
    click.echo(text.replace("\x7f", "\\u007f"))


def tell(text: str) -> None:
    """What went wrong, or is to be known: one line on stderr, whatever is in it."""
    click.echo(f"rerun-trace: {printable(' '.join(text.split()))}", err=True)


class Screen(Console):
    """rich's console, whose texts hold no control characters. Colours and moves are rich's own."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(printable(segment.text, lines=True), segment.style)


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record), lines=True)


def log_to_terminal() -> None:
    """What the server of the pages logs, such as a request's path, is printable, too."""
    for name in ("rerun_trace", "waitress"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(_Lines("%(levelname)s: %(message)s"))
            logger.addHandler(handler)
