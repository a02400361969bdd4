"""Figures as people read them."""

from __future__ import annotations

import datetime as dt


def duration(ns: int | None) -> str:
    """A length of time in nanoseconds, to three figures."""
    if ns is None:
        return "?"
    if ns < 1_000_000:
        return f"{ns / 1e3:.0f} µs"
    if ns < 1_000_000_000:
        return f"{ns / 1e6:.3g} ms"
    if ns < 120_000_000_000:
        return f"{ns / 1e9:.3g} s"
    return f"{ns / 60e9:.0f} min"


def moment(at: dt.datetime) -> str:
    """A moment in local time, to the second."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


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
