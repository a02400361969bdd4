"""Short texts for scalars, and what every part of a snapshot shares: the pen and the cutting.

Each function takes a value of exactly the type that its table entry says (see `values`), the room
in characters, and the depth that is left for containers.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import pathlib
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from rerun_trace.tracer.capture.class_shapes import class_name
from rerun_trace.tracer.capture.redaction import UNKNOWN, Redactor
from rerun_trace.tracer.model import is_mask

LIMIT: Final = 200  # characters of a snapshot

_MASKED_WHOLE: Final = 4096  # characters or bytes; of more than that only the ends are masked
_BESIDE: Final = 500  # characters; as far apart may be a secret and what gives it away
_WIDE_INT: Final = 400  # bits; beyond, only the number of digits is shown
_WIDE_DECIMAL: Final = 400  # bytes

_NUMERATOR: Final = fractions.Fraction.__dict__["_numerator"].__get__
_DENOMINATOR: Final = fractions.Fraction.__dict__["_denominator"].__get__
_UUID_INT: Final = uuid.UUID.__dict__["int"].__get__


class Pen:
    """What one snapshot carries along: how to show a part, the redactor, the open containers."""

    __slots__ = ("active", "found", "parents", "redactor", "render")

    def __init__(self, render: Show, redactor: Redactor | None) -> None:
        self.render = render
        self.redactor = redactor
        self.active = redactor if redactor is not None and redactor.active else None
        self.parents: list[int] = []
        self.found = 0  # secrets that stood there whole, as bits


Show: TypeAlias = Callable[[Any, int, int, Pen], str]  # value, room in characters, depth, pen


def cut(text: str, room: int) -> str:
    """The two ends of a text that is too long, two thirds of it from the beginning."""
    if len(text) <= room:
        return text
    room = max(room, 4)
    head = (room - 1) * 2 // 3
    return text[:head] + "…" + text[head + 1 - room :]


def masked(text: str, room: int, pen: Pen) -> str:
    """The text without secrets, and only then cut."""
    if pen.active is not None:
        text = _mask(text, pen, pen.active)
    return cut(text, room)


def _mask(text: str, pen: Pen, redactor: Redactor) -> str:
    text, found = redactor.mask_text(text)
    pen.found |= found
    return text


def show_plain(value: Any, room: int, depth: int, pen: Pen) -> str:
    return masked(repr(value), room, pen)


def show_int(value: int, room: int, depth: int, pen: Pen) -> str:
    bits = value.bit_length()
    if bits <= _WIDE_INT:
        return masked(repr(value), room, pen)
    # Conversion to decimal takes quadratic time and is refused beyond a limit of the interpreter.
    return f"<int of about {int(bits * 0.30103) + 1:,} digits>"


def show_decimal(value: decimal.Decimal, room: int, depth: int, pen: Pen) -> str:
    if value.__sizeof__() > _WIDE_DECIMAL:
        return f"<Decimal of about 10**{value.adjusted()}>"
    return masked(f"Decimal('{value}')", room, pen)


def show_fraction(value: fractions.Fraction, room: int, depth: int, pen: Pen) -> str:
    top = pen.render(_NUMERATOR(value), room // 2, 0, pen)
    bottom = pen.render(_DENOMINATOR(value), room // 2, 0, pen)
    return f"Fraction({top}, {bottom})"


def show_str(value: str, room: int, depth: int, pen: Pen) -> str:
    size = len(value)
    if pen.redactor is not None:
        plain, value = value, _without_secrets(value, pen, pen.redactor)
        if value is not plain and is_mask(value):
            return value  # nothing is left to be quoted
    if len(value) + 2 <= room:
        text = repr(value)
        if len(text) <= room:
            return text
    note = f" ({size:,} characters)"
    # The ends are quoted together and cut once more, because an escape is up to 10 characters.
    return cut(repr(cut(value, room)), room - len(note)) + note


def _without_secrets(value: str, pen: Pen, redactor: Redactor) -> str:
    """The string, masked; of a very long one, only the ends that a snapshot may show.

    Near the cut a secret may be incomplete and so stay unmasked: that much is thrown away.
    """
    if len(value) <= _MASKED_WHOLE:
        return _mask(value, pen, redactor)
    reach = max(redactor.reach, _BESIDE)
    head = _mask(value[: LIMIT + reach], pen, redactor)[:-reach]
    tail = _mask(value[-(LIMIT + reach) :], pen, redactor)[reach:]
    return f"{head}…{tail}"


def show_bytes(value: bytes | bytearray, room: int, depth: int, pen: Pen) -> str:
    size = len(value)
    data = bytes(value[:_MASKED_WHOLE])
    if pen.redactor is not None:
        data = pen.redactor.data(data)
    if pen.active is not None:
        pen.found |= pen.active.bits_of(bytes(value)) & ~UNKNOWN
        if size > _MASKED_WHOLE:
            data = data[: max(0, _MASKED_WHOLE - pen.active.reach)]
    text = repr(data[:room])
    text = text if type(value) is bytes else f"bytearray({text})"
    if len(text) <= room and size <= room:
        return text
    note = f" ({size:,} bytes)"
    return text[: max(4, room - len(note) - 1)] + "…" + note


def show_text(value: Any, room: int, depth: int, pen: Pen) -> str:
    return masked(str(value), room, pen)


def show_clock(value: datetime.datetime | datetime.time, room: int, depth: int, pen: Pen) -> str:
    # Formatting an aware time asks its tzinfo, which may be the user's.
    zone = value.tzinfo
    text = str(value.replace(tzinfo=None))
    return masked(text if zone is None else f"{text} {zone_name(zone)}", room, pen)


def zone_name(zone: Any) -> str:
    """A time zone as text; of a type that is not the standard library's, only its name."""
    if zone is datetime.UTC:
        return "UTC"
    if type(zone) is zoneinfo.ZoneInfo and type(zone.key) is str:
        return zone.key
    if type(zone) is datetime.timezone:
        offset = datetime.timezone.utcoffset(zone, None)
        if type(offset) is datetime.timedelta:
            return f"UTC{'-' if offset.days < 0 else '+'}{abs(offset)}"
    return class_name(type(zone))


def show_path(value: pathlib.PurePath, room: int, depth: int, pen: Pen) -> str:
    name = class_name(type(value))
    # From 3.12 on a path keeps the strings it was made of, and these may be of a user's class.
    if any(type(part) is not str for part in getattr(value, "_raw_paths", ())):
        return f"<{name}>"
    return f"{name}({show_str(str(value), room - len(name) - 2, depth, pen)})"


def show_uuid(value: uuid.UUID, room: int, depth: int, pen: Pen) -> str:
    number = _UUID_INT(value)
    if type(number) is not int:
        return "<UUID>"
    digits = f"{number:032x}"
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return masked(f"UUID('{'-'.join(parts)}')", room, pen)
