"""Gathers the rows of one transaction from the records that a recorder handed over. No SQL here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import Table

from rerun_trace.db.packing import codec
from rerun_trace.db.packing.key_runs import KeyRuns
from rerun_trace.db.packing.thread_spans import ThreadSpan, ThreadSpans
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import (
    MESSAGES,
    SHAPES,
    THREAD_SPANS,
    Names,
    Row,
    source_rows,
    table,
)
from rerun_trace.tracer.model import (
    Limit,
    LineCount,
    MessageBody,
    MessageSettled,
    Record,
    Source,
    StateRead,
    StepChunk,
    ValueChange,
)

CHUNK_STEPS = 4096  # larger ones are hardly smaller on the disk
_UNKNOWN = object()


@dataclass
class Batch:
    """Rows of one recording that are written in one transaction (without their `recording_id`).

    `keyed` rows replace a stored row with the same key; `appended` ones never do. In rows of
    `page_messages`, `body` is still the content hash.
    """

    names: list[Row] = field(default_factory=list)
    keyed: dict[Table, dict[Any, Row]] = field(default_factory=lambda: defaultdict(dict))
    appended: dict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    bodies: dict[str, bytes] = field(default_factory=dict)
    texts: dict[str, Row] = field(default_factory=dict)
    settled: list[Row] = field(default_factory=list)  # fates of messages of earlier batches
    settled_anywhere: list[Row] = field(default_factory=list)  # the same, of unknown runs

    @property
    def messages(self) -> dict[int, Row]:
        """Page messages by their number."""
        return self.keyed[MESSAGES.table]

    def __bool__(self) -> bool:
        parts = (self.keyed, self.appended, self.bodies, self.settled, self.settled_anywhere)
        return any(parts)


class Batcher:
    """Turns records of one recording into batches; gives rows, names and limits their numbers."""

    def __init__(self) -> None:
        self.names = Names()
        self._limits: dict[str, int] = {}
        self._seq = count(1)
        self._unsettled: dict[int, int | None] = {}  # page message -> run
        self._thread_spans = ThreadSpans()
        self._key_runs = KeyRuns()

    @property
    def key_runs(self) -> set[int]:
        """Runs that steps may be packed against from now on."""
        return self._key_runs.runs

    def limit_no(self, key: str) -> int:
        """The number of the limit `key`, always the same one."""
        return self._limits.setdefault(key, len(self._limits) + 1)

    def batch(self, records: Iterable[Record]) -> Batch:
        """The rows of `records`. Several about the same thing become one row, the last one."""
        batch = Batch()
        counts: dict[int, list[tuple[int, int, int, bool]]] = defaultdict(list)
        reads: dict[int, list[tuple[int, int, bool]]] = defaultdict(list)
        spans: dict[tuple[int, int], ThreadSpan] = {}  # run and thread are their key
        for record in records:
            match record:
                case LineCount():
                    file = self.names.number(record.file)
                    counts[record.run].append((file, record.line, record.hits, record.capped))
                case StateRead():
                    named = self.names.number(record.key)
                    reads[record.run].append((record.step, named, record.found))
                case MessageSettled():
                    self._settle(record, batch)
                case MessageBody():
                    batch.bodies[record.hash] = record.data
                case StepChunk():
                    rows_of_chunk = map(self._chunk_row, cut(record))
                    batch.appended[table(models.StepChunkRow)].extend(rows_of_chunk)
                    for span in self._thread_spans.take(record):
                        spans[span.run, span.thread] = span
                case Source():
                    row, text = source_rows(record)
                    batch.keyed[table(models.SourceRow)][record.file_no] = row
                    batch.texts[text["sha256"]] = text
                case Limit():
                    no = self.limit_no(record.key)
                    batch.keyed[table(models.LimitRow)][no] = {"no": no, "text": record.text}
                case _:
                    self._add(record, batch)
        for run, rows in counts.items():
            row = {"run": run, "seq": next(self._seq), "data": codec.pack_counts(rows)}
            batch.appended[table(models.LineCountsRow)].append(row)
        for run, noted in reads.items():
            row = {"run": run, "seq": next(self._seq), "data": codec.pack_reads(noted)}
            batch.appended[table(models.StateReadsRow)].append(row)
        for key, span in spans.items():
            batch.keyed[THREAD_SPANS.table][key] = THREAD_SPANS.encode(span, self.names)
        batch.names = [{"no": no, "text": text} for no, text in self.names.take_fresh()]
        return batch

    def _add(self, record: Any, batch: Batch) -> None:
        shape = SHAPES[type(record)]
        row = shape.encode(record, self.names)
        if not shape.keyed:
            row["seq"] = next(self._seq)
            batch.appended[shape.table].append(row)
            return
        batch.keyed[shape.table][row["n"]] = row
        if shape is MESSAGES:
            self._unsettled[row["n"]] = row["run"]

    def _settle(self, record: MessageSettled, batch: Batch) -> None:
        fate = {
            "fate": self.names.number(record.fate),
            "fate_ns": record.at_ns,
            "sent_order": record.sent_order,
        }
        run = self._unsettled.pop(record.n, _UNKNOWN)
        if record.n in batch.messages:
            batch.messages[record.n].update(fate)
            return
        row = {f"its_{name}": value for name, value in (("n", record.n), *fate.items())}
        if run is _UNKNOWN:
            batch.settled_anywhere.append(row)
        else:
            batch.settled.append({"its_run": run, **row})

    def _chunk_row(self, chunk: StepChunk) -> Row:
        spoken_of = [change.step for change in chunk.changes]
        introduced = [frame.n for frame in chunk.frames]
        packed = self._key_runs.pack(chunk)
        return {
            "run": chunk.run,
            "seq": next(self._seq),
            "first_step": chunk.first_step,
            "steps": len(chunk.steps),
            "low_step": min([chunk.first_step, *spoken_of]),
            "high_step": max([chunk.first_step + len(chunk.steps) - 1, *spoken_of]),
            "low_frame": min(introduced, default=None),
            "high_frame": max(introduced, default=None),
            "frames": packed.frames or None,
            "data": packed.steps,
            "key_run": packed.key_run,
        }


def cut(chunk: StepChunk, size: int = CHUNK_STEPS) -> Iterator[StepChunk]:
    """The same steps as chunks of at most `size`, so that a window of them is read quickly.

    A value change comes with its step; what does not belong to any of the steps, with the first.
    """
    count = len(chunk.steps)
    if count <= size:
        yield chunk
        return
    changes: dict[int, list[ValueChange]] = defaultdict(list)
    last = (count - 1) // size
    for change in chunk.changes:
        changes[min(max(change.step - chunk.first_step, 0) // size, last)].append(change)
    for no, start in enumerate(range(0, count, size)):
        steps = chunk.steps[start : start + size]
        frames = chunk.frames if no == 0 else ()
        yield StepChunk(chunk.run, chunk.first_step + start, steps, frames, changes[no])
