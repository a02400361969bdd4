"""The walk back: from a statement to what it used, over calls, runs, callbacks and caches.

Breadth first. The chain is the way to the newest interaction that was met, or, where none was, to
the nearest end; everything else that was met comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..history import History
from .chain import Chain, ChainLink

_MOST = 400  # things that one walk looks at


@dataclass(eq=False)
class Node:
    """Something met on the way. `identity` is met once; what has the same `shown` is said once."""

    link: ChainLink
    identity: object
    shown: object = None
    further: Callable[[], Iterable[Node]] | None = None
    newness: int = 0  # of an interaction: its number, from 1
    above: Node | None = field(default=None, repr=False)
    hidden: bool = False

    @property
    def is_widget(self) -> bool:
        """Whether it is a widget's value."""
        return isinstance(self.identity, tuple) and self.identity[0] == "widget"

    def way(self) -> Iterator[Node]:
        """From the node back to what was asked."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.above


def follow(question: str, first: Node, history: History) -> Chain:
    """The chain of everything that a node leads to."""
    met: dict[object, Node] = {first.identity: first}
    said = {first.shown}
    todo = [first]
    while todo and len(met) < _MOST:
        node = todo.pop(0)
        for each in node.further() if node.further else ():
            if each.identity in met:
                continue
            each.above = node
            each.hidden |= each.shown is not None and each.shown in said
            said.add(each.shown)
            met[each.identity] = each
            todo.append(each)
    nodes = list(met.values())
    newest = max(nodes, key=lambda node: node.newness)
    if not newest.newness:
        # The nearest end; the question itself is one only where nothing follows.
        newest = next((node for node in nodes[1:] if node.link.end), nodes[-1])
    newest.link = replace(newest.link, end=True)
    for node in {node.above for node in nodes if node.above is not None}:
        node.link = replace(node.link, end=False)
    way = list(newest.way())[::-1]
    rest = [node for node in nodes if node not in way and not node.hidden]
    return Chain(
        question,
        tuple(node.link for node in way if not node.hidden),
        tuple(node.link for node in rest),
    )
