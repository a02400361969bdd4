"""What one tab shows: the page, with the message that drew each widget, and the app's pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..analysis.page import Page, PageNode
from ..errors import ScenarioError
from ..model import PageMessage
from ..probes.messages import Summary, summarize
from ..probes.widget import Widget
from ..probes.widget_names import is_called, place_name
from ..probes.widgets import key_of, label_of
from ..words.listing import nearest

BUTTON = "trigger_value"
LINK = "link"  # instead of a WidgetState's field: it has no state
_PRESSED = ("click", "submit")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A widget as it stands on the page. `message` is its own one, such as a `NumberInput`."""

    widget: Widget
    message: Any
    script: str  # hash of the page's script that drew it


@dataclass(slots=True)
class AppPages:
    """The app's pages, as a tab knows them. All by the hash of their script."""

    main: str = ""
    shown: str = ""
    names: dict[str, str] = field(default_factory=dict)  # name -> hash
    paths: dict[str, str] = field(default_factory=dict)  # path in the address -> hash
    first: str = ""

    def learn(self, summary: Summary, pages: Any) -> None:
        self.names.update({name: page for page, name, _ in summary.detail["pages"]})
        self.paths.update({path: page for page, _, path in summary.detail["pages"]})
        self.shown = summary.detail["page"]
        self.first = next((p.page_script_hash for p in pages if p.is_default), self.first)

    def named(self, name: str) -> str:
        """The hash of a page. Raises ScenarioError."""
        page = self.names.get(name) or self.paths.get(name)
        if page is None:
            known = ", ".join(map(repr, self.names))
            raise ScenarioError(
                f"page {name!r}: no such page{nearest(name, self.names)}; there are {known}"
            )
        return page

    def path(self, page: str) -> str:
        """What stands in the address for a page; nothing for the first one."""
        if page == self.first:
            return ""
        return next((path for path, known in self.paths.items() if known == page), "")


class Screen:
    """The page of one tab, as its messages make it."""

    def __init__(self) -> None:
        self.page = Page()
        self.pages = AppPages()
        self.clears: dict[str, bool] = {}  # form -> whether a submit empties it
        self._drawn: dict[int, Drawn] = {}  # by message
        self._dialogs: dict[int, Any] = {}  # by message: the dialog, until it is dismissed
        self._dismissed: set[int] = set()

    def show(self, number: int, message: Any) -> tuple[Summary, Drawn | None]:
        """Take message `number`; returns what it says, and the widget that it draws."""
        summary = summarize(message)
        self.page.apply(
            PageMessage(
                n=number,
                app_session=1,
                run=None,
                at_ns=0,
                type=summary.type,
                body="",
                size=0,
                path=summary.path,
                kind=summary.kind,
                element=summary.element,
                label=summary.label,
                detail=summary.detail,
            )
        )
        if summary.type == "new_session":
            self.pages.main = summary.detail["main"]
            self.pages.learn(summary, message.new_session.app_pages)
        elif summary.type == "navigation":
            self.pages.learn(summary, message.navigation.app_pages)
        elif summary.type == "script_finished":
            shown = {node.message for node in self.page.nodes()}
            self._drawn = {n: drawn for n, drawn in self._drawn.items() if n in shown}
        elif summary.type == "delta":
            return summary, self._draw(number, summary, message)
        return summary, None

    def _draw(self, number: int, summary: Summary, message: Any) -> Drawn | None:
        delta, script = message.delta, message.metadata.active_script_hash
        if delta.WhichOneof("type") == "add_block":
            block = delta.add_block
            kind = block.WhichOneof("type")
            if kind == "form":
                self.clears[block.form.form_id] = block.form.clear_on_submit
            elif kind == "dialog":
                self._dialogs[number] = block.dialog
            body = getattr(block, kind) if kind else None
        elif delta.WhichOneof("type") == "new_element":
            kind = delta.new_element.WhichOneof("type")
            body = getattr(delta.new_element, kind) if kind else None
        else:
            return None
        widget = summary.widget or _link(summary, body)
        if widget is None:
            return None
        self._drawn[number] = Drawn(widget, body, script)
        return self._drawn[number]

    def all(self) -> list[Drawn]:
        """The widgets on the page, in page order."""
        return [drawn for drawn, _ in self._placed() if drawn.widget.field != LINK]

    def _placed(self) -> Iterator[tuple[Drawn, PageNode]]:
        for node in self.page.nodes():
            if node.message in self._drawn:
                yield self._drawn[node.message], node

    def tab_labels(self, tabs: Widget) -> list[str]:
        """The labels of a `tabs` container's tabs, in order."""
        path = next(node.path for drawn, node in self._placed() if drawn.widget.id == tabs.id)
        length = len(path) + 1
        return [
            node.label
            for node in self.page.nodes()
            if len(node.path) == length and node.path[:-1] == path and node.element == "tab"
        ]

    # Dialogs

    def open_dialog(self) -> tuple[int, Any] | None:
        """The dialog that is open: its message's number, and its block."""
        shown = [n.message for n in self.page.nodes() if n.message in self._dialogs]
        still = [n for n in shown if n not in self._dismissed and self._dialogs[n].is_open]
        return (still[-1], self._dialogs[still[-1]]) if still else None

    def dismiss(self, number: int) -> None:
        """Nobody reaches what is in it any more; its widgets keep their values."""
        self._dismissed.add(number)

    def _reachable(self) -> list[Drawn]:
        closed = [n.path for n in self.page.nodes() if n.message in self._dismissed]
        return [
            drawn
            for drawn, node in self._placed()
            if not any(node.path[: len(path)] == path for path in closed)
        ]

    # Finding

    def find(self, target: str, verb: str) -> Drawn:
        """The one widget that a scenario means. Raises ScenarioError listing what there is."""
        present = self._reachable()
        found = _called(target, present)
        if verb in _PRESSED:
            buttons = [d for d in found if d.widget.field == BUTTON]
            found = buttons or [d for d in found if d.widget.field == LINK] or found
        if len(found) != 1:
            problem = f"{len(found)} widgets have this name"
            if not found:
                problem = f"no widget has this name{_like(target, present)}"
            raise ScenarioError(
                f"{verb} {target!r}: {problem}; {_list([d.widget for d in present])}"
            )
        widget = found[0].widget
        wrong = _wrong_verb(verb, widget)
        if widget.disabled:
            wrong = f"the {widget.kind} is disabled"
        if wrong:
            raise ScenarioError(f"{verb} {target!r}: {wrong}")
        return found[0]


def _wrong_verb(verb: str, widget: Widget) -> str:
    """Why a step's verb does not fit a widget; empty when it does."""
    button = widget.field in (BUTTON, LINK) and widget.element != "dataframe"
    if widget.field == LINK and not button and verb != "click":
        return "it has buttons: use click, with row and column"
    if verb in _PRESSED and not button and widget.element != "dataframe":
        return f"that is a {widget.kind}; use set"
    if verb == "set" and button:
        return f"that is a {widget.kind}; use click"
    if verb == "edit" and widget.kind != "data_editor":
        return f"that is a {widget.kind}, no data editor"
    if verb == "select" and not (widget.kind == "dataframe" or widget.element.endswith("_chart")):
        return f"nothing can be selected in a {widget.kind}"
    return ""


def _link(summary: Summary, body: Any) -> Widget | None:
    """What a person clicks although it has no state of its own: links, buttons in a table."""
    if summary.element == "dataframe":
        if not getattr(body, "button_click_widgets", None):
            return None
    elif summary.element not in ("page_link", "link_button"):
        return None
    return Widget(
        id="",
        element=summary.element,
        label=label_of(body),
        key=key_of(body.id) if summary.element == "dataframe" else None,
        default=None,
        field=LINK,
        fragment=summary.fragment,
        disabled=bool(body.disabled),
        kind=summary.element,
    )


def _called(target: str, present: list[Drawn]) -> list[Drawn]:
    found = [d for d in present if target in (d.widget.label, d.widget.key)]
    if not found:
        found = [d for d in present if d.widget.placeholder and d.widget.placeholder == target]
    kind, sharp, index = target.partition("#")
    if not found and sharp and index.isdecimal():
        found = [d for d in present if is_called(kind, d.widget)][int(index) :][:1]
    return found


def _like(target: str, present: list[Drawn]) -> str:
    names = [n for d in present for n in (d.widget.label, d.widget.key, d.widget.placeholder) if n]
    return nearest(target, names)


def _list(widgets: list[Widget]) -> str:
    if not widgets:
        return "the page has no widgets"
    names = []
    for widget in widgets[:30]:
        name = widget.label or widget.placeholder or widget.key
        names.append(f"{widget.kind} {name!r}" if name else place_name(widget, widgets))
    more = f" and {len(widgets) - 30} more" if len(widgets) > 30 else ""
    return f"the page has {', '.join(names)}{more}"
