"""Folds page messages into the page: what the browser shows after any number of them.

The rules are those of Streamlit's front end: a delta puts a node at its path, and the blocks above
it count as written, too. When a full run ends well, nodes that it did not write are taken away.
When a fragment run ends, they are taken away only inside of the blocks of its fragments that it
wrote: what a fragment put elsewhere stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ..model import PageMessage, WriteKind
from ..words.elements import is_element


@dataclass(frozen=True, slots=True)
class PageNode:
    """One element or block on the page. `message` is the number of the one that put it there."""

    path: tuple[int, ...]
    kind: WriteKind
    element: str
    label: str
    message: int
    fragment: str


class Page:
    """The page as one browser has it. Feed it delivered messages in the order they were sent."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, ...], tuple[PageNode, int]] = {}  # with the run it came in
        self._run = 0
        self._fragments: frozenset[str] = frozenset()

    def copy(self) -> Self:
        """The same page, to be moved on by itself."""
        page = type(self)()
        page._nodes = dict(self._nodes)
        page._run = self._run
        page._fragments = self._fragments
        return page

    def apply(self, message: PageMessage) -> None:
        """Move the page on by one message."""
        if message.type == "new_session":
            self._run += 1
            self._fragments = frozenset(message.detail.get("fragments", ()))
        elif message.type == "script_finished":
            self._finish(str(message.detail.get("status", "")))
        elif message.path is not None and message.kind in (WriteKind.ELEMENT, WriteKind.BLOCK):
            self._put(message, message.path, message.kind)

    def nodes(self) -> list[PageNode]:
        """Everything on the page, in page order."""
        return [self._nodes[path][0] for path in sorted(self._nodes)]

    def visible(self) -> list[PageNode]:
        """What a person sees, in page order: elements, and blocks that show a label."""
        return [node for node in self.nodes() if is_element(node.kind, node.element, node.label)]

    def _put(self, message: PageMessage, path: tuple[int, ...], kind: WriteKind) -> None:
        old = self._nodes.get(path)
        alike = old is not None and kind is old[0].kind and message.element == old[0].element
        if old is not None and not (alike and kind is WriteKind.BLOCK):
            self._drop_below(path)
        for length in range(1, len(path)):
            above = self._nodes.get(path[:length])
            if above is not None and above[1] != self._run:
                self._nodes[path[:length]] = (above[0], self._run)
        node = PageNode(
            path,
            kind,
            message.element or "",
            message.label or "",
            message.n,
            str(message.detail.get("fragment", "")),
        )
        self._nodes[path] = (node, self._run)

    def _finish(self, status: str) -> None:
        if status == "FINISHED_SUCCESSFULLY":
            self._nodes = {p: n for p, n in self._nodes.items() if n[1] == self._run}
        elif status == "FINISHED_FRAGMENT_RUN_SUCCESSFULLY":
            self._finish_fragments()

    def _finish_fragments(self) -> None:
        inside: set[tuple[int, ...]] = set()  # blocks of the fragments that were written, and below
        gone: set[tuple[int, ...]] = set()
        for path in sorted(self._nodes):
            node, run = self._nodes[path]
            block = node.kind is WriteKind.BLOCK
            if path[:-1] in inside:
                inside.add(path)
                if run != self._run and (block or node.fragment):
                    gone.add(path)
            elif block and run == self._run and node.fragment in self._fragments:
                inside.add(path)
            if path[:-1] in gone:
                gone.add(path)
        for path in gone:
            del self._nodes[path]

    def _drop_below(self, path: tuple[int, ...]) -> None:
        length = len(path)
        for other in [p for p in self._nodes if len(p) > length and p[:length] == path]:
            del self._nodes[other]


def page_after(messages: Iterable[PageMessage]) -> Page:
    """The page after all delivered messages of one app session, whatever their order here."""
    page = Page()
    delivered = (m for m in messages if m.sent_order is not None)
    for message in sorted(delivered, key=lambda m: m.sent_order or 0):
        page.apply(message)
    return page
