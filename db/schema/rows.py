"""Turns records of the vocabulary into rows and back.

A record and its row share their column names; what differs is in the column's type (see
`columns`): most types convert by themselves, and a `NameNo` is resolved here, because its numbers
belong to one recording.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, make_dataclass
from functools import cached_property
from hashlib import sha256
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Integer, Select, String, Table, select

from rerun_trace.db.packing.inflated import BLOCKS, TEXT, inflated
from rerun_trace.db.packing.thread_spans import ThreadSpan
from rerun_trace.db.schema import models
from rerun_trace.db.schema.columns import NameNo, Words, storable, to_json
from rerun_trace.tracer import model
from rerun_trace.tracer.model import CodeBlock, Source

R = TypeVar("R")
Row = dict[str, Any]


def table(row_class: type[models.Base]) -> Table:
    """The table of a model."""
    return cast(Table, row_class.__table__)


class Names:
    """Numbers the texts that recur in one recording, in order of appearance, from 1.

    A number is never given twice, even when what it stood for was let go.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._fresh: list[tuple[int, str]] = []
        self._last = 0
        self._idle: set[int] = set()  # nothing referred to them when it was looked last

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, text: str) -> int:
        no = self._numbers.get(text)
        if no is None:
            self._last = no = self._numbers[text] = self._last + 1
            self._fresh.append((no, text))
        elif no in self._idle:
            self._idle.discard(no)
        return no

    def let_go(self, used: Collection[int]) -> set[int]:
        """Forgets names, and returns their numbers: `used` are those that rows refer to.

        Those that were already without use the last time: who read rows before they were deleted
        may still ask what they are called.
        """
        gone = self._idle.difference(used)
        self._numbers = {text: no for text, no in self._numbers.items() if no not in gone}
        self._idle = set(self._numbers.values()).difference(used)
        return gone

    def take_fresh(self) -> list[tuple[int, str]]:
        """The names that were given a number since the last call."""
        fresh, self._fresh = self._fresh, []
        return fresh


def _maker(record: type[R]) -> Callable[..., R]:
    """What makes a record of its values: a frozen dataclass takes three times as long for it."""
    unfrozen: Any = make_dataclass(
        record.__name__, [each.name for each in fields(cast(Any, record))], slots=True, eq=False
    )

    def made(*values: Any) -> R:
        one = unfrozen(*values)
        one.__class__ = record
        return cast(R, one)

    return made


class Shape(Generic[R]):
    """How records of one class stand in one table.

    `keyed`: has a number `n` of its own. `order`: the columns by which records are put in order.
    """

    def __init__(
        self,
        record: type[R],
        row_class: type[models.Base],
        *,
        keyed: bool,
        order: Sequence[str] = ("run", "seq"),
    ) -> None:
        self.record = record
        self.table = table(row_class)
        self.keyed = keyed
        self.order = [self.table.c[name] for name in (["n"] if keyed else order)]
        self.fields = [field.name for field in fields(cast(Any, record))]
        self._made = _maker(record)
        self._values = attrgetter(*self.fields)
        named = [(no, name, self.table.c[name].type) for no, name in enumerate(self.fields)]
        self._named = [(no, name, type_) for no, name, type_ in named if isinstance(type_, NameNo)]

    def encode(self, record: R, names: Names) -> Row:
        """The row of `record`, without the columns that the vocabulary does not know."""
        row: Row = dict(zip(self.fields, self._values(record), strict=True))
        for _, name, type_ in self._named:
            value = row[name]
            if value is not None:
                row[name] = names.number(type_.write(value))
        return row

    def decode(self, rows: Sequence[Sequence[Any]], names: Mapping[int, str]) -> list[R]:
        """The records of rows of `query`; `names` are by number.

        By columns, as a recording has a hundred thousand rows. Raises TypeError where a row holds
        what its column cannot, as SQLite lets it, and LookupError for a name that is not there.
        """
        columns: list[Any] = [*zip(*rows, strict=True)]
        if not columns:
            return []
        self._demand_types(columns)
        for no, _, type_ in self._named:
            told: dict[int | None, Any] = {None: None}
            for number in set(columns[no]) - told.keys():
                text = names[number]
                told[number] = text if type_.read is None else type_.read(text)
            columns[no] = map(told.__getitem__, columns[no])
        return list(map(self._made, *columns))

    def _demand_types(self, columns: Sequence[Iterable[Any]]) -> None:
        for no, name, kind in self._kinds:
            if wrong := set(map(type, columns[no])) - {kind, type(None)}:
                held = ", ".join(sorted(each.__name__ for each in wrong))
                raise TypeError(f"{self.table.name}.{name} holds {held}, not {kind.__name__}")

    @cached_property
    def _kinds(self) -> list[tuple[int, str, type[Any]]]:
        """Place, name and type of the columns that are plain texts and whole numbers."""
        kinds: list[tuple[int, str, type[Any]]] = []
        for no, name in enumerate(self.fields):
            column = self.table.c[name].type
            if name == "body":  # the query has the hash in the place of the number
                kinds.append((no, name, str))
            elif isinstance(column, Integer):
                kinds.append((no, name, int))
            elif isinstance(column, String | Words):
                kinds.append((no, name, str))
        return kinds

    @cached_property
    def query(self) -> Select[Any]:
        """All rows, with the columns in the order of the record's fields."""
        columns: list[Any] = [self.table.c[name] for name in self.fields]
        if self.record is not model.PageMessage:
            return select(*columns)
        # The row holds the number of the body; the record its hash.
        bodies = table(models.MessageBodyRow)
        columns[self.fields.index("body")] = bodies.c.hash
        return select(*columns).join_from(self.table, bodies, self.table.c.body == bodies.c.id)


APP_SESSIONS = Shape(model.AppSession, models.AppSessionRow, keyed=True)
INTERACTIONS = Shape(model.Interaction, models.InteractionRow, keyed=True)
RUNS = Shape(model.ScriptRun, models.RunRow, keyed=True)
MESSAGES = Shape(model.PageMessage, models.PageMessageRow, keyed=True)
ERRORS = Shape(model.RunError, models.ErrorRow, keyed=False)
CALLBACKS = Shape(model.Callback, models.CallbackRow, keyed=False)
RERUN_REQUESTS = Shape(model.RerunRequest, models.RerunRequestRow, keyed=False)
STATE_WRITES = Shape(model.StateWrite, models.StateWriteRow, keyed=False)
STATE_ATTEMPTS = Shape(model.StateAttempt, models.StateAttemptRow, keyed=False)
QUERY_CHANGES = Shape(model.QueryChange, models.QueryChangeRow, keyed=False)
DRAWN_WIDGETS = Shape(model.DrawnWidget, models.DrawnWidgetRow, keyed=True)
CONTAINER_WRITES = Shape(model.ContainerWrite, models.ContainerWriteRow, keyed=False)
CACHE_ACCESSES = Shape(model.CacheAccess, models.CacheAccessRow, keyed=False)
THREAD_SPANS = Shape(ThreadSpan, models.ThreadSpanRow, keyed=False, order=("run", "thread"))

SHAPES: dict[type[Any], Shape[Any]] = {
    shape.record: shape
    for shape in cast(
        "list[Shape[Any]]",
        [
            APP_SESSIONS,
            INTERACTIONS,
            RUNS,
            MESSAGES,
            ERRORS,
            CALLBACKS,
            RERUN_REQUESTS,
            STATE_WRITES,
            STATE_ATTEMPTS,
            QUERY_CHANGES,
            DRAWN_WIDGETS,
            CONTAINER_WRITES,
            CACHE_ACCESSES,
        ],
    )
}


def source_rows(source: Source) -> tuple[Row, Row]:
    """The row of a source, and the row of its text."""
    text = source.text.encode("utf-8", "surrogatepass")
    digest = sha256(text).hexdigest()
    blocks = [[block.name, block.first_line, block.lines] for block in source.blocks]
    row = {
        "file_no": source.file_no,
        "file": source.file,
        "sha256": digest,
        "reason": source.reason,
        "blocks": zlib.compress(to_json(blocks).encode()),
        "since_run": source.since_run,
    }
    return row, {"sha256": digest, "data": zlib.compress(text)}


def source_record(row: Any) -> Source:
    """The record of a row of `sources` joined with its text's `data`."""
    blocks = json.loads(inflated(row.blocks, BLOCKS))
    return Source(
        row.file_no,
        row.file,
        inflated(row.data, TEXT).decode("utf-8", "surrogatepass"),
        row.reason,
        tuple(CodeBlock(name, first, tuple(lines)) for name, first, lines in blocks),
        row.since_run,
    )


def body_row(hash: str, data: bytes) -> Row:
    """The row of a message body: zlib data where that is smaller."""
    packed = zlib.compress(data)
    zipped = len(packed) < len(data)
    return {"hash": storable(hash), "zipped": zipped, "data": packed if zipped else data}


def chunked(values: Iterable[R], size: int) -> Iterable[list[R]]:
    """Cuts `values` into lists of at most `size`."""
    rest = list(values)
    return (rest[start : start + size] for start in range(0, len(rest), size))
