"""Which widget each call drew, run by run, and what people last gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..model import ContainerWrite, DrawnWidget, WidgetChange
from .history import History
from .run import Run


class Call(NamedTuple):
    """A call that draws a widget: its statement, its element, and its place among the same ones.

    The third one of a loop is the same call as the third one of the loop in another run.
    """

    file: str | None
    line: int | None
    element: str
    n: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A widget as a call drew it in a run."""

    call: Call
    run: int
    write: ContainerWrite
    widget: DrawnWidget

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.widget.label or self.widget.key or self.widget.element.replace("_", " ")


def drawn(run: Run) -> dict[Call, Drawn]:
    """The widgets that a run drew, by their calls, in order."""
    found: dict[Call, Drawn] = {}
    seen: dict[tuple[str | None, int | None, str], int] = {}
    for write in run.writes:
        widget = run.history.widget(write)
        if widget is None:
            continue
        place = (write.file, write.line, write.element)
        seen[place] = seen.get(place, 0) + 1
        call = Call(*place, seen[place])
        found[call] = Drawn(call, run.n, write, widget)
    return found


def drew(run: Run, widget_id: str) -> Drawn | None:
    """The drawing of a widget in a run; None when it did not draw it."""
    return next((d for d in drawn(run).values() if d.widget.widget_id == widget_id), None)


def last_drawn(run: Run, widget_id: str) -> Drawn | None:
    """The newest drawing of a widget before a run, in its app session."""
    earlier = run.previous
    while earlier is not None:
        found = drew(earlier, widget_id)
        if found is not None:
            return found
        earlier = earlier.previous
    return None


def given(history: History, run: Run, widget_id: str) -> WidgetChange | None:
    """What a person last gave a widget, as far as a run; None: it was never touched."""
    giver = history.giver(run, widget_id)
    changes = giver.interaction.changes if giver and giver.interaction else ()
    return next((each for each in reversed(changes) if each.widget_id == widget_id), None)


_PARAMETERS = {"min": "min_value", "max": "max_value"}
_DEFAULTS = {"selectbox": "index", "radio": "index", "multiselect": "default"}


def parameter(element: str, name: str) -> str:
    """What a call names a parameter that a widget's message calls so."""
    if name == "default":
        return _DEFAULTS.get(element, "value")
    return _PARAMETERS.get(name, name)


def differences(old: DrawnWidget, new: DrawnWidget) -> list[tuple[str, Any, Any]]:
    """The parameters in which two drawings differ: name, old, new. The key and the form count."""
    before, after = dict(old.made_of), dict(new.made_of)
    found: list[tuple[str, Any, Any]] = [
        (name, before.get(name), after.get(name))
        for name in [*before, *(name for name in after if name not in before)]
        if before.get(name) != after.get(name)
    ]
    for name in ("key", "form"):
        if getattr(old, name) != getattr(new, name):
            found.append((name, getattr(old, name), getattr(new, name)))
    return found
