"""Masks secrets in every text of a record on its way to the sink, and counts what was masked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from ..model import (
    ContainerWrite,
    Interaction,
    MessageBody,
    MessageSettled,
    PageMessage,
    Record,
    RunError,
    Source,
    StateRead,
    StateWrite,
    StepChunk,
    has_mask,
)
from .redaction import Redactor

R = TypeVar("R", bound=Record)

# What others refer to, and words of ours: a part of a secret that looks alike is there by chance.
_KEPT: Final = frozenset(
    (
        *("hash", "body", "type", "element", "kind", "op", "cache", "reason", "streamlit_id"),
        *("file", "script", "halted_file", "function", "fragment", "fragments", "session"),
    )
)
_KEPT_DETAILS: Final = frozenset({"fragment", "fragments", "status", "page", "main", "every"})


def scrub(record: R, redactor: Redactor) -> R:
    """The record with known secrets masked. Structure (numbers, enums, ids) is left as it is."""
    if isinstance(record, MessageSettled):
        return record  # nothing but numbers
    if isinstance(record, StateRead):
        key = redactor.text(record.key)
        return record if key == record.key else record._replace(key=key)
    if isinstance(record, MessageBody):
        data = redactor.data(record.data)
        return record if data is record.data else dataclasses.replace(record, data=data)
    if isinstance(record, StepChunk):
        if not redactor.active:
            return record  # what stands beside a value was seen when it was shown
        changes = [
            change if change.text is None else change._replace(text=redactor.text(change.text))
            for change in record.changes
        ]
        return dataclasses.replace(record, changes=changes)
    if isinstance(record, Source):
        text = redactor.source(record.text)
        return record if text is record.text else dataclasses.replace(record, text=text)
    if not redactor.active and not isinstance(record, _SHOWN):
        return record
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(record):
        if field.name in _KEPT:
            continue
        value = getattr(record, field.name)
        is_source = field.name == "traceback"
        masked = redactor.source(value) if is_source else _scrub(value, redactor)
        if masked is not value:
            changed[field.name] = masked
    return dataclasses.replace(record, **changed) if changed else record


# Records with texts that no snapshot made.
_SHOWN: Final = (ContainerWrite, Interaction, PageMessage, RunError)


def _scrub(value: Any, redactor: Redactor) -> Any:
    kind = type(value)
    if value is None or kind is int or kind is bool:
        return value
    if kind is str:  # not enums: their values are ours
        masked = redactor.text(value)
        return value if masked == value else masked
    if isinstance(value, tuple) and value:
        items = tuple(_scrub(item, redactor) for item in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    if isinstance(value, list):
        return [_scrub(item, redactor) for item in value]
    if isinstance(value, Mapping):
        if not value:
            return value
        return {key: _scrub_entry(key, item, redactor) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            f.name: _scrub(getattr(value, f.name), redactor)
            for f in dataclasses.fields(value)
            if f.name not in _KEPT
        }
        return dataclasses.replace(value, **fields)
    return value


def _scrub_entry(key: Any, value: Any, redactor: Redactor) -> Any:
    if key == "query" and type(value) is str:
        return redactor.query(value)
    return value if key in _KEPT_DETAILS else _scrub(value, redactor)


def masks_in(record: Record) -> int:
    """How many values of a record were masked, whole or in part. Of a page message it is one."""
    if isinstance(record, StepChunk):
        return sum(c.text is not None and has_mask(c.text) for c in record.changes)
    if isinstance(record, StateWrite):
        return int(record.new is not None and has_mask(record.new))
    if isinstance(record, RunError):
        return int(has_mask(record.message))
    if isinstance(record, Interaction):
        return sum(type(c.new) is str and has_mask(c.new) for c in record.changes)
    return 0
