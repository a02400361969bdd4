"""What is called by one of the names that are to be kept out, in recordings being read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..tracer.model import ContainerWrite, DrawnWidget, WidgetChange
from .named import Named


class Subjects:
    """Variables go by their name; a widget also by the key and the id that it was met with."""

    def __init__(self, named: Named) -> None:
        self.named = named
        self.widgets: set[str] = set()  # ids of widgets that have one of the names
        self.keys: set[str] = set()  # and their keys, in session state
        self.labels: set[str] = set()
        self.drawn: set[int] = set()  # and their numbers in the recording that is being read

    def next_recording(self) -> None:
        """Numbers begin anew."""
        self.drawn = set()

    def is_widget(self, widget: WidgetChange | DrawnWidget) -> bool:
        """Whether a widget has one of the names; from then on it is known by its id and key."""
        has = self.named.has
        named = has(widget.label) or has(widget.key) or self.named.id(widget.widget_id)
        if named:
            self.widgets.add(widget.widget_id)
            if widget.key:
                self.keys.add(widget.key)
            if widget.label:
                self.labels.add(widget.label)
            if isinstance(widget, DrawnWidget):
                self.drawn.add(widget.n)
        return named or widget.widget_id in self.widgets

    def is_key(self, key: str) -> bool:
        """Whether a key of session state is one of the names, or that of such a widget."""
        return self.named.has(key) or key in self.keys or self.named.id(key)

    def is_element(self, write: ContainerWrite) -> bool:
        """Whether what was written has one of the names."""
        if self.named.has(write.label) or self.named.id(write.widget_id):
            if write.widget_id is not None:
                self.widgets.add(write.widget_id)
            return True
        return write.widget in self.drawn or write.widget_id in self.widgets

    def is_called(self, word: object) -> bool:
        """Whether a scenario's step that says this word means such a widget."""
        if not isinstance(word, str):
            return False
        return self.named.has(word) or word in self.keys or word in self.labels

    def given_by(self, step: Mapping[str, Any]) -> Any:
        """What a step of a scenario gives to one of the names."""
        words = list(step.items())
        if words and self.is_called(words[0][1]):
            return [value for _, value in words[1:]]
        return []
