"""Short summaries for the common types of NumPy, pandas, polars and Pillow.

None of them is ever imported here. A class counts as a library's only when it is the very object
that the module it names, already loaded from an installed package, holds under its name: a class
of the user's that calls itself `pandas.DataFrame` is not one. What these objects contain may still
be the user's (an extension array, a label, a time zone), so only parts of known type are asked.
"""

from __future__ import annotations

import sys
import types
import weakref
from typing import Any, Final, NamedTuple

from rerun_trace.tracer.capture.class_shapes import (
    attribute,
    class_name,
    method_order,
    module_dict,
    module_name,
    shape_of,
)
from rerun_trace.tracer.capture.value_texts import Pen, Show, masked, show_clock, show_text

_COLUMNS: Final = 6  # names shown of a data frame
_BUILTIN_DTYPES: Final = 24  # NumPy's own type numbers are below; users' own begin at 256
_NUMERIC: Final = "biufcmM"  # kinds of dtypes whose items are plain numbers or times


class KnownType(NamedTuple):
    """How to show a library's class, and whether its objects can change in place.

    `cls` keeps the class alive, so that its id stays its own.
    """

    cls: type
    show: Show
    mutable: bool = False


_PANDAS_ONLY: Final = frozenset({"pandas"})
_ARRAYS: Final = frozenset({"numpy", "pandas"})
_ARROW: Final = frozenset({"pyarrow"})
_KEPT_FRAMES: Final = 512
_FRAME_HEAD: Final = 30  # characters before and after a frame's columns, at most

found: Final[dict[int, KnownType]] = {}
"""What was looked for, by the class's id, which stays its own: the class is kept."""

# By the axes' ids and the room: the axes, as long as somebody else holds them, and the text.
_frames: dict[tuple[int, int, int], tuple[weakref.ref[Any], weakref.ref[Any], str]] = {}
_headings: dict[tuple[int, int], tuple[weakref.ref[Any], str]] = {}  # by array's id and the room
_genuine: dict[int, tuple[str, type]] = {}  # by the class's id: what keeps the id its own


def find(cls: type, library: str) -> KnownType | None:
    """The library's type that `cls` is, or None. `library` is a top-level module's name."""
    known = found.get(id(cls))
    if known is None:
        known = _identify(cls, library)
        if known is not None:
            found[id(cls)] = known
    return known


def is_library_class(cls: type, libraries: frozenset[str]) -> bool:
    """Whether the class really is what an installed package of that name defines."""
    library, _ = _genuine.get(id(cls), ("", None))
    if not library:
        library = shape_of(cls).library
        if library not in libraries or not is_genuine(cls):
            return False
        _genuine[id(cls)] = library, cls
    return library in libraries


def _identify(cls: type, library: str) -> KnownType | None:
    name = class_name(cls)
    if library == "numpy":
        kind = name.rstrip("_0123456789")
        known = _NUMPY.get(name) or _SCALARS.get(kind)
    elif library == "PIL":
        known = _IMAGE if any(class_name(base) == "Image" for base in method_order(cls)) else None
    else:
        known = {"pandas": _PANDAS, "polars": _POLARS}.get(library, {}).get(name)
    if known is None or not is_genuine(cls):
        return None
    return KnownType(cls, *known)


def is_genuine(cls: type) -> bool:
    """Whether the module of an installed package, which the class names, holds it by its name."""
    module = sys.modules.get(module_name(cls))
    if type(module) is not types.ModuleType:
        return False
    names = module_dict(module)
    file = names.get("__file__")
    if type(file) is not str or not ("site-packages" in file or "dist-packages" in file):
        return False
    return names.get(class_name(cls)) is cls


# --- NumPy -------------------------------------------------------------------------------------


def _dtype(dtype: Any) -> str:
    return str(dtype.name) if dtype.num < _BUILTIN_DTYPES and dtype.kind != "V" else "other dtype"


def _ndarray(value: Any, room: int, depth: int, pen: Pen) -> str:
    head = f"<ndarray {_dimensions(value.shape)} {_dtype(value.dtype)}"
    if value.dtype.kind not in _NUMERIC or value.size == 0 or depth <= 0:
        return head + ">"
    first = ", ".join(str(item) for item in value.flat[:4].tolist())
    return masked(f"{head}: {first}{', …' if value.size > 4 else ''}", room - 1, pen) + ">"


def _dimensions(shape: tuple[int, ...]) -> str:
    return " x ".join(str(size) for size in shape) if shape else "scalar"


def _numpy_number(value: Any, room: int, depth: int, pen: Pen) -> str:
    return masked(f"{class_name(type(value))}({value.item()!s})", room, pen)


def _numpy_text(value: Any, room: int, depth: int, pen: Pen) -> str:
    text = pen.render(value.item(), room - 16, depth, pen)
    return masked(f"{class_name(type(value))}({text})", room, pen)


# --- pandas ------------------------------------------------------------------------------------


def _frame(value: Any, room: int, depth: int, pen: Pen) -> str:
    columns, index = attribute(value, shape_of(type(value)), "_mgr").axes
    if pen.active is not None:
        return _frame_of(columns, index, room, pen)
    # A frame is looked at with each statement that names it, and an axis never changes: it would
    # be another one.
    key = id(columns), id(index), room
    known = _frames.get(key)
    if known is not None and known[0]() is columns and known[1]() is index:
        return known[2]
    text = _frame_of(columns, index, room, pen)
    if len(_frames) >= _KEPT_FRAMES:
        _frames.clear()
    _frames[key] = weakref.ref(columns), weakref.ref(index), text
    return text


def _frame_of(columns: Any, index: Any, room: int, pen: Pen) -> str:
    head = f"<DataFrame {_length(index)} x {_length(columns)}"
    names = _heading(columns, room - _FRAME_HEAD, pen)
    return f"{head}: {names}>" if names else head + ">"


def _heading(columns: Any, room: int, pen: Pen) -> str:
    """The names of columns. Other frames may share their array, which never changes.

    Taking strings out of it takes longer than all the rest of a snapshot.
    """
    data = _index_data(columns) if pen.active is None else None
    known = _headings.get((id(data), room))
    if known is not None and known[0]() is data:
        return known[1]
    labels = _labels(columns)
    names = _names(labels, room, pen)
    # No labels: the array may be of a class from elsewhere.
    if data is not None and labels and all(type(label) is str for label in labels):
        if len(_headings) >= _KEPT_FRAMES:
            _headings.clear()
        _headings[id(data), room] = weakref.ref(data), names
    return names


def _series(value: Any, room: int, depth: int, pen: Pen) -> str:
    shape = shape_of(type(value))
    manager = attribute(value, shape, "_mgr")
    dtype = _pandas_dtype(manager.blocks[0].values)
    text = f"<Series {_length(manager.axes[0])} {dtype}"
    name = attribute(value, shape, "_name")
    return (
        f"{text} {pen.render(name, room - len(text) - 2, 1, pen)}>"
        if name is not None
        else text + ">"
    )


def _index(value: Any, room: int, depth: int, pen: Pen) -> str:
    text = f"<{class_name(type(value))} {_length(value)}"
    labels = _labels(value)
    return f"{text}: {_names(labels, room - len(text) - 6, pen)}>" if labels else text + ">"


def _names(labels: list[Any], room: int, pen: Pen) -> str:
    texts: list[str] = []
    for label in labels[:_COLUMNS]:
        plain = type(label) is str and label.isprintable()
        text = pen.render(label, max(12, room // 3), 1, pen)
        texts.append(text[1:-1] if plain and len(text) == len(label) + 2 else text)
        if sum(map(len, texts)) + 2 * len(texts) > room:
            texts.pop()
            break
    return ", ".join(texts) + (", …" if len(labels) > len(texts) else "")


def _pandas_dtype(array: Any) -> str:
    """The dtype of a block's array, when neither is of a class from elsewhere."""
    kind = type(array)
    if is_library_class(kind, frozenset({"numpy"})):
        return _dtype(array.dtype)
    if not is_library_class(kind, _PANDAS_ONLY):
        return "other dtype"
    dtype = array.dtype
    if is_library_class(type(dtype), _PANDAS_ONLY):
        return str(dtype)
    return _dtype(dtype) if shape_of(type(dtype)).library == "numpy" else "other dtype"


def _index_data(index: Any) -> Any:
    """What a plain index keeps its labels in; None for the other kinds."""
    return attribute(index, shape_of(type(index)), "_data")


def _length(index: Any) -> str:
    """The number of labels as text; `?` when only code from elsewhere could say it."""
    if not is_library_class(type(index), _PANDAS_ONLY):
        return "?"
    data = _index_data(index)
    if data is None or is_library_class(type(data), _ARRAYS):
        return str(len(index))
    return "?"


def _labels(index: Any) -> list[Any]:
    """The first labels of an index over an array of objects or strings, one more than shown."""
    if not is_library_class(type(index), _PANDAS_ONLY):
        return []
    data = _index_data(index)
    if data is not None and is_library_class(type(data), _ARRAYS):
        held = attribute(data, shape_of(type(data)), "_pa_array")
        if held is not None and is_library_class(type(held), _ARROW):
            labels = held.slice(0, _COLUMNS + 1).to_pylist()  # takes a sixth of `tolist`
            if None not in labels:
                return list(labels)
        return list(data[: _COLUMNS + 1].tolist())
    if class_name(type(index)) == "RangeIndex":
        return list(range(index.start, index.stop, index.step)[: _COLUMNS + 1])
    return []


def _timestamp(value: Any, room: int, depth: int, pen: Pen) -> str:
    if value.tzinfo is None:
        return masked(f"Timestamp({value})", room, pen)
    return f"Timestamp({show_clock(value.to_pydatetime(warn=False), room - 11, depth, pen)})"


def _named(value: Any, room: int, depth: int, pen: Pen) -> str:
    return masked(f"{class_name(type(value))}({value})", room, pen)


# --- polars, Pillow ----------------------------------------------------------------------------


def _polars_frame(value: Any, room: int, depth: int, pen: Pen) -> str:
    rows, columns = value.shape
    head = f"<polars.DataFrame {rows} x {columns}"
    return f"{head}: {_names(value.columns, room - len(head) - 6, pen)}>"


def _polars_series(value: Any, room: int, depth: int, pen: Pen) -> str:
    head = f"<polars.Series {len(value)} {value.dtype}"
    return f"{head} {pen.render(value.name, room - len(head) - 2, 1, pen)}>"


def _name_only(value: Any, room: int, depth: int, pen: Pen) -> str:
    return f"<{class_name(type(value))}>"


def _picture(value: Any, room: int, depth: int, pen: Pen) -> str:
    shape = shape_of(type(value))
    size, mode = attribute(value, shape, "_size"), attribute(value, shape, "_mode")
    if type(size) is not tuple or type(mode) is not str:
        return _name_only(value, room, depth, pen)
    return f"<Image {_dimensions(size)} {mode}>"


_NUMPY: Final[dict[str, tuple[Show, bool]]] = {"ndarray": (_ndarray, True)}
_SCALARS: Final[dict[str, tuple[Show, bool]]] = {  # by name, without the size in bits
    # Of times finer than microseconds, `item` makes bare integers.
    **dict.fromkeys(("datetime", "timedelta"), (_named, False)),
    **dict.fromkeys(("str", "bytes"), (_numpy_text, False)),
    **dict.fromkeys(
        (
            *("bool", "int", "uint", "intc", "uintc", "longlong", "ulonglong"),
            *("float", "complex", "longdouble", "clongdouble"),
        ),
        (_numpy_number, False),
    ),
}
_IMAGE: Final = (_picture, False)
_PANDAS: Final[dict[str, tuple[Show, bool]]] = {
    "DataFrame": (_frame, True),
    "Series": (_series, True),
    "Index": (_index, False),
    "RangeIndex": (_index, False),
    "MultiIndex": (_index, False),
    "DatetimeIndex": (_index, False),
    "TimedeltaIndex": (_index, False),
    "PeriodIndex": (_index, False),
    "CategoricalIndex": (_index, False),
    "IntervalIndex": (_index, False),
    "Timestamp": (_timestamp, False),
    "Timedelta": (_named, False),
    "Period": (_named, False),
    "NaTType": (show_text, False),
    "NAType": (show_text, False),
}
_POLARS: Final[dict[str, tuple[Show, bool]]] = {
    "DataFrame": (_polars_frame, True),
    "Series": (_polars_series, True),
    "LazyFrame": (_name_only, False),
}
