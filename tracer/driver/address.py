"""The address of a tab: its query string, and the widgets that are bound to parameters of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..probes.widget import Widget


class Address:
    """What stands behind the question mark, and which page of the app is shown.

    `page` is the page's path, empty for the first one. `query` begins without a question mark.
    """

    def __init__(self, query: str = "", page: str = "") -> None:
        self.query = query
        self.page = page
        self._bound: dict[str, tuple[str, Any]] = {}  # widget id -> parameter, default

    @property
    def url(self) -> str:
        """The whole address, on the port that Streamlit takes first."""
        return f"http://localhost:8501/{self.page}" + (f"?{self.query}" if self.query else "")

    def bind(self, widget: Widget, parameter: str) -> None:
        """Its value goes into a parameter of the address from now on (`bind="query-params"`)."""
        self._bound[widget.id] = (parameter, _texts(widget, widget.default))

    def changed(self, widget: Widget, value: Any) -> None:
        """A person gave a widget a value, as it is sent: a default leaves the address again."""
        if widget.id not in self._bound:
            return
        parameter, default = self._bound[widget.id]
        texts = _texts(widget, value)
        pairs = [pair for pair in self._pairs() if pair[0] != parameter]
        if texts != default:
            pairs += [(parameter, text) for text in texts or [""]]
        self.query = urlencode(sorted(pairs, key=lambda pair: pair[0]))

    def leave(self, page: str, query: str = "") -> None:
        """Go to another page of the app: only what bound widgets keep there stays."""
        bound = {parameter for parameter, _ in self._bound.values()}
        kept = urlencode([pair for pair in self._pairs() if pair[0] in bound])
        self.page = page
        self.query = "&".join(filter(None, (query, kept)))

    def _pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query, keep_blank_values=True)


def _texts(widget: Widget, value: Any) -> list[str]:
    """A value as a list of what stands in the address."""
    if value is None or value == "":
        return []
    values: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    return [_text(widget, each) for each in values if each != ""]


def _text(widget: Widget, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if widget.numbers in ("date", "time", "datetime"):
            return _moment(value, widget.numbers)
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _moment(microseconds: float, kind: str) -> str:
    moment = dt.datetime.fromtimestamp(microseconds / 1e6, dt.UTC)
    date, time = moment.date().isoformat(), moment.strftime("%H:%M:%S").removesuffix(":00")
    return {"date": date, "time": time}.get(kind, f"{date}T{time}")
