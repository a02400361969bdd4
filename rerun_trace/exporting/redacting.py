"""What is masked and left out of a copy: the values of names, all values, source texts, paths.

A value that one of the names ever had is a secret from then on, wherever it stands: it is looked
for as capture looks for passwords (`Redactor`). What stands under the name itself is masked
whatever it is, also when it is too short to be looked for.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from ..db.store import TraceStore
from ..tracer.capture.redaction import Redactor
from ..tracer.model import (
    Callback,
    Comparison,
    MessageBody,
    Note,
    PageMessage,
    Record,
    RecordingInfo,
    RunError,
    Source,
    StateRead,
    StepChunk,
    ValueChange,
)
from . import page_bytes
from .copying import Copy, Same, copied
from .looking import Look
from .masking import Masks
from .sources import masked_source, without_lines
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
_LIMIT_NAMES: Final = "left out when it was handed on: the values of {}"
_LIMIT_VALUES: Final = "left out when it was handed on: the values of variables and arguments"
_LIMIT_SOURCE: Final = "left out when it was handed on: the text of the source files"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be kept out of a file."""

    names: tuple[str, ...] = ()
    values: bool = True
    source: bool = True


class Redaction(Same):
    """Changes the records of some recordings, of which all were looked through before."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._masks = Masks(wishes.names)
        self._hashes: dict[str, str] = {}

    def look_through(
        self, store: TraceStore, recordings: Sequence[int], comparison: Comparison | None
    ) -> None:
        """Comes before anything is copied. Raises ExportProblem for a name that nothing has."""
        if self._masks.named:
            found, taken = Look(self._masks.subjects).through(store, recordings, comparison)
            self._masks.redactor = Redactor(taken=taken)
            for value in found:
                self._masks.add(value)

    # While it is copied

    def info(self, info: RecordingInfo) -> RecordingInfo:
        """Begins with a recording."""
        self._masks.next_recording(info.folder)
        self._hashes = {}
        limits = [self._masks.text(text) for text in info.limits]
        more = []
        if self._masks.named:
            more.append(_LIMIT_NAMES.format(", ".join(self._masks.named.names)))
        if not self._wishes.values:
            more.append(_LIMIT_VALUES)
        if not self._wishes.source:
            more.append(_LIMIT_SOURCE)
        return dataclasses.replace(
            info,
            folder=self._masks.paths.folder,
            app=self._masks.paths.file(info.app),
            name=None if info.name is None else self._masks.text(info.name),
            engine_reason=self._masks.paths.text(info.engine_reason),
            limits=tuple(dict.fromkeys([*limits, *more])),
        )

    def records(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records that are left, changed."""
        return map(self._record, records)

    def notes(self, notes: Sequence[Note]) -> list[Note]:
        return [dataclasses.replace(note, text=self._masks.text(note.text)) for note in notes]

    def comparison(self, comparison: Comparison) -> Comparison:
        steps = [self._masks.step(step) for step in comparison.steps]
        variants = [
            dataclasses.replace(
                variant,
                name=self._masks.text(variant.name),
                failed=None if variant.failed is None else self._masks.text(variant.failed),
            )
            for variant in comparison.variants
        ]
        title = self._masks.text(comparison.title)
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
                self._masks.tally.values += len(record.arguments) + len(record.closure)
                record = dataclasses.replace(record, arguments=(), closure=())
        if self._masks.named:
            record = self._masks.own(record)
        return self._changed(record)

    def _chunk(self, chunk: StepChunk) -> StepChunk:
        if not self._wishes.values:
            self._masks.tally.values += len(chunk.changes)
            return dataclasses.replace(chunk, changes=())
        changes = [
            change if change.text is None else change._replace(text=self._value(change))
            for change in chunk.changes
        ]
        return dataclasses.replace(chunk, changes=changes)

    def _value(self, change: ValueChange) -> str | None:
        if self._masks.named.has(change.name):
            return self._masks.mask_of_text(change.text)
        return self._masks.text(change.text or "")

    def _source(self, source: Source) -> Source:
        text = source.text
        if not self._wishes.source:
            self._masks.tally.sources += 1
            text = "\n" * text.count("\n")
        elif self._masks.named:
            text, masked = masked_source(text, self._masks.named, self._masks.redactor)
            self._masks.tally.masked += masked
        file = self._masks.paths.file(source.file)
        return dataclasses.replace(
            source,
            file=file,
            text=self._masks.paths.text(text),
            reason=self._masks.paths.text(source.reason),
        )

    def _body(self, body: MessageBody) -> MessageBody:
        data = body.data
        if self._masks.named or self._masks.paths.may_hold(data):
            data = page_bytes.changed(
                data, self._shown_text, self._blob, self._is_named_element, self._masks.numbers
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
        made = self._masks.text(text)
        if made != text and text[:1] in ("{", "["):
            try:
                tree = json.loads(text)
            except (ValueError, RecursionError):
                return made
            return json.dumps(self._masks.raw(tree), ensure_ascii=False)
        return made

    def _is_named_element(self, label: str, id: str) -> bool:
        if not self._masks.named:
            return False
        return (
            id in self._masks.subjects.widgets
            or self._masks.named.has(label)
            or self._masks.named.id(id)
        )

    def _blob(self, data: bytes) -> bytes:
        if not self._masks.named:
            return data
        table = masked_table(data, self._masks.text, self._masks.numbers, self._masks.named.has)
        masked = self._masks.redactor.data(data if table is None else table)
        self._masks.tally.masked += masked != data
        return masked

    # All other texts

    def _changed(self, record: Record) -> Record:
        """The record with every text masked, and paths shortened."""
        if isinstance(record, tuple):  # a read of state, a fate
            if isinstance(record, StateRead):
                return record._replace(key=self._masks.text(record.key))
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
            return self._masks.paths.file(value) if name in _FILES else self._masks.text(value)
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

    # What was done, in words

    def summary(self) -> str:
        """One line: what was masked and left out."""
        tally, parts = self._masks.tally, []
        if self._masks.named:
            names = ", ".join(self._masks.named.names)
            parts.append(
                f"masked {names}: {_many(self._masks.redactor.known, 'value')} in "
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
