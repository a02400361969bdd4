"""What of the page before a long run stood beside what it had drawn, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ..analysis.page import PageNode
from ..model import MessageFate, PageMessage, WriteKind
from .run import Run


@dataclass(frozen=True, slots=True)
class Beside:
    """Elements of an earlier run that a run did not draw, and that stayed until it ended.

    `new` is the first element of the run that was not there before; `ns` is how long they stood
    beside it. `last` is what was sent before the longest wait, `wait_ns` that wait.
    """

    left: tuple[PageNode, ...]
    new: PageMessage
    ns: int
    last: PageMessage
    wait_ns: int


def beside(before: Run, run: Run) -> Beside | None:
    """None when nothing was left or nothing was new, and when it shows another page of the app."""
    if _page(before) != _page(run):
        return None
    sent = sorted(
        (m for m in run.messages if m.fate is MessageFate.DELIVERED and m.sent_order),
        key=lambda m: m.sent_order or 0,
    )
    old = {node.path: node for node in run.history.page(before).visible()}
    new = next((m for m in sent if _is_new(m, old)), None)
    finish = next((m for m in sent if m.type == "script_finished"), None)
    if new is None or finish is None:
        return None
    written = {m.path for m in sent if m.path is not None}
    replaced = {m.path for m in sent if m.kind is WriteKind.ELEMENT and m.path is not None}
    left = tuple(
        node
        for path, node in old.items()
        if path not in written and not any(path[:n] in replaced for n in range(1, len(path)))
    )
    since = [m for m in sent if _time(new) <= _time(m) <= _time(finish)]
    waits = [(_time(later) - _time(m), m) for m, later in pairwise(since) if m.path is not None]
    wait, last = max(waits, key=lambda each: each[0], default=(0, new))
    return Beside(left, new, _time(finish) - _time(new), last, wait) if left else None


def _page(run: Run) -> object:
    """Which of the app's pages a run showed."""
    return next((m.detail.get("page") for m in run.messages if m.type == "new_session"), None)


def _is_new(message: PageMessage, old: dict[tuple[int, ...], PageNode]) -> bool:
    if message.kind is not WriteKind.ELEMENT or message.element == "empty" or not message.path:
        return False
    there = old.get(message.path)
    return there is None or (there.element, there.label) != (message.element, message.label)


def _time(message: PageMessage) -> int:
    return message.fate_ns or message.at_ns
