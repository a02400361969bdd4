"""Looks recordings through for what the names that are to be kept out ever were."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ..db.store import TraceStore
from ..tracer.model import (
    Callback,
    Comparison,
    ContainerWrite,
    DrawnWidget,
    Interaction,
    MessageBody,
    QueryChange,
    Record,
    ScriptRun,
    Source,
    StateAttempt,
    StateWrite,
    StepChunk,
)
from . import page_bytes
from .job import ExportProblem
from .named import leaves, literals, pairs, query_values, values_in
from .subjects import Subjects

_NUMBERED: Final = re.compile(r"\[secret (\d+)\]")
_LONG: Final = 64  # characters: of a longer text, pieces of eight are looked for, not of four
_MIDDLE: Final = 12  # characters of both ends by which a long value is found again


class Look:
    """One look through recordings, and a comparison of them; `subjects` learns widgets by it."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects
        self._named = subjects.named

    def through(
        self, store: TraceStore, recordings: Sequence[int], comparison: Comparison | None
    ) -> tuple[list[Any], int]:
        """What the names ever were, and the highest number that a masked secret has there.

        Raises ExportProblem for a name that nothing is called.
        """
        taken = 0
        found: list[Any] = []
        ends: list[tuple[str, str]] = []
        for id in recordings:
            self._subjects.next_recording()
            for record in store.records(id):
                taken = max(taken, _highest_mask(record))
                for value in self._values_of(record):
                    found += leaves(value)
                ends += self._long_values(record)
        if comparison is not None:
            for step in comparison.steps:
                found += leaves(self._subjects.given_by(step))
        self._refuse_unknown(store, recordings)
        if ends:
            found += self._middles(store, recordings, ends)
        return _whole(found), taken

    def _refuse_unknown(self, store: TraceStore, recordings: Sequence[int]) -> None:
        unknown = [name for name in self._named.names if name not in self._named.seen]
        if unknown:
            where = ", ".join(map(str, recordings))
            raise ExportProblem(
                f"--redact {unknown[0]}: no variable, state key, widget or query parameter in "
                f"recording {where} has that name"
            )

    def _values_of(self, record: Record) -> Iterator[Any]:
        """What the record says that one of the names was."""
        has = self._named.has
        match record:
            case StepChunk():
                for change in record.changes:
                    if has(change.name):
                        yield from values_in(change.text)
                    else:
                        yield from self._beside(change.text)
            case StateWrite():
                for text in (record.old, record.new):
                    yield from (
                        values_in(text) if self._subjects.is_key(record.key) else self._beside(text)
                    )
            case StateAttempt():
                yield from values_in(record.value) if self._subjects.is_key(record.key) else ()
            case Interaction():
                for sent in record.changes:
                    if self._subjects.is_widget(sent):
                        yield from (sent.old, sent.new)
                yield self._subjects.given_by(record.action)
                yield query_values(record.query, self._named)
            case Callback():
                for name, text in (*record.arguments, *record.closure):
                    yield from values_in(text) if has(name) else ()
            case DrawnWidget():
                if self._subjects.is_widget(record):
                    given = dict(record.made_of)
                    yield from values_in(given.get("default"))
            case ContainerWrite():
                if self._subjects.is_element(record):
                    yield from values_in(record.value)
                    yield from values_in(record.shows) if record.widget_id is None else ()
            case ScriptRun():
                yield query_values(record.query, self._named)
            case QueryChange():
                yield query_values(record.old, self._named)
                yield query_values(record.new, self._named)
            case Source():
                yield from (value for _, value in literals(record.text, self._named))

    def _beside(self, text: str | None) -> Iterator[Any]:
        for _, _, value, _ in pairs(text or "", self._named):
            yield from values_in(value)

    def _long_values(self, record: Record) -> Iterator[tuple[str, str]]:
        """Beginning and end of values that were too long to be kept whole."""
        if isinstance(record, StepChunk):
            texts = [c.text for c in record.changes if c.text and self._named.has(c.name)]
        elif isinstance(record, StateWrite) and self._subjects.is_key(record.key):
            texts = [text for text in (record.old, record.new) if text]
        else:
            texts = []
        for text in texts:
            found = values_in(text) if "…" in text and text[:1] in "'\"" else []
            if len(found) == 2 and all(len(end) >= _MIDDLE for end in found):
                yield found[0], found[1]

    def _middles(
        self, store: TraceStore, recordings: Sequence[int], ends: Sequence[tuple[str, str]]
    ) -> Iterator[str]:
        """The same values whole, as far as they came to the page."""
        for id in recordings:
            for record in store.records(id):
                if not isinstance(record, MessageBody):
                    continue
                for text in page_bytes.texts(record.data):
                    for head, tail in dict.fromkeys(ends):
                        start = text.find(head)
                        end = text.find(tail, start + len(head)) if start >= 0 else -1
                        if end >= 0:
                            yield text[start : end + len(tail)]


def _whole(found: Sequence[Any]) -> list[Any]:
    """What was found, each once, without the texts that are only a piece of a long one."""
    long = [value for value in found if isinstance(value, str) and len(value) > _LONG]
    return [
        value
        for value in dict.fromkeys(found)
        if not isinstance(value, str)
        or not any(value in other and value != other for other in long)
    ]


def _highest_mask(record: Record) -> int:
    """The highest number of a secret in a record's texts."""
    if isinstance(record, MessageBody):
        return max(map(int, re.findall(rb"\[secret (\d{1,6})\]", record.data)), default=0)
    if isinstance(record, StepChunk):
        texts = " ".join(change.text for change in record.changes if change.text)
    else:
        texts = repr(record)
    return max(map(int, _NUMBERED.findall(texts)), default=0)
