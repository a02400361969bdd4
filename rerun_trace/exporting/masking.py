"""What is masked under a name that is to be kept out, in each kind of record, and in any text."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..tracer.capture.redaction import HIDDEN, Redactor
from ..tracer.model import (
    Callback,
    ContainerWrite,
    DrawnWidget,
    Interaction,
    PageMessage,
    QueryChange,
    Record,
    ScriptRun,
    StateAttempt,
    StateWrite,
    WidgetChange,
)
from .named import Named, masked_query, pairs, says_nothing, spellings, values_in
from .paths import Paths
from .subjects import Subjects

_CACHED: Final = 50_000


@dataclass(slots=True)
class Tally:
    """What was masked, left out and shortened."""

    masked: int = 0
    values: int = 0
    sources: int = 0


class Masks:
    """Masks the values of names, in the records of one recording after the other."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.named = Named(names)
        self.redactor = Redactor()
        self.numbers: set[float] = set()
        self.subjects = Subjects(self.named)
        self.paths = Paths("")
        self.tally = Tally()
        self._plain = functools.lru_cache(_CACHED)(self._masked_plain)

    def add(self, value: Any) -> None:
        self.redactor.add_secret(value)
        if isinstance(value, int | float) and abs(value) >= 1000 and abs(value) < 1e15:
            self.numbers.add(value)
            self.redactor.add_spellings(value, spellings(value))

    def next_recording(self, folder: str) -> None:
        """Begins with a recording, whose app is in `folder`."""
        self.paths = Paths(folder)
        self.subjects.next_recording()
        self._plain.cache_clear()

    def own(self, record: Record) -> Record:
        """The record without what stands under one of the names itself."""
        mask = self.mask_of_text
        changes: dict[str, Any] = {}
        match record:
            case StateWrite() if self.subjects.is_key(record.key):
                changes = {"old": mask(record.old), "new": mask(record.new)}
            case StateAttempt() if self.subjects.is_key(record.key):
                changes = {"value": mask(record.value)}
            case Interaction():
                changes = {
                    "changes": tuple(map(self._widget_change, record.changes)),
                    "action": self.step(record.action, record.changes),
                    "query": self._query(record.query),
                }
            case Callback():
                changes = {
                    "arguments": self._pairs_of(record.arguments),
                    "closure": self._pairs_of(record.closure),
                }
            case DrawnWidget() if self.subjects.is_widget(record):
                changes = {
                    "made_of": tuple(
                        (name, mask(text) if name == "default" else text)
                        for name, text in record.made_of
                    )
                }
            case ContainerWrite() if self.subjects.is_element(record):
                changes = {"value": mask(record.value), "shows": mask(record.shows)}
            case ScriptRun():
                changes = {"query": self._query(record.query)}
            case QueryChange():
                changes = {"old": self._query(record.old), "new": self._query(record.new)}
            case PageMessage() if "query" in record.detail:
                query = self._query(str(record.detail["query"]))
                changes = {"detail": {**record.detail, "query": query}}
        changed: Record = dataclasses.replace(record, **changes) if changes else record  # type: ignore[type-var]
        return changed

    def _widget_change(self, change: WidgetChange) -> WidgetChange:
        if not self.subjects.is_widget(change):
            return dataclasses.replace(change, old=self.raw(change.old), new=self.raw(change.new))
        return dataclasses.replace(
            change, old=self.mask_of(change.old), new=self.mask_of(change.new)
        )

    def step(
        self, step: Mapping[str, Any], changes: Sequence[WidgetChange] = ()
    ) -> Mapping[str, Any]:
        """A scenario's step, without what it gives to one of the names."""
        words = list(step.items())
        named = any(map(self.subjects.is_widget, changes)) and len(changes) == 1
        named |= bool(words) and self.subjects.is_called(words[0][1])
        made = [(k, self.mask_of(v) if named and at else v) for at, (k, v) in enumerate(words)]
        return {key: self.raw(value) for key, value in made}

    def raw(self, value: Any) -> Any:
        """What came from the browser, or a scenario: also numbers by their value."""
        if isinstance(value, dict):
            named = self.named
            return {
                key: self.mask_of(item) if named.has(str(key)) else self.raw(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.raw(item) for item in value]
        if isinstance(value, int | float) and value in self.numbers:
            return self.mask_of(value)
        return self.text(value) if isinstance(value, str) else value

    def _pairs_of(self, found: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (name, self.mask_of_text(text) or "" if self.named.has(name) else text)
            for name, text in found
        )

    def _query(self, query: str | None) -> str | None:
        return None if query is None else masked_query(query, self.named, self.mask_of)

    def mask_of_text(self, text: str | None) -> str | None:
        """What stands for a value of one of the names, of which this is the text."""
        if text is None or says_nothing(text):
            return text
        values = values_in(text)
        return str(self.mask_of(values[0] if len(values) == 1 else object()))

    def mask_of(self, value: Any) -> Any:
        if value is None:
            return None
        self.tally.masked += 1
        return self.redactor.stand_in(value)

    def text(self, text: str) -> str:
        masked, count = self._plain(text)
        self.tally.masked += count
        return text if masked == text else masked

    def _masked_plain(self, text: str) -> tuple[str, int]:
        made = text
        if self.named:
            for start, end, value, quote in reversed(pairs(made, self.named)):
                known = values_in(value)
                mask = self.redactor.stand_in(known[0] if known else None)
                if quote[-1:] == '"':  # JSON, which somebody may want to read
                    mask = f"{quote}{mask}{quote}"
                made = made[:start] + mask + made[end:]
            if made[:1] in ("'", '"') and made[-1:] == made[:1]:
                known = values_in(made)
                if len(known) == 1 and self.redactor.stand_in(known[0]) != HIDDEN:
                    return self.redactor.stand_in(known[0]), 1
            made = self.redactor.text(made)
        count = int(made != text)
        return self.paths.text(made), count
