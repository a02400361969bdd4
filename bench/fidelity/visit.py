"""What a thorough visitor does on a page that nobody described: everything once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from rerun_trace.tracer.driver.browser import Browser
from rerun_trace.tracer.driver.scenario import ScenarioStep
from rerun_trace.tracer.probes.widget import Widget

_SELECTION = {"selection": {"rows": [0], "columns": [], "cells": []}}
_NO_EDIT: dict[str, Any] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []}


class Visit:
    """Chooses the next step from what is on the page: each widget once, then each other page.

    Widgets that appear on the way get their turn too. The last step runs the script once more.
    `limit` bounds the number of steps, for apps that always show something new.
    """

    def __init__(self, limit: int = 80) -> None:
        self._limit = limit
        self._done: set[str] = set()
        self._seen_pages: set[str] = set()
        self._over = False
        self.steps: list[ScenarioStep] = []

    def next(self, browser: Browser) -> ScenarioStep | None:
        """The next step, or None when there is nothing left to do."""
        if self._over:
            return None
        step = self._widget(browser) or self._page(browser)
        if step is None or len(self.steps) + 1 >= self._limit:
            self._over = True
            step = ScenarioStep("rerun")
        self.steps.append(step)
        return step

    def _widget(self, browser: Browser) -> ScenarioStep | None:
        counts: dict[str, int] = {}
        for widget in browser.widgets():
            n = counts[widget.element] = counts.get(widget.element, -1) + 1
            if widget.id in self._done or widget.disabled:
                continue
            step = _step(widget, f"{widget.element}#{n}")
            if step is not None:
                self._done.add(widget.id)
                return step
        return None

    def _page(self, browser: Browser) -> ScenarioStep | None:
        names = browser.page_names()
        for name in names if len(names) > 1 else ():
            if name not in self._seen_pages:
                self._seen_pages.add(name)
                return ScenarioStep("page", name)
        return None


def _step(widget: Widget, target: str) -> ScenarioStep | None:
    """What to do with a widget; None when there is nothing to do without more knowledge."""
    if widget.field == "trigger_value":
        return ScenarioStep("submit" if widget.submits else "click", target)
    make = _VALUES.get(widget.element)
    if make is None or (widget.element in _CHOICES and not widget.options):
        return None
    return ScenarioStep("set", target, make(widget))


def _other_option(widget: Widget) -> Any:
    chosen = widget.default if isinstance(widget.default, list) else [widget.default]
    others = [option for option in widget.options if option not in chosen]
    return others[-1] if others else widget.options[0]


def _one_option(widget: Widget) -> list[Any]:
    return [_other_option(widget)]


def _slide(widget: Widget) -> Any:
    """A place next to the default; of a range, its end moves."""
    ends = list(widget.default) if isinstance(widget.default, list) else [widget.default]
    if widget.options:
        ends[-1] = _other_option(widget)
        return sorted(ends, key=widget.options.index)
    back = -1 if len(ends) > 1 else 1
    ends[-1] = _MOVES[widget.numbers](ends[-1], back)
    return ends


def _move_time(text: str, way: int) -> str:
    moment = dt.datetime.fromisoformat(f"2000-01-01T{text}") + way * dt.timedelta(minutes=15)
    return moment.time().isoformat("minutes")


def _date(widget: Widget) -> list[str]:
    if not widget.default:
        return ["2024/05/06"]
    *before, last = (day.replace("-", "/") for day in widget.default)  # as newer versions write it
    day = dt.datetime.strptime(last, "%Y/%m/%d") - dt.timedelta(days=1)
    return [*before, day.strftime("%Y/%m/%d")]


_MOVES: dict[str, Callable[[Any, int], Any]] = {
    "int": lambda value, way: int(value) + way,
    "float": lambda value, way: float(value) + way * 0.01,
    "date": lambda text, way: (dt.date.fromisoformat(text) + dt.timedelta(days=way)).isoformat(),
    "time": _move_time,
    "datetime": lambda text, way: (
        dt.datetime.fromisoformat(text) + dt.timedelta(days=way)
    ).isoformat(),
}
_CHOICES = frozenset({"selectbox", "radio", "multiselect", "button_group", "menu_button"})
_VALUES: dict[str, Callable[[Widget], Any]] = {
    "checkbox": lambda widget: not widget.default,
    "text_input": lambda widget: "typed",
    "text_area": lambda widget: "typed",
    "chat_input": lambda widget: "typed",
    "color_picker": lambda widget: "#123456",
    "number_input": lambda widget: (widget.default or 0) + 1,
    "selectbox": _other_option,
    "radio": _other_option,
    "menu_button": _other_option,
    "multiselect": _one_option,
    "button_group": _one_option,
    "slider": _slide,
    "feedback": lambda widget: 1,
    "pagination": lambda widget: 2,
    "date_input": _date,
    "date_time_input": lambda widget: ["2024/05/06, 07:45"],
    "time_input": lambda widget: "07:45",
    "dataframe": lambda widget: json.dumps(_SELECTION | _NO_EDIT),
}
