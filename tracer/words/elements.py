"""What a person would call the elements that a run wrote, and what became of them.

The one place that counts them: sentences, graphs and tables ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..model import ContainerWrite, MessageFate, WriteKind

LABELLED_BLOCKS = frozenset({"expander", "tab", "popover", "dialog", "form"})
"""Blocks of which a person sees the label; other blocks only hold elements."""

_NEVER_SEEN = frozenset({MessageFate.DISCARDED, MessageFate.REPLACED, MessageFate.IGNORED})


@dataclass(frozen=True, slots=True)
class WriteCounts:
    """Elements that runs wrote, by what became of them."""

    delivered: int = 0
    discarded: int = 0
    out_of_order: int = 0

    @property
    def written(self) -> int:
        """All of them."""
        return self.delivered + self.discarded


def is_lost(fate: MessageFate | None) -> bool:
    """Whether the browser never got a message."""
    return fate in _NEVER_SEEN


def is_element(kind: WriteKind | None, element: str, label: str) -> bool:
    """Whether a person sees it: an element that shows something, or a block with a label."""
    if kind is WriteKind.BLOCK:
        return element in LABELLED_BLOCKS and bool(label)
    return kind is WriteKind.ELEMENT and element != "empty"


def elements(writes: Iterable[ContainerWrite]) -> list[ContainerWrite]:
    """The elements among one run's writes, each place once: as it was written last.

    So a place that is kept free and filled, as `st.write` does by itself, is one element, and so is
    a progress bar that moves. Those that were emptied again are none. In the order of writing.
    """
    found = list(writes)
    last: dict[tuple[int, ...], ContainerWrite] = {}
    for write in found:
        if write.kind in (WriteKind.ELEMENT, WriteKind.BLOCK):
            last[write.path] = write
    kept = {id(write) for write in last.values()}
    return [
        write
        for write in found
        if id(write) in kept and is_element(write.kind, write.element, write.label)
    ]


def count_writes(writes: Iterable[ContainerWrite], fates: Mapping[int, MessageFate]) -> WriteCounts:
    """Counts the elements of one run; `fates` are those of its messages, by number."""
    found = elements(writes)
    lost = sum(is_lost(fates.get(write.message)) for write in found)
    return WriteCounts(len(found) - lost, lost, sum(write.out_of_order for write in found))
