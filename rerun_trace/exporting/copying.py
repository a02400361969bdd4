"""The copy that every kind of file is written from: what was asked for, and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..db.store import TraceStore
from ..tracer.model import Comparison, Note, Record, RecordingInfo


class Same:
    """Leaves everything as it is."""

    def info(self, info: RecordingInfo) -> RecordingInfo:
        return info

    def records(self, records: Iterable[Record]) -> Iterable[Record]:
        return records

    def notes(self, notes: Sequence[Note]) -> Sequence[Note]:
        return notes

    def comparison(self, comparison: Comparison) -> Comparison:
        return comparison


@dataclass(frozen=True, slots=True)
class Copy:
    """What was copied, under the numbers that it has where it was taken from."""

    store: TraceStore
    recordings: tuple[int, ...]
    comparison: int | None


@contextmanager
def copied(
    store: TraceStore,
    recordings: Sequence[int],
    comparison: int | None = None,
    change: Same | None = None,
) -> Iterator[Copy]:
    """A copy of recordings, or of a comparison with its recordings; it is gone afterwards.

    What `change` makes of a record is what gets into the copy: nothing else is written there, and
    so nothing else can be left in its free pages.
    """
    change = change or Same()
    compared = None if comparison is None else store.comparison(comparison)
    wanted = dict.fromkeys(recordings)
    if compared is not None:
        wanted |= dict.fromkeys(id for v in compared.variants for id in v.recordings)
    with (
        tempfile.TemporaryDirectory(prefix="rerun-trace-") as folder,
        TraceStore.open(Path(folder) / "copy.sqlite") as copy,
    ):
        for id in wanted:
            info = change.info(store.recording(id))
            records, notes = change.records(store.records(id)), change.notes(store.notes(id))
            copy.add_recording(info, records, notes, keep_id=True)
        if compared is not None:
            copy.add_comparison(change.comparison(compared), keep_id=True)
        yield Copy(copy, tuple(wanted), comparison)
