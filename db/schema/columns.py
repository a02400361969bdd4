"""Column types: how a value of the vocabulary is kept in a column, and read back.

Nothing here may run code of the traced app: a value that JSON does not know is kept as the name of
its class, never through its `__str__` or `__repr__`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from rerun_trace.tracer.model import WidgetChange

BigId = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER can be SQLite's row id


def storable(text: str) -> str:
    """`text` without what PostgreSQL or UTF-8 refuses: NUL becomes ␀, a lone surrogate `?`."""
    if "\0" in text:
        text = text.replace("\0", "␀")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def to_json(value: Any) -> str:
    """Compact JSON. Dates become ISO texts; any other unknown value the name of its class."""
    return _ENCODER.encode(value)


def _stand_in(value: Any) -> str:
    if type(value) in (date, datetime, time):
        return str(value.isoformat())
    return f"<{type(value).__name__}>"


_ENCODER = json.JSONEncoder(separators=(",", ":"), default=_stand_in, skipkeys=True)


class NameNo(Integer):
    """The number of a text in `names`. `write` and `read` turn the value into that text and back.

    The numbers belong to one recording, so they are resolved by `rows`, not by SQLAlchemy.
    """

    def __init__(
        self, write: Callable[[Any], str] = str, read: Callable[[str], Any] | None = None
    ) -> None:
        super().__init__()
        self.write = write
        # A recording has few names, and many rows with each: what is read is shared, not changed.
        self.read = None if read is None else lru_cache(maxsize=4096)(read)


class Words(TypeDecorator[str]):
    """Free text, made storable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Choice(TypeDecorator[StrEnum]):
    """A member of an enumeration, as its value."""

    impl = String(16)
    cache_ok = True

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__()
        self.choices = choices
        self._members = {choice.value: choice for choice in choices}

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._members.get(value) or self.choices(value)


@lru_cache(maxsize=4096)  # the same places and lists come again in every run
def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(","))) if text else ()


@lru_cache(maxsize=4096)
def _list(text: str) -> tuple[Any, ...]:
    """A JSON list of texts or numbers."""
    return tuple(json.loads(text))


@lru_cache(maxsize=4096)
def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in json.loads(text))


class Place(TypeDecorator[tuple[int, ...]]):
    """A place on the page (`delta_path`) as numbers with commas, such as `0,2,1`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else ",".join(map(str, value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[int, ...] | None:
        return None if value is None else _numbers(value)


class Json(TypeDecorator[Any]):
    """A JSON document as text: PostgreSQL's own type refuses NaN, which Python's JSON can hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class TextList(Json):
    """Texts as a JSON list; NULL for none."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return to_json(value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return _list(value) if value else ()


class NumberList(Json):
    """Numbers as a JSON list; NULL for none."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return to_json(value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return _list(value) if value else ()


class TextPairs(Json):
    """Names and texts as a JSON list of pairs; NULL for none."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return to_json(value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return _pairs(value) if value else ()


class Changes(Json):
    """Widget changes as a JSON list of lists in the order of `WidgetChange`; NULL for none."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if not value:
            return None
        return to_json([[c.widget_id, c.element, c.label, c.key, c.old, c.new] for c in value])

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return tuple(WidgetChange(*change) for change in json.loads(value)) if value else ()


class RunOrNone(TypeDecorator[int]):
    """The number of a run, 0 for None, so that it can be part of a primary key."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int:
        return value or 0

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        return value or None


class UtcTime(TypeDecorator[datetime]):
    """A point in time. SQLite keeps no zone: it is stored, and read back, as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
