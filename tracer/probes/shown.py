"""What an element shows beside its label, and what a widget was made of, as short texts. Pure.

Both are read from Streamlit's messages, on the sink's thread: nothing of the app's runs here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

LIMIT = 200  # characters
_COLUMNS = 8  # named of a table
_PARSED = 20_000  # characters of a figure: a widget is read on the script's thread

# Of a widget's message: what it is called by, and what is its value and not what it was made of.
_NOT_MADE_OF = frozenset(
    ("id", "form_id", "value", "raw_value", "raw_values", "set_value", "form_clear_on_submit")
)


def shows(element: str, message: Any) -> str | None:
    """What a person reads there beside the label, in at most 200 characters; None: nothing else."""
    read = _SHOWN.get(element)
    if read is None or message is None:
        return None
    try:
        text = read(message)
    except Exception:  # a message of a version to come: the element is known, its inside is not
        return None
    return shortened(text) or None


def made_of(message: Any) -> tuple[tuple[str, str], ...]:
    """The parameters in a widget's message, by name, but for those that have their zero value."""
    found = []
    for field, value in message.ListFields():
        if field.name not in _NOT_MADE_OF:
            found.append((field.name, shortened(_parameter(field, value))))
    return tuple(found)


def shortened(text: str) -> str:
    """`text` in one line of at most 200 characters."""
    line = " ".join(text[: 4 * LIMIT].split())  # of a figure, there may be megabytes
    return line if len(line) <= LIMIT else line[: LIMIT - 1] + "…"


def _parameter(field: Any, value: Any) -> str:
    if field.type == field.TYPE_BYTES:
        return _table(value) or f"{len(value):,} bytes"
    if field.type != field.TYPE_MESSAGE:
        return str(list(value)[:50]) if hasattr(value, "append") else str(value)
    if "data" in (f.name for f in getattr(value, "DESCRIPTOR", field.message_type).fields):
        data = getattr(value, "data", b"")
        return _table(data) if isinstance(data, bytes) else str(value)
    return str(value)


def _metric(message: Any) -> str:
    return f"{message.body} ({message.delta})" if message.delta else str(message.body)


def _data(message: Any) -> str:
    return _table(_bytes(message))


def _bytes(message: Any) -> bytes:
    """Arrow's bytes of a table: a field of its own, or inside of one, as versions have it."""
    fields = message.DESCRIPTOR.fields_by_name
    data = getattr(message, "arrow_data" if "arrow_data" in fields else "data", b"")
    return data if isinstance(data, bytes) else bytes(data.data)


def _table(data: bytes) -> str:
    """The shape of Arrow's bytes: `3 rows: city, people`. The app loaded pyarrow to make them."""
    arrow = sys.modules.get("pyarrow")
    if arrow is None or not data:
        return ""
    try:
        table = arrow.ipc.open_stream(data).read_all()
    except Exception:  # other bytes than Arrow's
        return ""
    rows = "1 row" if table.num_rows == 1 else f"{table.num_rows:,} rows"
    names = [name for name in table.schema.names if not name.startswith("__index_level")]
    more = ", …" if len(names) > _COLUMNS else ""
    return f"{rows}: {', '.join(map(str, names[:_COLUMNS]))}{more}" if names else rows


def _vega(message: Any) -> str:
    tables = [_table(message.data.data)] if message.HasField("data") else []
    tables += [_table(each.data.data) for each in message.datasets]
    return "; ".join(filter(None, tables))


def _plotly(message: Any) -> str:
    spec = message.spec or message.figure.spec
    if len(spec) > _PARSED:
        return f"a figure of {len(spec):,} characters"
    figure = json.loads(spec)
    traces = figure.get("data", [])
    kinds = ", ".join(str(trace.get("type", "scatter")) for trace in traces[:_COLUMNS])
    return f"{len(traces)} traces: {kinds}"


def _exception(message: Any) -> str:
    return f"{message.type}: {message.message}"


def _progress(message: Any) -> str:
    return f"{message.value}%"


def _images(message: Any) -> str:
    captions = [image.caption for image in message.imgs if image.caption]
    return ", ".join(captions) or f"{len(message.imgs)} images"


_SHOWN: dict[str, Callable[[Any], str]] = {
    "metric": _metric,
    "dataframe": _data,
    "table": _data,
    "vega_lite_chart": _vega,
    "plotly_chart": _plotly,
    "exception": _exception,
    "progress": _progress,
    "imgs": _images,
    "json": lambda message: str(message.body),
    "code": lambda message: str(message.code_text),
    "link_button": lambda message: str(message.url),
    "page_link": lambda message: str(message.page),
    "deck_gl_json_chart": lambda message: str(message.json),
    "graphviz_chart": lambda message: str(message.spec),
    "iframe": lambda message: str(message.src or message.srcdoc),
    "bokeh_chart": lambda message: f"{len(message.figure):,} characters of a figure",
}
