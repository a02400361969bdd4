"""Figures as people read them; how long things took is in `tracer/words/sentences.py:duration`."""

from __future__ import annotations

import datetime as dt

from rich.markup import escape

from ..tracer.words.printable import printable


def marked(text: str) -> str:
    """A text of an app within rich's markup: it means nothing to rich, nor to the terminal."""
    return escape(printable(text, lines=True))


def moment(at: dt.datetime) -> str:
    """A moment in local time, to the second."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def short_moment(at: dt.datetime) -> str:
    """A moment in local time in 12 characters: `today 15:40`, `4 May 15:40`, `4 May 2024`."""
    local, today = at.astimezone(), dt.datetime.now().astimezone()
    if local.date() == today.date():
        return f"today {local:%H:%M}"
    year = local.year == today.year
    return f"{local.day} {local:%b %H:%M}" if year else f"{local.day} {local:%b %Y}"


def ranges(lines: list[int]) -> str:
    """Line numbers in short: 1-3, 7."""
    parts: list[str] = []
    start = previous = None
    for line in [*sorted(set(lines)), None]:
        if previous is not None and line == previous + 1:
            previous = line
            continue
        if start is not None:
            parts.append(str(start) if start == previous else f"{start}-{previous}")
        start = previous = line
    return ", ".join(parts)
