"""The runs of a recording as a drawing, for paper: blocks of equal width below their interaction.

An arrow stands where one run asked for the next. SVG made in Python, all text escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rerun_trace.tracer.model import Outcome, ScriptRun, TriggerType
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.outcomes import SYMBOLS
from rerun_trace.web.models.telling import Told

WIDTH = 700
PER_ROW = 5
_GAP, _BLOCK, _TITLE = 20, 44, 22
_ROW = _BLOCK + _TITLE + 12
_SIZE = (WIDTH - (PER_ROW - 1) * _GAP) / PER_ROW
_LETTER = 6.4  # units that a letter of a title takes, about
_LETTERS = 22  # of a line in a block
_EARLY = frozenset(Outcome) - {Outcome.COMPLETED, Outcome.RUNNING}


def strip(told: Told) -> str:
    """The runs that are told in full, by interaction; several beside each other."""
    drawn = [
        (item, runs)
        for item in told.episodes
        if (runs := [run for run in item.runs if run.n in told.full])
    ]
    if not drawn:
        return ""
    parts: list[str] = []
    row, place = 0, 0
    for item, runs in drawn:
        if place and place + len(runs) > PER_ROW:
            row, place = row + 1, 0
        room = min(len(runs), PER_ROW) * (_SIZE + _GAP) - _GAP
        title = words.shorten(item.title, int(room / _LETTER))
        parts.append(_text(place * (_SIZE + _GAP), row * _ROW + 14, title, "asked"))
        before: int | None = None
        for run in runs:
            if place == PER_ROW:
                row, place, before = row + 1, 0, None
            parts += _block(told, run, place * (_SIZE + _GAP), row * _ROW + _TITLE, before)
            place, before = place + 1, run.n
    spoken = "; ".join(item.headline(told.runs) for item, _ in drawn)
    head = f'<svg class="strip" viewBox="0 0 {WIDTH} {(row + 1) * _ROW}" role="img"'
    return f'{head} aria-label="{escape(spoken)}">{"".join(parts)}</svg>'


def _block(told: Told, run: ScriptRun, x: float, y: float, before: int | None) -> Iterator[str]:
    """One run; `before` is the one drawn at its left."""
    if run.trigger_type is TriggerType.RERUN and run.trigger == before:
        yield f'<path d="M{x - _GAP + 2:.0f} {y + _BLOCK / 2}h{_GAP - 5}m-5 -4 5 4 -5 4"/>'
    kind = "early" if run.outcome in _EARLY else "whole"
    size = f'width="{_SIZE - 2:.0f}" height="{_BLOCK - 2}" rx="4"'
    yield f'<rect class="{kind}" x="{x + 1:.0f}" y="{y + 1:.0f}" {size}/>'
    took = words.duration(None if run.ended_ns is None else run.ended_ns - run.started_ns)
    yield _text(x + 8, y + 15, f"{SYMBOLS[run.outcome]} run {run.n} · {took}", "name")
    end = words.outcome_text(run, told.full[run.n].requests)
    for line, text in enumerate(_lines(end)):
        yield _text(x + 8, y + 27 + 11 * line, text)


def _lines(text: str) -> list[str]:
    """Two lines at the most, cut where a word ends."""
    first = ""
    rest = text.split()
    while rest and len(f"{first} {rest[0]}".strip()) <= _LETTERS:
        first = f"{first} {rest.pop(0)}".strip()
    if not first:
        return [words.shorten(text, _LETTERS)]
    return [first, words.shorten(" ".join(rest), _LETTERS)] if rest else [first]


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    of = f' class="{kind}"' if kind else ""
    return f'<text{of} x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>'
