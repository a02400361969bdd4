"""Reads widgets and labels out of Streamlit's messages, in the terms people use.

The wire form of a value differs between versions (options by index, later by text); which one a
version speaks is read from its own message definitions, not from its number.
"""

from __future__ import annotations

from typing import Any

from .widget import Widget
from .widget_names import kind_of
from .widget_values import positions

# Names that changed on the way from 1.40 to now; the newer one is used.
_ELEMENT_NAMES = {
    "arrow_data_frame": "dataframe",
    "arrow_table": "table",
    "arrow_vega_lite_chart": "vega_lite_chart",
    "doc_string": "help_info",
}
_CONTAINERS = {None, "vertical", "horizontal", "flex_container", "transparent"}
_TRIGGERS = {"button", "download_button", "menu_button"}
_LABEL_FIELDS = (
    "label", "body", "name", "header", "text", "title", "message", "component_name", "url"
)  # fmt: skip
_LABEL_LENGTH = 200

WIDGET_ID = b"$$ID"
"""How the id of every widget begins, as it stands in a serialized message."""


def element_of(delta: Any) -> tuple[str, Any]:
    """The element's name and its message, for a `new_element` delta."""
    kind = delta.new_element.WhichOneof("type")
    if kind is None:
        return "empty", None
    return _ELEMENT_NAMES.get(kind, kind), getattr(delta.new_element, kind)


def block_of(block: Any) -> tuple[str, str]:
    """Name and label of a block."""
    kind = block.WhichOneof("type")
    if kind in _CONTAINERS:
        return "container", ""
    name = {"expandable": "expander", "tab_container": "tabs"}.get(kind, kind)
    return name, label_of(getattr(block, kind))


def label_of(message: Any) -> str:
    """What a person would call an element: its label, text or title, in one short line."""
    if message is None:
        return ""
    fields = message.DESCRIPTOR.fields_by_name
    for name in _LABEL_FIELDS:
        field = fields.get(name)
        if field is not None and field.type == field.TYPE_STRING:
            text = getattr(message, name)
            if isinstance(text, str) and text:
                line = " ".join(text.split())
                return line if len(line) <= _LABEL_LENGTH else line[: _LABEL_LENGTH - 1] + "…"
    return ""


def key_of(widget_id: str) -> str | None:
    """The user's `key`, which Streamlit keeps at the end of a widget's id."""
    parts = widget_id.split("-", 2)
    if len(parts) == 3 and parts[0] == WIDGET_ID.decode() and parts[2] != "None":
        return parts[2]
    return None


def widget_of(element: str, message: Any, fragment: str = "") -> Widget | None:
    """The widget in an element's message, or None when it takes no input."""
    fields = message.DESCRIPTOR.fields_by_name if message is not None else {}
    if "id" not in fields or not message.id:
        return None
    has = fields.__contains__
    options: tuple[str, ...] = ()
    if element == "button_group":
        options = group_options(message)
    elif has("options"):
        options = tuple(message.options)
    numbers = ""
    if element == "slider":
        numbers = ("int", "float", "datetime", "date", "time")[message.data_type]
    elif element == "number_input":
        numbers = ("int", "float")[message.data_type]
    field = _field(element, message, fields)
    if field is None:
        return None
    return Widget(
        id=message.id,
        element=element,
        label=label_of(message),
        key=key_of(message.id),
        default=_default(element, message, fields, options, numbers),
        field=field,
        options=options,
        form=message.form_id if has("form_id") else "",
        fragment=fragment,
        placeholder=message.placeholder if has("placeholder") else "",
        secret=element == "text_input" and message.type == 1,
        submits=bool(has("is_form_submitter") and message.is_form_submitter),
        disabled=bool(has("disabled") and fields["disabled"].type == 8 and message.disabled),
        numbers=numbers,
        kind=kind_of(element, message),
    )


def block_widget(block: Any, fragment: str = "") -> Widget | None:
    """The widget that a container is when the script hears of its opening or closing."""
    kind = block.WhichOneof("type")
    if kind not in _BLOCK_FIELDS:
        return None
    message = getattr(block, kind)
    fields = message.DESCRIPTOR.fields_by_name
    if "id" not in fields or not message.id:
        return None
    element, label = block_of(block)
    return Widget(
        id=message.id,
        element=element,
        label=label,
        key=key_of(message.id),
        default=message.default_tab_label if element == "tabs" else _is_open(message, element),
        field=_BLOCK_FIELDS[kind],
        fragment=fragment,
        disabled=bool("disabled" in fields and message.disabled),
        kind=kind_of(element),
    )


_BLOCK_FIELDS = {
    "tab_container": "string_value",
    "expandable": "bool_value",
    "popover": "bool_value",
    "dialog": "trigger_value",
}


def _is_open(message: Any, element: str) -> bool:
    if element == "dialog":
        return False
    return bool(message.expanded if element == "expander" else message.open)


def group_options(message: Any) -> tuple[str, ...]:
    """The options of pills or a segmented control, as the front end sends them."""
    if "raw_values" in message.DESCRIPTOR.fields_by_name:
        return tuple(f"{o.content_icon} {o.content}".strip() for o in message.options)
    return tuple(o.content or o.content_icon for o in message.options)


def _field(element: str, message: Any, fields: Any) -> str | None:
    by_text = "raw_value" in fields or "raw_values" in fields
    if element in _TRIGGERS:
        return "string_trigger_value" if element == "menu_button" else "trigger_value"
    if element == "slider":
        select = message.type == 2
        return "string_array_value" if select and by_text else "double_array_value"
    if element == "chat_input":
        return "chat_input_value" if "accept_file" in fields else "string_trigger_value"
    if element == "dataframe" and message.editing_mode:
        return "string_value"
    if element in ("dataframe", "vega_lite_chart", "plotly_chart", "deck_gl_json_chart"):
        return "string_value" if len(message.selection_mode) else None
    if element == "echarts_chart":
        return "string_value" if message.selection_activated else None
    if element == "number_input":
        return "double_value" if message.data_type else "int_value"
    if element == "link_button":
        return None if message.ignore_rerun else "trigger_value"
    return {
        "bidi_component": "json_value",
        "component_instance": "json_value",
        "checkbox": "bool_value",
        "text_input": "string_value",
        "text_area": "string_value",
        "color_picker": "string_value",
        "selectbox": "string_value" if by_text else "int_value",
        "radio": "string_value" if by_text else "int_value",
        "multiselect": "string_array_value" if by_text else "int_array_value",
        "button_group": "string_array_value" if by_text else "int_array_value",
        "feedback": "string_value" if "query_param_key" in fields else "int_value",
        "pagination": "int_value",
        "date_input": "string_array_value",
        "date_time_input": "string_array_value",
        "time_input": "string_value",
        "file_uploader": "file_uploader_state_value",
        "camera_input": "file_uploader_state_value",
        "audio_input": "file_uploader_state_value",
    }.get(element)


def _default(
    element: str, message: Any, fields: Any, options: tuple[str, ...], numbers: str
) -> Any:
    if element in _TRIGGERS or element == "chat_input":
        return False if element != "chat_input" else None
    if "default" not in fields:
        return [] if element in ("file_uploader", "camera_input", "audio_input") else None
    default = fields["default"]
    if default.is_repeated if hasattr(default, "is_repeated") else default.label == 3:
        values = list(message.default)
        if element in ("multiselect", "button_group"):
            return [options[i] for i in values if i < len(options)]
        if element == "slider":
            return positions(values, numbers, options)
        return values
    if default.has_presence and not message.HasField("default"):
        return None
    value = message.default
    if element in ("selectbox", "radio"):
        return options[value] if 0 <= value < len(options) else None
    if element == "pagination":
        return value or 1
    return int(value) if numbers == "int" else value
