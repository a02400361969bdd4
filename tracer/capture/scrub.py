"""Masks secrets in every text of a record on its way to the sink."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from ..model import MessageBody, MessageSettled, Record, Source, StateRead, StepChunk
from .redaction import Redactor

R = TypeVar("R", bound=Record)


def scrub(record: R, redactor: Redactor) -> R:
    """The record with known secrets masked. Structure (numbers, enums) is left as it is."""
    if isinstance(record, MessageSettled):
        return record  # nothing but numbers
    if isinstance(record, StateRead):
        key = redactor.text(record.key)
        return record if key == record.key else record._replace(key=key)
    if isinstance(record, MessageBody):
        data = redactor.data(record.data)
        return record if data is record.data else dataclasses.replace(record, data=data)
    if isinstance(record, StepChunk):
        changes = [
            change if change.text is None else change._replace(text=redactor.text(change.text))
            for change in record.changes
        ]
        return dataclasses.replace(record, changes=changes)
    if isinstance(record, Source):
        return dataclasses.replace(record, text=redactor.text(record.text))
    changed = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        masked = _scrub(value, redactor)
        if masked is not value:
            changed[field.name] = masked
    return dataclasses.replace(record, **changed) if changed else record


def _scrub(value: Any, redactor: Redactor) -> Any:
    if type(value) is str:  # not enums: their values are ours
        masked = redactor.text(value)
        return value if masked == value else masked
    if isinstance(value, tuple) and value:
        items = tuple(_scrub(item, redactor) for item in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    if isinstance(value, list):
        return [_scrub(item, redactor) for item in value]
    if isinstance(value, Mapping):
        return {key: _scrub(item, redactor) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            f.name: _scrub(getattr(value, f.name), redactor) for f in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **fields)
    return value
