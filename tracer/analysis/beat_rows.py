"""Beats aligned over variants: what is alike stands in one row, and nobody's order changes. Pure.

A sequence alignment: the rows so far against the next variant's beats, for the highest sum of
likeness. A variant without anything like a row waits there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .beats import Beat, BeatKind

_SAME_KIND = {  # what it is worth that two beats of a kind stand side by side
    BeatKind.ARRIVES: 8,
    BeatKind.RUN_ENDS: 3,
    BeatKind.HALTED: 3,
    BeatKind.CALLBACK: 2,
    BeatKind.RUN_STARTS: 2,
    BeatKind.PLACE: 2,
}


@dataclass(frozen=True, slots=True)
class BeatRow:
    """One step of a lesson: a beat of each variant, or None where it waits."""

    beats: tuple[Beat | None, ...]

    @property
    def name(self) -> str:
        """What the step is called: as the first of its beats is."""
        return next((beat.name for beat in self.beats if beat is not None), "")


def likeness(one: Beat, other: Beat) -> int:
    """How much the two are the same event; 0: not at all."""
    if one.kind is not other.kind:
        return 0
    if one.kind in (BeatKind.ELEMENT, BeatKind.MORE):
        if one.about != other.about:
            return 0
        return 2 + (one.label == other.label) + (one.lost == other.lost)
    if one.kind is BeatKind.KEY:
        return 5 if one.about == other.about else 1
    return _SAME_KIND[one.kind] + (one.about == other.about)


def aligned(variants: Sequence[Sequence[Beat]]) -> list[BeatRow]:
    """The rows. A variant without beats is None in all of them."""
    rows: list[list[Beat | None]] = []
    for before, beats in enumerate(variants):
        rows = _with(rows, beats, before)
    return [BeatRow(tuple(row)) for row in rows]


def _with(
    rows: Sequence[list[Beat | None]], beats: Sequence[Beat], before: int
) -> list[list[Beat | None]]:
    """The rows of `before` variants, with the beats of one more."""
    height, width = len(rows), len(beats)
    like = [[_alike(row, beat) for beat in beats] for row in rows]
    # best[i][j]: the highest sum for the rows from i on and the beats from j on
    best = [[0] * (width + 1) for _ in range(height + 1)]
    for i in range(height - 1, -1, -1):
        for j in range(width - 1, -1, -1):
            together = best[i + 1][j + 1] + like[i][j] if like[i][j] else 0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    made: list[list[Beat | None]] = []
    i = j = 0
    while i < height or j < width:
        alike = like[i][j] if i < height and j < width else 0
        if alike and best[i][j] == best[i + 1][j + 1] + alike:
            made.append([*rows[i], beats[j]])
            i, j = i + 1, j + 1
        elif j == width or (i < height and best[i][j] == best[i + 1][j]):
            made.append([*rows[i], None])
            i += 1
        else:
            made.append([*([None] * before), beats[j]])
            j += 1
    return made


def _alike(row: Sequence[Beat | None], beat: Beat) -> int:
    return max((likeness(other, beat) for other in row if other is not None), default=0)
