"""App sessions as the probes know them: widgets, the browser's values, session state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any

from ..capture.place import Place
from .widget import Widget


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where a widget of the page was drawn last: its path, and the statement that did it."""

    path: tuple[int, ...]
    place: Place


@dataclass(slots=True, eq=False)
class Tab:
    """One app session: its number, its widgets as last drawn, the values the browser sent."""

    n: int
    opened_ns: int
    widgets: dict[str, Widget] = field(default_factory=dict)
    drawn: dict[str, Drawn] = field(default_factory=dict)  # of the widgets on the page, by id
    values: dict[str, Any] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # widgets whose values the browser has forgotten
    page: str | None = None
    query: str = ""  # of the browser's address
    loaded: bool = False
    sent: int = 0  # messages delivered so far
    pages: dict[str, str] = field(default_factory=dict)  # page hash -> name
    state: dict[str, str] = field(default_factory=dict)  # session state as last recorded
    hidden: set[str] = field(default_factory=set)  # keys of widgets that look secret
    triggers: set[str] = field(default_factory=set)  # keys of buttons and the like
    fragments: dict[str, str] = field(default_factory=dict)  # id -> name of its function

    # What the browser asks for

    def come_from(self, query: str) -> None:
        """A request comes, from an address with this query string."""
        self.query = query

    def load(self) -> bool:
        """True at the first call: a first request is the page being loaded."""
        first, self.loaded = not self.loaded, True
        return first

    def take_value(self, widget_id: str, value: Any) -> None:
        """The browser sends the value of a widget."""
        self.values[widget_id] = value
        self.gone.discard(widget_id)

    # What is on the page

    def draw(self, widget: Widget, at: Drawn) -> None:
        """A run draws a widget."""
        self.widgets[widget.id] = widget
        self.drawn[widget.id] = at

    def lose(self, widget_ids: set[str]) -> None:
        """Widgets are taken from the page: the browser forgets their values."""
        self.gone |= widget_ids
        for widget_id in widget_ids:
            self.drawn.pop(widget_id, None)

    def receive(self) -> int:
        """Counts a message that is sent; returns its place in the browser's order, from 1 on."""
        self.sent += 1
        return self.sent

    def know_pages(self, names: Iterable[tuple[str, str]]) -> None:
        """The browser gets to know pages, by hash and name."""
        self.pages.update(names)

    def show_page(self, page_hash: str) -> None:
        """The browser shows this page of the app."""
        self.page = page_hash

    def name_fragment(self, fragment: str, name: str) -> None:
        """Keeps the name of a fragment's function: Streamlit forgets it with the fragment."""
        if name != fragment or fragment not in self.fragments:
            self.fragments[fragment] = name

    # Its session state

    def remember(self, key: str, text: str | None) -> None:
        """A key has a value with this text now; None: the key is gone. The newest stands last."""
        self.state.pop(key, None)
        if text is not None:
            self.state[key] = text

    def hide(self, key: str) -> None:
        """The key of a widget that looks secret: its values are never shown."""
        self.hidden.add(key)

    def add_trigger(self, key: str) -> None:
        """The key of a button or the like, whose value lasts for one run."""
        self.triggers.add(key)


class Tabs:
    """All app sessions of a recording, by Streamlit's id."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._tabs: dict[str, Tab] = {}
        self._session_of_thread: dict[int, str] = {}

    def known(self, session_id: str | None) -> Tab | None:
        """The app session with Streamlit's id, if it was met."""
        return self._tabs.get(session_id) if session_id is not None else None

    def tab(self, session_id: str) -> Tab:
        """The app session with Streamlit's id; a new one when it was opened before we watched."""
        session_id = self._session_of_thread.get(get_ident(), session_id)
        tab = self._tabs.get(session_id)
        if tab is None:
            tab = self._tabs[session_id] = Tab(len(self._tabs) + 1, self._now())
        return tab

    def thread_is_of(self, session_id: str) -> None:
        """The present thread runs scripts of this session, whatever id Streamlit gives it."""
        self._session_of_thread[get_ident()] = session_id

    def thread_over(self) -> None:
        """The present thread ends."""
        self._session_of_thread.pop(get_ident(), None)
