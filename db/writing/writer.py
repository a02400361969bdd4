"""Writes the records of one recording, a batch at a time, each batch in one transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from rerun_trace.db.engine import BUSY_TIMEOUT_S
from rerun_trace.db.handover.keep import Keep
from rerun_trace.db.handover.trouble import STOPPED_LIMIT, RecordingGone
from rerun_trace.db.schema import models
from rerun_trace.db.schema.columns import storable
from rerun_trace.db.schema.rows import MESSAGES, SHAPES, THREAD_SPANS, Row, body_row, chunked, table
from rerun_trace.db.writing.batch import Batch, Batcher
from rerun_trace.db.writing.pruning import (
    AT_ONCE,
    let_go,
    let_go_of_names,
    limit_text,
    used_names,
)
from rerun_trace.tracer.model import Record

_KNOWN_BODIES = 50_000  # remembered content hashes: about 10 MB at the most
LOCK_WAIT_S = 600.0  # another program may hold SQLite's lock for this long; then recording stops
_TRY_S = 0.4  # after which SQLite gives up one attempt to get the lock
_IN_ONE_QUERY = 500  # SQLite takes 999 parameters at the least

_SPARE_NAMES = 200  # may be without use until it is looked which are

_LET_GO = "let go"  # key of the limit that says which runs are not kept any more

_RECORDINGS = table(models.RecordingRow)
_BODIES = table(models.MessageBodyRow)
_LIMITS = table(models.LimitRow)
_INSERTS: dict[str, Callable[[Table], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class RecordingWriter:
    """Writes the recording with the id `recording`. Not for use by two threads at once.

    `engine` must begin its transactions for writing (see `engine.for_writing`). After an error the
    writer is unusable, because numbers that it gave away were rolled back.
    """

    def __init__(self, engine: Engine, recording: int) -> None:
        self.recording = recording
        self.is_locked_out = False  # another program holds SQLite's lock, and a write waits for it
        self._engine = engine
        self._insert = _INSERTS[engine.dialect.name]
        self._batcher = Batcher()
        self._most_names = _SPARE_NAMES
        # Hashes of bodies that are there, and to which stored rows of ours refer: no other process
        # may then delete them.
        self._known: dict[str, int] = {}
        self._high: dict[Table, Any] = {}  # the highest key that was written
        self._build_statements()

    def write(self, records: Iterable[Record]) -> None:
        """Keeps all of `records`, or none and raises."""
        batch = self._batcher.batch(records)
        if not batch:
            return
        with self._transaction() as connection:
            # First, so that a recording that was deleted meanwhile is noticed before all else.
            self._touch(connection, messages=_RECORDINGS.c.messages + len(batch.messages))
            ids, lasting = self._write_bodies(connection, batch)
            for row in batch.messages.values():
                row["body"] = ids[storable(row["body"])]
            self._write_rows(connection, batch)
        self._known.update(lasting)
        while len(self._known) > _KNOWN_BODIES:
            del self._known[next(iter(self._known))]

    def finish(self, complete: bool) -> None:
        """Marks the recording as ended now: complete, or broken off."""
        with self._transaction() as connection:
            self._touch(connection, complete=complete, ended_at=datetime.now(UTC))

    def give_up(self, why: str) -> None:
        """After an error: marks the recording as broken off, with the reason among its limits.

        Does not wait for a lock: who gives up for one would wait for good.
        """
        limits = table(models.LimitRow)
        last = select(func.coalesce(func.max(limits.c.no), 0))
        with self._transaction(0.0) as connection:
            self._touch(connection, complete=False, ended_at=datetime.now(UTC))
            no = connection.scalar(last.where(limits.c.recording_id == self.recording))
            text = STOPPED_LIMIT.format(why=why)
            row = {"no": (no or 0) + 1, "text": text}
            connection.execute(limits.insert(), self._mine([row]))

    def prune(self, gone: Sequence[int], keep: Keep) -> None:
        """Lets go of these runs, some in each transaction, and says so among the limits."""
        for some in chunked(gone, AT_ONCE):
            with self._transaction() as connection:
                bodies = let_go(connection, self.recording, some, self._batcher.key_runs)
                self._touch(connection)
                text = limit_text(connection, self.recording, keep)
                row = {"no": self._batcher.limit_no(_LET_GO), "text": text}
                connection.execute(self._upserts[_LIMITS], self._mine([row]))
            # A row of ours may not be left that refers to one: others may delete it now.
            for hash in [hash for hash, id in self._known.items() if id in bodies]:
                del self._known[hash]
        names = self._batcher.names
        if gone and len(names) > self._most_names:
            with self._transaction() as connection:
                used = used_names(connection, self.recording)
                let_go_of_names(connection, self.recording, names.let_go(used))
            # Looking costs the more, the more is kept: not after every run, then.
            self._most_names = 2 * len(used) + _SPARE_NAMES

    @contextmanager
    def _transaction(self, most_s: float = LOCK_WAIT_S) -> Iterator[Connection]:
        """A transaction, begun as soon as no other program holds SQLite's lock.

        Attempts are short, so that `is_locked_out` can be told. Raises an error of the driver when
        the lock is held for longer than `most_s`, and any other error at once.
        """
        end = time.monotonic() + most_s
        while True:
            with self._engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                if isinstance(raw, sqlite3.Connection):
                    raw.execute(f"PRAGMA busy_timeout={_TRY_S * 1000:.0f}")
                try:
                    transaction = connection.begin()
                except OperationalError as error:
                    self.is_locked_out = "locked" in str(error)
                    if not self.is_locked_out or time.monotonic() > end:
                        raise
                    continue
                finally:
                    if isinstance(raw, sqlite3.Connection):
                        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000:.0f}")
                self.is_locked_out = False
                with transaction:
                    yield connection
                return

    def _touch(self, connection: Connection, **values: Any) -> None:
        change = update(_RECORDINGS).where(_RECORDINGS.c.id == self.recording)
        change = change.values(ticks=_RECORDINGS.c.ticks + 1, **values)
        if connection.execute(change).rowcount != 1:
            raise RecordingGone(
                f"recording {self.recording} was deleted while it was being written"
            )

    def _write_bodies(
        self, connection: Connection, batch: Batch
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Stores new bodies.

        Returns the numbers of all content hashes that the batch's messages have, and of those
        among them whose bodies were found to be there.
        """
        wanted = {storable(row["body"]) for row in batch.messages.values()}
        bodies = [body_row(*body) for body in batch.bodies.items() if body[0] not in self._known]
        kept = {row["hash"] for row in bodies}
        # A message whose body never came still needs a row to refer to.
        bodies += [
            {"hash": hash, "zipped": False, "data": None}
            for hash in wanted - kept - self._known.keys()
        ]
        # In one order everywhere, or two writers on PostgreSQL could wait for each other.
        bodies.sort(key=lambda row: str(row["hash"]))
        bodies = self._insert_new_bodies(connection, bodies)
        if bodies:
            connection.execute(self._fill, bodies)
        ids = {hash: self._known[hash] for hash in wanted & self._known.keys()}
        lasting: dict[str, int] = {}
        is_there = _BODIES.c.data.is_not(None).label("is_there")
        for hashes in chunked(wanted - ids.keys(), _IN_ONE_QUERY):
            query = select(_BODIES.c.hash, _BODIES.c.id, is_there).where(_BODIES.c.hash.in_(hashes))
            for row in connection.execute(query):
                ids[row.hash] = row.id
                if row.is_there:
                    lasting[row.hash] = row.id
        return ids, lasting

    def _insert_new_bodies(self, connection: Connection, bodies: list[Row]) -> list[Row]:
        """Inserts, many at a time, those that nobody has stored yet; returns the others.

        Only where our transaction is alone with its lock can no other writer come in between.
        """
        if connection.dialect.name != "sqlite":
            return bodies
        stored: set[str] = set()
        for hashes in chunked({row["hash"] for row in bodies}, _IN_ONE_QUERY):
            query = select(_BODIES.c.hash).where(_BODIES.c.hash.in_(hashes))
            stored.update(connection.scalars(query))
        self._run(connection, _BODIES.insert(), [r for r in bodies if r["hash"] not in stored])
        return [row for row in bodies if row["hash"] in stored]

    def _write_rows(self, connection: Connection, batch: Batch) -> None:
        texts = [batch.texts[sha256] for sha256 in sorted(batch.texts)]
        self._run(connection, self._add_texts, texts)
        self._run(connection, table(models.NameRow).insert(), self._mine(batch.names))
        for target, keyed in batch.keyed.items():
            self._write_keyed(connection, target, keyed)
        for target, rows in batch.appended.items():
            self._run(connection, target.insert(), self._mine(rows))
        self._run(connection, self._settle_in_run, batch.settled)
        self._run(connection, self._settle, batch.settled_anywhere)

    def _write_keyed(self, connection: Connection, target: Table, rows: dict[Any, Row]) -> None:
        """Rows beyond the highest key are new, and inserted many at a time; only the others, which
        may have come before, are upserted, one by one."""
        if not rows:
            return
        high = self._high.get(target)
        fresh = [row for key, row in rows.items() if high is None or key > high]
        again = [row for key, row in rows.items() if high is not None and key <= high]
        self._run(connection, target.insert(), self._mine(fresh))
        self._run(connection, self._upserts[target], self._mine(again))
        self._high[target] = max(rows if high is None else [high, *rows])

    def _build_statements(self) -> None:
        """Built once: SQLAlchemy takes longer to build an upsert than to run it."""
        insert = self._insert(_BODIES)
        self._fill = insert.on_conflict_do_update(
            index_elements=["hash"],
            set_={"zipped": insert.excluded.zipped, "data": insert.excluded.data},
            where=_BODIES.c.data.is_(None) & insert.excluded.data.is_not(None),
        )
        self._add_texts = self._insert(table(models.SourceTextRow)).on_conflict_do_nothing()
        keyed = [shape.table for shape in SHAPES.values() if shape.keyed]
        keyed += [table(models.SourceRow), table(models.LimitRow), THREAD_SPANS.table]
        self._upserts = {target: self._build_upsert(target) for target in keyed}
        messages = MESSAGES.table.c
        self._settle = (
            update(MESSAGES.table)
            .where(messages.recording_id == self.recording, messages.n == bindparam("its_n"))
            .values({name: bindparam(f"its_{name}") for name in ("fate", "fate_ns", "sent_order")})
        )
        run = bindparam("its_run", type_=messages.run.type)
        self._settle_in_run = self._settle.where(messages.run == run)

    def _mine(self, rows: Iterable[Row]) -> list[Row]:
        return [{"recording_id": self.recording, **row} for row in rows]

    def _build_upsert(self, target: Table) -> Any:
        insert = self._insert(target)
        key = target.primary_key.columns
        rest = {column.name: column for column in insert.excluded if column.name not in key}
        return insert.on_conflict_do_update(index_elements=list(key), set_=rest)

    @staticmethod
    def _run(connection: Connection, statement: Any, rows: list[Row]) -> None:
        if rows:
            connection.execute(statement, rows)
