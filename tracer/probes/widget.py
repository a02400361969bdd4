"""A widget as the probes and the driver know it; it knows nothing of Streamlit's messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Widget:
    """One widget as it stands on the page. `default` is a value as a person reads it."""

    id: str
    element: str
    label: str
    key: str | None
    default: Any
    field: str  # the WidgetState field that carries its value
    options: tuple[str, ...] = ()
    form: str = ""
    fragment: str = ""
    placeholder: str = ""
    secret: bool = False
    submits: bool = False
    disabled: bool = False
    numbers: str = ""  # int | float | date | time | datetime, for sliders and numbers
    kind: str = ""  # the command that drew it, see `widget_names`

    @property
    def called(self) -> str:
        """What an error calls it: `number_input 'Age'`."""
        name = self.label or self.placeholder or self.key
        return f"{self.kind} {name!r}" if name else f"the {self.kind} without a label"

    @property
    def is_trigger(self) -> bool:
        """Whether it is true for one run only, as a button is."""
        return self.field in ("trigger_value", "string_trigger_value", "chat_input_value")
