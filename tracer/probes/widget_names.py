"""What widgets are called where they have no name of their own: by kind and place.

The kind is the name of the Streamlit command that draws the widget, without `st.`: `data_editor`,
`pills`, `select_slider`. Streamlit's messages know fewer kinds: one message draws a data frame and
a data editor, and what tells them apart is a field of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .widget import Widget

# Elements that Streamlit's message names otherwise than the command, whatever is in the message.
_COMMANDS = {
    "bidi_component": "component",
    "component_instance": "component",
    "date_time_input": "datetime_input",
    "deck_gl_json_chart": "pydeck_chart",
    "expandable": "expander",
    "tab_container": "tabs",
}
# Commands that draw the same message as another one, which does not say which of them it was.
_SAME_MESSAGE = {"altair_chart": "vega_lite_chart"}


def kind_of(element: str, message: Any = None) -> str:
    """The command's name for an element, by its message where there is one: `data_editor`."""
    if message is not None:
        if element == "dataframe" and message.editing_mode:
            return "data_editor"
        if element == "button_group":
            return ("segmented_control", "pills", "feedback")[message.style]
        if element == "slider" and message.type == 2:
            return "select_slider"
        if element == "checkbox" and message.type == 1:
            return "toggle"
        if element == "button" and message.is_form_submitter:
            return "form_submit_button"
    return _COMMANDS.get(element, element)


def kind_name(widget: Widget | str) -> str:
    """The kind of a widget, or of an element of which only Streamlit's name is known."""
    return kind_of(widget) if isinstance(widget, str) else widget.kind


def kind_words(widget: Widget | str) -> str:
    """The kind as it stands in a sentence: `data editor`."""
    return kind_name(widget).replace("_", " ")


def is_called(kind: str, widget: Widget) -> bool:
    """Whether a scenario may call a widget's kind so: by its command, or as its message does.

    So `checkbox` means toggles too, which are the same message, and `dataframe` data editors.
    """
    return _SAME_MESSAGE.get(kind, kind) in (widget.kind, widget.element)


def place_name(widget: Widget, among: Sequence[Widget]) -> str:
    """The name by which a scenario finds the widget `among` those of its page: `data_editor#0`."""
    alike = [w.id for w in among if is_called(widget.kind, w)]
    return f"{widget.kind}#{alike.index(widget.id)}"


def spoken_name(widget: Widget, among: Sequence[Widget]) -> str:
    """What a sentence calls a widget: its label, placeholder or key, else `data editor 1`."""
    own = widget.label or widget.placeholder or widget.key
    if own:
        return repr(own)
    alike = [w.id for w in among if w.kind == widget.kind]
    return f"{kind_words(widget)} {alike.index(widget.id) + 1}"
