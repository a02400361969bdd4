"""What is selected in a table or a chart, as the front end tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ScenarioError
from ..probes.widget import Widget
from ..words.listing import listed, nearest
from .editing import Table

CHARTS = ("vega_lite_chart", "plotly_chart", "deck_gl_json_chart", "echarts_chart")
_EMPTY: dict[str, dict[str, Any]] = {
    "dataframe": {"rows": [], "columns": [], "cells": []},
    "plotly_chart": {"points": [], "point_indices": [], "box": [], "lasso": []},
    "deck_gl_json_chart": {"indices": {}, "objects": {}},
    "echarts_chart": {"selected": [], "areas": []},
}
# SelectionMode of a data frame: which words it allows, and whether they take several.
_ROWS, _COLUMNS, _CELLS = (0, 1, 6), (2, 3), (4, 5)
_SEVERAL = (1, 3, 5)


def selection(widget: Widget, message: Any, words: Mapping[str, Any]) -> str:
    """The document that a `select` step sends. Without words, nothing is selected any more.

    Raises ScenarioError when the table or chart does not allow that, or has no such place.
    """
    if "value" in words:
        chosen = _own_form(widget, message, words["value"])
    elif widget.element == "dataframe":
        chosen = _of_table(widget, message, words)
    elif widget.element == "plotly_chart" and "points" in words:
        chosen = _of_plotly(widget, message, words["points"])
    elif widget.element == "echarts_chart" and "points" in words:
        chosen = _of_echarts(message, words["points"])
    elif words:
        raise ScenarioError(
            f"{widget.called} takes its selection as value, not {', '.join(sorted(words))}"
        )
    else:
        chosen = {}
    if widget.element == "vega_lite_chart":
        empty: dict[str, Any] = {name: {} for name in message.selection_mode}
    else:
        empty = dict(_EMPTY[widget.element])
        if widget.element == "dataframe" and not hasattr(message, "SINGLE_CELL"):
            del empty["cells"]  # older versions know no cells
    return json.dumps({"selection": {**empty, **chosen}}, separators=(",", ":"))


def _own_form(widget: Widget, message: Any, value: Any) -> dict[str, Any]:
    """The chart's own words, such as `{"points": [...]}`; only those that it has."""
    if isinstance(value, Mapping) and set(value) == {"selection"}:
        value = value["selection"]
    if not isinstance(value, Mapping):
        raise ScenarioError(f"{widget.called} takes a table as its selection, not {value!r}")
    known: Sequence[str] = tuple(_EMPTY.get(widget.element, ()))
    if widget.element == "vega_lite_chart":
        known = tuple(message.selection_mode)
    for name in value:
        if name not in known:
            raise ScenarioError(
                f"{widget.called} has no selection {name!r}{nearest(str(name), known)}: "
                f"it has {listed(known)}"
            )
    return dict(value)


def _of_table(widget: Widget, message: Any, words: Mapping[str, Any]) -> dict[str, Any]:
    table, modes = Table(message), set(message.selection_mode)
    for name, allowed in (("rows", _ROWS), ("columns", _COLUMNS), ("cells", _CELLS)):
        chosen = words.get(name) or []
        if chosen and not modes & set(allowed):
            raise ScenarioError(f"{widget.called} does not let {name} be selected")
        if len(chosen) > 1 and not modes & set(allowed) & set(_SEVERAL):
            raise ScenarioError(f"{widget.called} lets one of its {name} be selected")
    for row in words.get("rows") or []:
        _check_row(widget, table, row)
    for column in words.get("columns") or []:
        _check_column(widget, table, column)
    for cell in words.get("cells") or []:
        if not isinstance(cell, list) or len(cell) != 2:
            raise ScenarioError(f'a cell is a row and a column, such as [0, "a"], not {cell!r}')
        _check_row(widget, table, cell[0])
        _check_column(widget, table, cell[1])
    found = {name: words[name] for name in ("rows", "columns", "cells") if words.get(name)}
    if "rows" in found:
        found["rows"] = sorted(found["rows"])
    return found


def _check_row(widget: Widget, table: Table, row: Any) -> None:
    if type(row) is not int or not 0 <= row < table.rows:
        raise ScenarioError(f"{widget.called} has no row {row!r}: there are {table.rows}, from 0")


def _check_column(widget: Widget, table: Table, column: Any) -> None:
    if column not in table.columns:
        meant = nearest(str(column), table.columns)
        raise ScenarioError(
            f"{widget.called} has no column {column!r}{meant}: it has {listed(table.columns)}"
        )


def _of_plotly(widget: Widget, message: Any, points: Sequence[Any]) -> dict[str, Any]:
    """Points by their number in the first trace, or as [trace, number]."""
    traces = json.loads(message.spec).get("data", [])
    found = []
    for point in points:
        curve, number = (0, point) if type(point) is int else _pair(point)
        if not 0 <= curve < len(traces):
            raise ScenarioError(f"{widget.called} has no trace {curve}: there are {len(traces)}")
        place: dict[str, Any] = {"curve_number": curve}
        place["point_number"] = place["point_index"] = number
        for axis in ("x", "y"):
            values = _numbers(traces[curve].get(axis))
            if values is not None:
                if not 0 <= number < len(values):
                    raise ScenarioError(
                        f"{widget.called} has no point {number}: there are {len(values)}, from 0"
                    )
                place[axis] = values[number]
        if traces[curve].get("type") == "bar":
            lying = traces[curve].get("orientation") == "h"
            place["label"], place["value"] = (place.get(a) for a in ("yx" if lying else "xy"))
        found.append(place)
    indices = list(dict.fromkeys(place["point_index"] for place in found))
    return {"points": found, "point_indices": indices}


def _of_echarts(message: Any, points: Sequence[Any]) -> dict[str, Any]:
    """Points by their number in the first series, or as [series, number]."""
    drawn = json.loads(message.spec).get("series", [])
    drawn = drawn if isinstance(drawn, list) else [drawn]
    numbers: dict[int, list[int]] = {}
    for point in points:
        place, number = (0, point) if type(point) is int else _pair(point)
        if not 0 <= place < len(drawn):
            raise ScenarioError(f"there is no series {place}: there are {len(drawn)}")
        numbers.setdefault(place, []).append(number)
    selected = [
        {
            "series_index": place,
            "series_id": drawn[place].get("id"),
            "series_name": drawn[place].get("name"),
            "data_type": "main",
            "data_indices": sorted(indices),
        }
        for place, indices in sorted(numbers.items())
    ]
    return {"selected": selected}


def _pair(point: Any) -> tuple[int, int]:
    if isinstance(point, list) and [type(n) for n in point] == [int, int]:
        return point[0], point[1]
    raise ScenarioError(f"a point is its number, or [trace, number], not {point!r}")


def _numbers(values: Any) -> Sequence[Any] | None:
    """Plotly writes a column as a list, or as its bytes."""
    if isinstance(values, Mapping) and "bdata" in values and "," not in str(values.get("shape")):
        import base64

        import numpy

        data = numpy.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
        return list(data.tolist())
    return values if isinstance(values, list) else None
