"""What is masked and left out of a copy: the values of names, all values, source texts, paths.

A value that one of the names ever had is a secret from then on, wherever it stands: it is looked
for as capture looks for passwords (`Redactor`). What stands under the name itself is masked
whatever it is, also when it is too short to be looked for.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from ..db.store import TraceStore
from ..tracer.capture.redaction import HIDDEN, Redactor
from ..tracer.model import (
    Callback,
    Comparison,
    ContainerWrite,
    DrawnWidget,
    Interaction,
    MessageBody,
    Note,
    PageMessage,
    QueryChange,
    Record,
    RecordingInfo,
    RunError,
    ScriptRun,
    Source,
    StateAttempt,
    StateRead,
    StateWrite,
    StepChunk,
    ValueChange,
    WidgetChange,
)
from . import page_bytes
from .copying import Copy, Same, copied
from .looking import Look
from .named import Named, masked_query, pairs, says_nothing, spellings, values_in
from .paths import Paths
from .sources import masked_source, without_lines
from .subjects import Subjects
from .tables import masked_table

_FILES: Final = frozenset(("file", "script", "halted_file"))
# Words of ours, and what others refer to.
_KEPT: Final = frozenset(
    (
        *("hash", "body", "type", "element", "kind", "op", "cache", "streamlit_id", "fragment"),
        *("fragments", "fragments_gone", "mode", "python", "streamlit", "engine", "scope"),
    )
)
_KEPT_DETAILS: Final = frozenset(("fragment", "fragments", "status", "page", "main", "every"))
_CACHED: Final = 50_000
_LIMIT_NAMES: Final = "left out when it was handed on: the values of {}"
_LIMIT_VALUES: Final = "left out when it was handed on: the values of variables and arguments"
_LIMIT_SOURCE: Final = "left out when it was handed on: the text of the source files"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be kept out of a file."""

    names: tuple[str, ...] = ()
    values: bool = True
    source: bool = True


@dataclass(slots=True)
class Tally:
    """What was masked, left out and shortened."""

    masked: int = 0
    values: int = 0
    sources: int = 0


class Redaction(Same):
    """Changes the records of some recordings, of which all were looked through before."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._named = Named(wishes.names)
        self._redactor = Redactor()
        self._numbers: set[float] = set()
        self._subjects = Subjects(self._named)
        self._paths = Paths("")
        self._hashes: dict[str, str] = {}
        self.tally = Tally()
        self._plain = functools.lru_cache(_CACHED)(self._masked_plain)

    def look_through(
        self, store: TraceStore, recordings: Sequence[int], comparison: Comparison | None
    ) -> None:
        """Comes before anything is copied. Raises ExportProblem for a name that nothing has."""
        if self._named:
            found, taken = Look(self._subjects).through(store, recordings, comparison)
            self._redactor = Redactor(taken=taken)
            for value in found:
                self._add(value)

    def _add(self, value: Any) -> None:
        self._redactor.add_secret(value)
        if isinstance(value, int | float) and abs(value) >= 1000 and abs(value) < 1e15:
            self._numbers.add(value)
            self._redactor.add_spellings(value, spellings(value))

    # While it is copied

    def info(self, info: RecordingInfo) -> RecordingInfo:
        """Begins with a recording."""
        self._paths = Paths(info.folder)
        self._hashes = {}
        self._subjects.next_recording()
        self._plain.cache_clear()
        limits = [self._text(text) for text in info.limits]
        more = []
        if self._named:
            more.append(_LIMIT_NAMES.format(", ".join(self._named.names)))
        if not self._wishes.values:
            more.append(_LIMIT_VALUES)
        if not self._wishes.source:
            more.append(_LIMIT_SOURCE)
        return dataclasses.replace(
            info,
            folder=self._paths.folder,
            app=self._paths.file(info.app),
            name=None if info.name is None else self._text(info.name),
            engine_reason=self._paths.text(info.engine_reason),
            limits=tuple(dict.fromkeys([*limits, *more])),
        )

    def records(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records that are left, changed."""
        return map(self._record, records)

    def notes(self, notes: Sequence[Note]) -> list[Note]:
        return [dataclasses.replace(note, text=self._text(note.text)) for note in notes]

    def comparison(self, comparison: Comparison) -> Comparison:
        steps = [self._step(step) for step in comparison.steps]
        variants = [
            dataclasses.replace(
                variant,
                name=self._text(variant.name),
                failed=None if variant.failed is None else self._text(variant.failed),
            )
            for variant in comparison.variants
        ]
        title = self._text(comparison.title)
        return dataclasses.replace(
            comparison, title=title, steps=tuple(steps), variants=tuple(variants)
        )

    def _record(self, record: Record) -> Record:
        match record:
            case MessageBody():
                return self._body(record)
            case PageMessage():
                record = dataclasses.replace(
                    record, body=self._hashes.get(record.body, record.body)
                )
            case StepChunk():
                return self._chunk(record)
            case Source():
                return self._source(record)
            case RunError() if not self._wishes.source:
                record = dataclasses.replace(record, traceback=without_lines(record.traceback))
            case Callback() if not self._wishes.values:
                self.tally.values += len(record.arguments) + len(record.closure)
                record = dataclasses.replace(record, arguments=(), closure=())
        if self._named:
            record = self._own(record)
        return self._changed(record)

    def _own(self, record: Record) -> Record:
        """The record without what stands under one of the names itself."""
        mask = self._mask_of_text
        changes: dict[str, Any] = {}
        match record:
            case StateWrite() if self._subjects.is_key(record.key):
                changes = {"old": mask(record.old), "new": mask(record.new)}
            case StateAttempt() if self._subjects.is_key(record.key):
                changes = {"value": mask(record.value)}
            case Interaction():
                changes = {
                    "changes": tuple(map(self._widget_change, record.changes)),
                    "action": self._step(record.action, record.changes),
                    "query": self._query(record.query),
                }
            case Callback():
                changes = {
                    "arguments": self._pairs_of(record.arguments),
                    "closure": self._pairs_of(record.closure),
                }
            case DrawnWidget() if self._subjects.is_widget(record):
                changes = {
                    "made_of": tuple(
                        (name, mask(text) if name == "default" else text)
                        for name, text in record.made_of
                    )
                }
            case ContainerWrite() if self._subjects.is_element(record):
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
        if not self._subjects.is_widget(change):
            return dataclasses.replace(change, old=self._raw(change.old), new=self._raw(change.new))
        return dataclasses.replace(
            change, old=self._mask_of(change.old), new=self._mask_of(change.new)
        )

    def _step(
        self, step: Mapping[str, Any], changes: Sequence[WidgetChange] = ()
    ) -> Mapping[str, Any]:
        """A scenario's step, without what it gives to one of the names."""
        words = list(step.items())
        named = any(map(self._subjects.is_widget, changes)) and len(changes) == 1
        named |= bool(words) and self._subjects.is_called(words[0][1])
        made = [(k, self._mask_of(v) if named and at else v) for at, (k, v) in enumerate(words)]
        return {key: self._raw(value) for key, value in made}

    def _raw(self, value: Any) -> Any:
        """What came from the browser, or a scenario: also numbers by their value."""
        if isinstance(value, dict):
            named = self._named
            return {
                key: self._mask_of(item) if named.has(str(key)) else self._raw(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._raw(item) for item in value]
        if isinstance(value, int | float) and value in self._numbers:
            return self._mask_of(value)
        return self._text(value) if isinstance(value, str) else value

    def _pairs_of(self, found: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (name, self._mask_of_text(text) or "" if self._named.has(name) else text)
            for name, text in found
        )

    def _query(self, query: str | None) -> str | None:
        return None if query is None else masked_query(query, self._named, self._mask_of)

    def _mask_of_text(self, text: str | None) -> str | None:
        """What stands for a value of one of the names, of which this is the text."""
        if text is None or says_nothing(text):
            return text
        values = values_in(text)
        return str(self._mask_of(values[0] if len(values) == 1 else object()))

    def _mask_of(self, value: Any) -> Any:
        if value is None:
            return None
        self.tally.masked += 1
        return self._redactor.stand_in(value)

    def _chunk(self, chunk: StepChunk) -> StepChunk:
        if not self._wishes.values:
            self.tally.values += len(chunk.changes)
            return dataclasses.replace(chunk, changes=())
        changes = [
            change if change.text is None else change._replace(text=self._value(change))
            for change in chunk.changes
        ]
        return dataclasses.replace(chunk, changes=changes)

    def _value(self, change: ValueChange) -> str | None:
        if self._named.has(change.name):
            return self._mask_of_text(change.text)
        return self._text(change.text or "")

    def _source(self, source: Source) -> Source:
        text = source.text
        if not self._wishes.source:
            self.tally.sources += 1
            text = "\n" * text.count("\n")
        elif self._named:
            text, masked = masked_source(text, self._named, self._redactor)
            self.tally.masked += masked
        file = self._paths.file(source.file)
        return dataclasses.replace(
            source, file=file, text=self._paths.text(text), reason=self._paths.text(source.reason)
        )

    def _body(self, body: MessageBody) -> MessageBody:
        data = body.data
        if self._named or self._paths.may_hold(data):
            data = page_bytes.changed(
                data, self._shown_text, self._blob, self._is_named_element, self._numbers
            )
        if not self._wishes.source:
            data = page_bytes.without_source(data, without_lines)
        if data is body.data or data == body.data:
            return body
        hash = hashlib.blake2b(data, digest_size=16).hexdigest()
        self._hashes[body.hash] = hash
        return MessageBody(hash, data)

    def _shown_text(self, text: str) -> str:
        """A text of the page, which may be a JSON document: then it stays one."""
        made = self._text(text)
        if made != text and text[:1] in ("{", "["):
            try:
                tree = json.loads(text)
            except (ValueError, RecursionError):
                return made
            return json.dumps(self._raw(tree), ensure_ascii=False)
        return made

    def _is_named_element(self, label: str, id: str) -> bool:
        if not self._named:
            return False
        return id in self._subjects.widgets or self._named.has(label) or self._named.id(id)

    def _blob(self, data: bytes) -> bytes:
        if not self._named:
            return data
        table = masked_table(data, self._text, self._numbers, self._named.has)
        masked = self._redactor.data(data if table is None else table)
        self.tally.masked += masked != data
        return masked

    # All other texts

    def _changed(self, record: Record) -> Record:
        """The record with every text masked, and paths shortened."""
        if isinstance(record, tuple):  # a read of state, a fate
            if isinstance(record, StateRead):
                return record._replace(key=self._text(record.key))
            return record
        made = {}
        for each in dataclasses.fields(record):
            value = getattr(record, each.name)
            changed = self._tree(each.name, value)
            if changed is not value:
                made[each.name] = changed
        return dataclasses.replace(record, **made) if made else record

    def _tree(self, name: str, value: Any) -> Any:
        kind = type(value)
        if value is None or kind is int or kind is bool or kind is float or name in _KEPT:
            return value
        if kind is str:
            return self._paths.file(value) if name in _FILES else self._text(value)
        if kind is tuple or kind is list:
            items = [self._tree(name, item) for item in value]
            same = all(a is b for a, b in zip(items, value, strict=True))
            return value if same else kind(items)
        if isinstance(value, Mapping):
            return {
                key: item if key in _KEPT_DETAILS else self._tree(name, item)
                for key, item in value.items()
            }
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._changed(value)  # type: ignore[arg-type]
        return value

    def _text(self, text: str) -> str:
        masked, count = self._plain(text)
        self.tally.masked += count
        return text if masked == text else masked

    def _masked_plain(self, text: str) -> tuple[str, int]:
        made = text
        if self._named:
            for start, end, value, quote in reversed(pairs(made, self._named)):
                known = values_in(value)
                mask = self._redactor.stand_in(known[0] if known else None)
                if quote[-1:] == '"':  # JSON, which somebody may want to read
                    mask = f"{quote}{mask}{quote}"
                made = made[:start] + mask + made[end:]
            if made[:1] in ("'", '"') and made[-1:] == made[:1]:
                known = values_in(made)
                if len(known) == 1 and self._redactor.stand_in(known[0]) != HIDDEN:
                    return self._redactor.stand_in(known[0]), 1
            made = self._redactor.text(made)
        count = int(made != text)
        return self._paths.text(made), count

    # What was done, in words

    def summary(self) -> str:
        """One line: what was masked and left out."""
        tally, parts = self.tally, []
        if self._named:
            names = ", ".join(self._named.names)
            parts.append(
                f"masked {names}: {_many(self._redactor.known, 'value')} in "
                f"{_many(tally.masked, 'place')}"
            )
        else:
            parts.append("masked nothing more than what was masked while recording")
        if not self._wishes.values:
            parts.append(f"left out {_many(tally.values, 'value')} of variables and arguments")
        if not self._wishes.source:
            parts.append(f"left out the text of {_many(tally.sources, 'source file')}")
        parts.append("paths of this machine shortened to the app's folder")
        return "; ".join(parts)


@contextmanager
def redacted_copy(
    store: TraceStore, recordings: Sequence[int], comparison: int | None, wishes: Wishes
) -> Iterator[tuple[Copy, str]]:
    """A copy from which everything is left out that is wished, and a line that says so."""
    compared = None if comparison is None else store.comparison(comparison)
    wanted = list(dict.fromkeys(recordings))
    if compared is not None:
        wanted += [id for variant in compared.variants for id in variant.recordings]
    redaction = Redaction(wishes)
    with ExitStack() as stack:
        if wishes.names and not all(store.recording(id).complete for id in wanted):
            # It may go on meanwhile: what is looked through has to be what is copied.
            store = stack.enter_context(copied(store, recordings, comparison)).store
        redaction.look_through(store, wanted, compared)
        copy = stack.enter_context(copied(store, recordings, comparison, redaction))
        yield copy, redaction.summary()


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
