"""The page of a moment, as the messages that make a front end show it.

A moment is a script run and one of its steps. The page before the run is a fold of all that the
browser got (`page.py`); the run's own messages up to the step come on top. Only messages whose
node is still on the page are needed to show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from ..model import ContainerWrite, MessageFate, PageMessage, WriteKind
from .page import Page, PageNode

Path: TypeAlias = tuple[int, ...]

# Of these the browser keeps the last one, whatever the scripts write afterwards.
_LASTING = ("new_session", "navigation", "page_config_changed")
_EVENTS = 2  # root of toasts and balloons, which do not last, and of dialogs, which do
_PASSING = frozenset({"toast", "balloons", "snow"})


@dataclass(frozen=True, slots=True)
class Gap:
    """A place with nothing to show that the places after it need. `note` says why, if a person
    should know."""

    path: Path
    note: str = ""


class LivePage:
    """The page as one browser has it, with the messages that it is made of."""

    def __init__(self) -> None:
        self.page = Page()
        self._messages: dict[int, PageMessage] = {}  # by number; all that the nodes refer to
        self._lasting: dict[str, PageMessage] = {}
        self._logo: PageMessage | None = None
        self._rows: dict[int, list[PageMessage]] = {}  # by the number of the element's message
        self._transients: dict[Path, PageMessage] = {}

    def copy(self) -> Self:
        """The same page, to be moved on by itself."""
        page = type(self)()
        page.page = self.page.copy()
        page._messages = dict(self._messages)
        page._lasting = dict(self._lasting)
        page._logo = self._logo
        page._rows = {n: list(rows) for n, rows in self._rows.items()}
        page._transients = dict(self._transients)
        return page

    def apply(self, message: PageMessage) -> None:
        """Move the page on by one message."""
        if message.type in _LASTING:
            self._lasting[message.type] = message
        if message.type == "logo":
            self._logo = message
        elif message.type == "new_session":
            self._transients.clear()
        elif message.type == "script_finished":
            self._finish(message)
        elif message.path is not None:
            self._put(message, message.path)
        self.page.apply(message)

    def nodes(self) -> list[PageNode]:
        """Everything on the page, in page order."""
        return self.page.nodes()

    def message(self, node: PageNode) -> PageMessage:
        """The message that put the node on the page."""
        return self._messages[node.message]

    def feed(self, run: int) -> list[PageMessage | Gap]:
        """What to show a front end after a `new_session` to give it this page, in this order.

        The first is a `new_session`, unless none was recorded. What shows for a moment only, such
        as a toast, is taken along when it is of run `run`.
        """
        fed: list[PageMessage | Gap] = [
            self._lasting[type_] for type_ in _LASTING if type_ in self._lasting
        ]
        if self._logo is not None:
            fed.append(self._logo)
        filled: dict[Path, int] = {}  # by place of a container: how many places in it are taken
        for node in self.nodes():
            container, index = node.path[:-1], node.path[-1]
            fed += [Gap((*container, i)) for i in range(filled.get(container, 0), index)]
            filled[container] = index + 1
            message = self._messages[node.message]
            if node.path[0] == _EVENTS and node.element in _PASSING and message.run != run:
                fed.append(Gap(node.path))
            elif not message.body:
                what = node.label or node.element
                fed.append(Gap(node.path, f"{what}: not kept, {message.size / 1e6:.0f} MB"))
            else:
                fed.append(message)
                fed += [rows for rows in self._rows.get(node.message, ()) if rows.body]
        fed += [message for message in self._transients.values() if message.body]
        return fed

    def _put(self, message: PageMessage, path: Path) -> None:
        if message.kind is WriteKind.TRANSIENT:
            self._transients.pop(path, None)
            if message.label:  # the one without anything in it takes it away
                self._transients[path] = message
        elif message.kind is WriteKind.ROWS:
            node = next((node for node in self.nodes() if node.path == path), None)
            if node is not None:
                self._rows.setdefault(node.message, []).append(message)
        else:
            self._transients.pop(path, None)
            self._messages[message.n] = message

    def _finish(self, message: PageMessage) -> None:
        if message.detail.get("status") == "FINISHED_SUCCESSFULLY":
            if self._logo is not None and self._logo.run != message.run:
                self._logo = None
            self._transients.clear()
        # What is no longer on the page would pile up from run to run.
        live = {node.message for node in self.nodes()}
        self._messages = {n: item for n, item in self._messages.items() if n in live}
        self._rows = {n: rows for n, rows in self._rows.items() if n in live}


def page_before(messages: Iterable[PageMessage], page: LivePage | None = None) -> LivePage:
    """The page after all delivered messages, whatever their order here; on top of `page` if given,
    which stays as it is."""
    live = LivePage() if page is None else page.copy()
    delivered = (message for message in messages if message.sent_order is not None)
    for message in sorted(delivered, key=lambda message: message.sent_order or 0):
        live.apply(message)
    return live


def page_at(
    before: LivePage,
    messages: Sequence[PageMessage],
    writes: Sequence[ContainerWrite],
    step: int,
    *,
    ended: bool,
    written: bool,
) -> LivePage:
    """The page when step `step` of a run has just been executed. `before` stays as it is.

    `messages` and `writes` are all of that run. `ended`: `step` is its last one, and the end
    itself has happened as well. A message counts from the moment that it is handed over: that it
    is sent a few milliseconds later is not told apart. `written`: also those that the browser
    never got, in the order of writing.
    """
    steps = {write.message: write.step for write in writes}
    later = min((n for n, at in steps.items() if at > step), default=None)

    def has_happened(message: PageMessage) -> bool:
        if message.n in steps:
            return steps[message.n] <= step
        if message.type == "new_session":
            return True
        if message.type == "script_finished":
            return ended
        return later is None or message.n < later  # their numbers go up together

    def counts(message: PageMessage) -> bool:
        return written or message.fate is MessageFate.DELIVERED

    own = [message for message in messages if counts(message) and has_happened(message)]
    own.sort(key=_as_written if written else lambda message: message.sent_order or message.n)
    page = before.copy()
    for message in own:
        page.apply(message)
    return page


def _as_written(message: PageMessage) -> tuple[int, int]:
    # A run's start and end are met on another thread: their numbers may be among the writes'.
    return {"new_session": 0, "script_finished": 2}.get(message.type, 1), message.n
