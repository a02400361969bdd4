"""Masks texts and numbers in the tables of data frames and charts: Arrow's bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

_BEGIN = b"\xff\xff\xff\xff"


def masked_table(
    data: bytes,
    text: Callable[[str], str],
    numbers: Collection[float],
    named: Callable[[str], bool],
) -> bytes | None:
    """The bytes of a table with `text` done to its texts, and these numbers taken out.

    A column for which `named` holds is emptied. None: the bytes are no table.
    """
    if data[:4] != _BEGIN:
        return None
    try:
        import pyarrow as pa  # type: ignore[import-untyped]

        table = pa.ipc.open_stream(data).read_all()
        columns = [
            _column(pa, column, text, numbers, named(name))
            for name, column in zip(table.schema.names, table.columns, strict=True)
        ]
        metadata = {
            key: text(value.decode()).encode()
            for key, value in (table.schema.metadata or {}).items()
        }
        names = [text(name) for name in table.schema.names]
        made = pa.table(columns, names=names).replace_schema_metadata(metadata or None)
        if made.equals(table, check_metadata=True):
            return data
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, made.schema) as stream:
            stream.write_table(made)
        return bytes(sink.getvalue())
    except Exception:  # of a kind that pyarrow does not know, or no pyarrow
        return None


def _column(
    pa: Any, column: Any, text: Callable[[str], str], numbers: Collection[float], is_named: bool
) -> Any:
    kind = column.type
    if is_named:
        return pa.nulls(len(column), kind)
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        if not _is_text(pa, kind):
            return column
    if _is_text(pa, kind):
        values = column.to_pylist()
        made = [value if value is None else text(value) for value in values]
        return column if made == values else pa.array(made, kind)
    if numbers and (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        values = column.to_pylist()
        if any(value in numbers for value in values):
            return pa.array([None if v in numbers else v for v in values], kind)
    return column


def _is_text(pa: Any, kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
