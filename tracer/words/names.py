"""What widgets, fragments and who acted are called where people read. No id of Streamlit's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..model import Interaction, ScriptRun, WidgetChange

COMPONENTS = frozenset({"component_instance", "bidi_component", "component"})
"""Elements whose own code sends messages: nobody has to have done anything."""

_SUBMITTER = "FormSubmitter:"
_KINDS = {
    "arrow_data_frame": "data frame",
    "bidi_component": "component",
    "component_instance": "component",
    "date_time_input": "datetime input",
    "deck_gl_json_chart": "map",
    "vega_lite_chart": "chart",
    "arrow_vega_lite_chart": "chart",
    "pydeck_chart": "map",
    "plotly_chart": "chart",
    "widget": "widget",
}


def kind_words(element: str, value: object = None) -> str:
    """An element's kind as it stands in a sentence; what a data frame sent tells what it was."""
    if element == "dataframe":
        return "data editor" if isinstance(value, dict) and "edited_rows" in value else "data frame"
    return _KINDS.get(element, element.replace("_", " "))


# What a widget takes keys for: one that is not here takes Enter and Space at most.
_TEXT = ("text_input", "text_area", "number_input", "chat_input", "dataframe", "multiselect")
_ARROWS = ("slider", "selectbox", "radio", "date_input", "time_input", "date_time_input")
_KEYBOARD: dict[str, Literal["arrows", "text"]] = {
    **dict.fromkeys((*_TEXT, *COMPONENTS), "text"),
    **dict.fromkeys(_ARROWS, "arrows"),
}


def keyboard(interaction: Interaction | None) -> Literal["none", "arrows", "text"]:
    """What the widget that a person used takes keys for; `text` includes arrows."""
    changes = interaction.changes if interaction is not None else ()
    used = {_KEYBOARD.get(change.element) for change in changes}
    return "text" if "text" in used else "arrows" if "arrows" in used else "none"


def is_id(name: object) -> bool:
    """Whether a name is Streamlit's id of a widget."""
    return isinstance(name, str) and name.startswith("$$")


def told_apart(label: str, key: str | None, line: int | None) -> str:
    """A label that several widgets of the page have: with the key, else with the line.

    Streamlit makes keys for the buttons of forms: those are named by the form.
    """
    if key and key.startswith(_SUBMITTER):
        return f"{label} (form {key.removeprefix(_SUBMITTER).removesuffix(f'-{label}')})"
    if key:
        return f"{label} (key {key})"
    return f"{label}, line {line}" if line else label


def is_meant(name: object, change: WidgetChange) -> bool:
    """Whether an interaction's name for a widget means the one that changed."""
    if not isinstance(name, str):
        return False
    if name in (change.label, change.key, change.widget_id):
        return True
    starts = (f"{change.label} (key ", f"{change.label} (form ", f"{change.label}, line ")
    return bool(change.label) and name.startswith(starts)


def meant(interaction: Interaction) -> WidgetChange | None:
    """The change that an interaction's action tells about, among those that came with it."""
    if "dismiss" in interaction.action:
        return next((each for each in interaction.changes if each.element == "dialog"), None)
    subject = next(iter(interaction.action.values()), None)
    found = [change for change in interaction.changes if is_meant(subject, change)]
    if not found:  # called by its kind and place
        found = [each for each in interaction.changes if not each.label and not each.key]
    value = interaction.action.get("value")
    exact = [change for change in found if change.new == value]
    return next(iter(exact or found), None)


def subject(interaction: Interaction) -> object:
    """What an interaction was about, as its action says it; of a bare id, the widget's kind."""
    name = next(iter(interaction.action.values()), None)
    change = meant(interaction)
    if "dismiss" in interaction.action:
        return (change and change.label) or "a dialog"
    if not is_id(name):
        return name
    return f"a {kind_words(change.element, change.new)}" if change else "a widget"


def fragment_words(run: ScriptRun) -> str:
    """The fragments that a run executed: `the fragment board`, `the fragments a and b`.

    Those that were gone when the run started ran nothing. Without names, how many there were.
    """
    gone: Sequence[str] = run.fragments_gone
    known: Sequence[str] = run.fragment_names
    left = [index for index, id in enumerate(run.fragments) if id not in gone]
    names = [known[index] for index in left if index < len(known) and known[index]]
    if not left:
        return "no fragment"
    if len(names) < len(left):
        return "one fragment" if len(left) == 1 else f"{len(left)} fragments"
    if len(names) == 1:
        return f"the fragment {names[0]}"
    return f"the fragments {', '.join(names[:-1])} and {names[-1]}"
