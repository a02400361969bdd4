"""Blocks whose state lives in the browser, and that a run moved to another place on the page.

Which tab shows and whether an expander is open, only the browser knows, and it knows it by the
block's place. When something appears above, the block is a new one to it, and begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..model import ContainerWrite, WriteKind

BEGINS = {
    "tabs": "shows the first tab",
    "expander": "shows it open or closed as it began",
}
"""Blocks with such a state, and what the browser does with a new one."""

Path: TypeAlias = tuple[int, ...]
_Who: TypeAlias = tuple[str | None, int | None, str, str, int]


@dataclass(frozen=True, slots=True)
class Move:
    """A block that was at `old` after the run before. `by` is a write that came in above it now,
    or one that is gone; None when neither is known."""

    block: ContainerWrite
    old: Path
    by: ContainerWrite | None
    is_gone: bool = False


def moves(before: Iterable[ContainerWrite], after: Iterable[ContainerWrite]) -> list[Move]:
    """The blocks that are at another place in one full run than in the full run before it.

    Both are whole runs of the same script. Of a block inside a moved one, the outer one is told.
    A block with an id of its own is known to the browser by that, and keeps its state.
    """
    were, are = dict(_named(before)), dict(_named(after))
    found: list[Move] = []
    for who, write in are.items():
        old = were.get(who)
        if old is None or write.kind is not WriteKind.BLOCK or write.element not in BEGINS:
            continue
        if write.widget_id or old.path == write.path:
            continue
        if any(write.path[: len(item.block.path)] == item.block.path for item in found):
            continue
        came = _above(write.path, [item for name, item in are.items() if name not in were])
        gone = _above(old.path, [item for name, item in were.items() if name not in are])
        found.append(Move(write, old.path, came or gone, is_gone=came is None))
    return found


def _named(writes: Iterable[ContainerWrite]) -> Iterator[tuple[_Who, ContainerWrite]]:
    """Each place once, as it was written last, by the statement that wrote it and its label."""
    last = {write.path: write for write in writes if write.kind is not WriteKind.TRANSIENT}
    turns: dict[tuple[str | None, int | None, str, str], int] = {}
    for write in last.values():
        who = (write.file, write.line, write.element, write.label)
        turns[who] = turns.get(who, 0) + 1
        yield (*who, turns[who]), write


def _above(path: Path, writes: Sequence[ContainerWrite]) -> ContainerWrite | None:
    """The write nearest above a place, or above a container around it."""
    near = [
        write
        for write in writes
        if write.path[:-1] == path[: len(write.path) - 1] and write.path < path
    ]
    return max(near, key=lambda write: write.path, default=None)
