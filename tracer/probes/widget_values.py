"""Turns widgets' values from their wire form into what people read, and back."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from ..errors import ScenarioError
from ..words.listing import listed
from .widget import Widget


def positions(values: list[float], numbers: str, options: tuple[str, ...]) -> Any:
    """Slider positions as people read them; one value alone is not a list."""
    if options:
        read: list[Any] = [options[int(v)] for v in values if int(v) < len(options)]
    elif numbers in ("date", "time", "datetime"):
        read = [_moment(v, numbers) for v in values]
    elif numbers == "int":
        read = [int(v) for v in values]
    else:
        read = values
    return read[0] if len(read) == 1 else read


def _moment(microseconds: float, numbers: str) -> str:
    moment = dt.datetime.fromtimestamp(microseconds / 1e6, dt.UTC).replace(tzinfo=None)
    return {
        "date": lambda: moment.date().isoformat(),
        "time": lambda: moment.time().isoformat("minutes"),
    }.get(numbers, moment.isoformat)()


def read_value(widget: Widget | None, state: Any) -> Any:
    """The value in a `WidgetState` message, as a person reads it."""
    field = state.WhichOneof("value")
    if field is None:
        return None
    raw = getattr(state, field)
    if field == "file_uploader_state_value":
        return [info.name for info in raw.uploaded_file_info]
    if field in ("double_array_value", "int_array_value", "string_array_value"):
        values = list(raw.data)
        if widget is None or field == "string_array_value":
            if widget is not None and widget.element == "slider":
                return values[0] if len(values) == 1 else values
            return values
        if widget.element == "slider":
            return positions(values, widget.numbers, widget.options)
        if widget.kind == "feedback":  # of older versions
            number = values[0] if values else None
            return number if number is None or len(widget.options) > 2 else 1 - number
        return [widget.options[i] for i in values if i < len(widget.options)]
    if field in ("string_trigger_value", "chat_input_value"):
        return raw.data or None
    if field == "arrow_value":
        return "(table)"
    if field == "bytes_value":
        return f"({len(raw)} bytes)"
    if widget is not None and field == "int_value" and widget.options:
        return widget.options[raw] if 0 <= raw < len(widget.options) else None
    if widget is not None and widget.numbers == "int":
        return int(raw)
    if widget is not None and widget.element in _AS_JSON and type(raw) is str:
        return _json(raw)
    if field in ("json_value", "json_trigger_value"):
        return _json(raw)
    if widget is not None and widget.element == "feedback" and type(raw) is str:
        return int(raw) if raw.isdecimal() else None
    return raw


# Elements whose value is a document: edits, or what is selected.
_AS_JSON = frozenset(
    {"dataframe", "vega_lite_chart", "plotly_chart", "deck_gl_json_chart", "echarts_chart"}
)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def fill_state(widget: Widget, value: Any, state: Any) -> None:
    """Put a value, as a person gives it, into a `WidgetState` message.

    Raises ScenarioError when the widget cannot take it.
    """
    state.id = widget.id
    field = widget.field
    try:
        if field == "trigger_value":
            state.trigger_value = bool(value)
        elif field in ("string_trigger_value", "chat_input_value"):
            getattr(state, field).data = str(value)
        elif field == "bool_value":
            state.bool_value = _truth(widget, value)
        elif field == "double_value":
            if value is not None:
                state.double_value = float(value)
        elif field == "int_value":
            if value is not None:
                state.int_value = _option(widget, value) if widget.options else int(float(value))
        elif field in ("int_array_value", "string_array_value", "double_array_value"):
            _fill_array(widget, value, getattr(state, field))
        elif field == "string_value":
            if value is not None:
                state.string_value = value if isinstance(value, str) else json.dumps(value)
        elif field == "file_uploader_state_value":
            state.file_uploader_state_value.SetInParent()
        elif field == "json_value":
            state.json_value = json.dumps(value)
    except (TypeError, ValueError) as error:
        raise ScenarioError(f"{widget.called} cannot take {value!r}: {error}") from None


def _fill_array(widget: Widget, value: Any, array: Any) -> None:
    values = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    array.SetInParent()
    if widget.field == "int_array_value":
        is_rating = widget.kind == "feedback"  # its options are all the same star
        array.data.extend(int(v) if is_rating else _option(widget, v) for v in values)
    elif widget.field == "string_array_value":
        array.data.extend(str(v) for v in values)
    elif widget.options:
        array.data.extend(_option(widget, v) for v in values)
    elif widget.numbers in ("date", "time", "datetime"):
        array.data.extend(_microseconds(v, widget.numbers) for v in values)
    else:
        array.data.extend(float(v) for v in values)


def _microseconds(value: Any, numbers: str) -> float:
    text = str(value)
    moment = dt.datetime.fromisoformat(f"2000-01-01T{text}" if numbers == "time" else text)
    return moment.replace(tzinfo=dt.UTC).timestamp() * 1e6


def _option(widget: Widget, value: Any) -> int:
    if str(value) not in widget.options:
        raise ScenarioError(
            f"{widget.called} has no option {value!r}: choose one of {listed(widget.options)}"
        )
    return widget.options.index(str(value))


def _truth(widget: Widget, value: Any) -> bool:
    if isinstance(value, str):
        known = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
        if value.lower() not in known:
            raise ScenarioError(f"{widget.called} takes true or false, not {value!r}")
        return known[value.lower()]
    return bool(value)
