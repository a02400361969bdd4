"""Tabs or an expander moved to another place, and the browser takes them for new ones.

Holds when a block whose state lives in the browser (which tab shows, whether it is open) stands at
another place than after the whole run of the script before, because something above it appeared or
is gone.

Silent when the block has an id of its own, when nothing moved it that is known, and when the page
or the script changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analysis.moves import BEGINS, Move, moves
from ...model import WriteKind
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run

KIND = Kind(
    "RT209",
    "place-shift",
    Level.HINT,
    Docs("st.container", "https://docs.streamlit.io/develop/api-reference/layout/st.container"),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        if not any(w.kind is WriteKind.BLOCK and w.element in BEGINS for w in run.writes):
            continue
        before = _whole_before(run)
        if before is None or not run.completed or not run.whole or not before.known:
            continue
        by_cause: dict[int, list[Move]] = {}
        for move in moves(before.writes, run.writes):
            if move.by is not None:
                by_cause.setdefault(move.by.message, []).append(move)
        for found in by_cause.values():  # one cause is one finding, however much it moved
            yield _finding(before, run, found[0], found[1:])


def _whole_before(run: Run) -> Run | None:
    """The whole run of the same script before it, when it came to its end."""
    before = run.previous
    while before is not None and not before.whole:
        before = before.previous
    if before is None or not before.completed or before.record.script != run.record.script:
        return None
    return before


def _finding(before: Run, run: Run, move: Move, more: list[Move]) -> Finding:
    block, by = move.block, move.by
    assert by is not None
    what = f"the {block.element}" + (f" `{block.label}`" if block.label else "")
    thing = f"{by.element.replace('_', ' ')}" + (f" `{by.label}`" if by.label else "")
    begin = "begin" if block.element == "tabs" else "begins"
    moved = "is gone" if move.is_gone else "appeared"
    is_where = before if move.is_gone else run
    return Finding(
        KIND,
        run.n,
        block.file,
        block.line,
        f"{what[0].upper()}{what[1:]} moved on the page and {begin} anew",
        f"Above {what} (line {block.line}) the {thing} of line {by.line} {moved} in run {run.n}, "
        f"so {what} stand{begin[5:]} at another place. The browser knows such a block by its place "
        f"alone, takes it for a new one, and {BEGINS[block.element]}.",
        f"Keep the place of what comes and goes: put `slot = st.container()` above and draw the "
        f"{thing} into it (`with slot:`). An empty container holds the place.",
        (
            Evidence(
                is_where.n, is_where.step_of(by), by.file, by.line, f"the {thing} {moved} above it"
            ),
            Evidence(run.n, run.step_of(block), block.file, block.line, f"drew {what} elsewhere"),
        ),
        also=tuple((m.block.file, m.block.line) for m in more if m.block.file and m.block.line),
        same=block.label,
    )
