"""What a person had typed or picked at a moment: the page messages do not hold it. Pure.

The browser sends a value after the run that drew its widget; so a replayed page gets it apart from
the messages that make the page. A password field is left as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from rerun_trace.tracer.model import Interaction, WidgetChange, has_mask

FILLED = frozenset(
    {
        "button_group",
        "checkbox",
        "color_picker",
        "date_input",
        "date_time_input",
        "feedback",
        "multiselect",
        "number_input",
        "radio",
        "selectbox",
        "slider",
        "text_area",
        "text_input",
        "time_input",
    }
)
"""Elements that the replay can fill (`web/frontend/replay/message.ts`)."""


class Typed:
    """The values of widgets in a recording, each with the interactions that changed it."""

    def __init__(self) -> None:
        self.known = 0  # interactions that were taken in: the first ones
        self._changes: dict[tuple[int, str], list[tuple[int, WidgetChange]]] = {}

    def add(self, interactions: Iterable[Interaction]) -> None:
        """Take in the next interactions, in order."""
        for item in interactions:
            self.known = item.n + 1
            for change in item.changes:
                if change.element in FILLED:
                    key = (item.app_session, change.widget_id)
                    self._changes.setdefault(key, []).append((item.n, change))

    def values(
        self,
        session: int,
        interaction: int,
        widgets: Iterable[str],
        without: Collection[str],
        back: Collection[str | None] = (),
    ) -> Mapping[str, Any]:
        """By widget id, what it held after an interaction. Of those that never changed: nothing.

        `without`: keys that the script has set since, which only its page messages know.
        `back`: widgets that are new on the page, or on it again: they hold what they begin with.
        """
        found = {}
        for widget in widgets:
            changes = self._changes.get((session, widget))
            if not changes or changes[0][1].key in without:
                continue
            past = [change for n, change in changes if n <= interaction and widget not in back]
            value = past[-1].new if past else changes[0][1].old
            if not (_is_masked(value) or _is_masked(changes[0][1].new)):
                found[widget] = value
        return found


def _is_masked(value: Any) -> bool:
    return type(value) is str and has_mask(value)
