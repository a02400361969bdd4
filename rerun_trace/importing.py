"""Takes the recordings and comparisons of a `.rtrace` file into a database, all or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from .db.exchange.foreign import take_in
from .db.exchange.plausible import check
from .db.exchange.rtrace import LIMIT, ForeignFile, unpack
from .db.store import TraceStore
from .facts import facts_of
from .tracer.errors import RerunTraceError
from .tracer.model import RecordingInfo


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken in, under the numbers that it has now."""

    recordings: tuple[RecordingInfo, ...]
    comparisons: tuple[int, ...]


@contextmanager
def opened(path: Path, limit: int = LIMIT) -> Iterator[TraceStore]:
    """What a `.rtrace` file holds, checked, as a store of its own; it is gone afterwards.

    Raises ForeignFile, in one line, whatever is wrong with the file.
    """
    with tempfile.TemporaryDirectory(prefix="rerun-trace-") as folder:
        foreign, clean = Path(folder) / "foreign.sqlite", Path(folder) / "clean.sqlite"
        unpack(path, foreign, limit)
        take_in(foreign, clean, str(path))
        with TraceStore.open(clean, create=False) as store:
            _check(store, path)
            yield store


def _check(store: TraceStore, path: Path) -> None:
    """What the pages and all commands are made from can be read."""
    try:
        found = store.recordings()
        if not found:
            raise ForeignFile(f"{path} holds no recording")
        for info in found:
            check(store, info.id, str(path))
            facts_of(store, info.id)
        store.comparisons()
    except ForeignFile:
        raise
    except RerunTraceError as error:
        said = str(error).replace(store.location, "it")
        raise ForeignFile(f"{path} is damaged: {said}") from None
    except Exception as error:  # whatever a stranger's records lead to
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise ForeignFile(f"{path} holds a recording that cannot be read: {what}") from None


def import_file(store: TraceStore, path: Path, limit: int = LIMIT) -> Imported:
    """Takes a file's recordings and comparisons into `store`, with new numbers."""
    infos: list[RecordingInfo] = []
    numbers: dict[int, int] = {}
    comparisons: list[int] = []
    with opened(path, limit) as foreign:
        try:
            for info in reversed(foreign.recordings()):
                number = store.add_recording(info, foreign.records(info.id), foreign.notes(info.id))
                numbers[info.id] = number
                infos.append(replace(info, id=number))
            for found in reversed(foreign.comparisons()):
                variants = tuple(
                    replace(each, recordings=tuple(numbers[id] for id in each.recordings))
                    for each in found.variants
                )
                comparisons.append(store.add_comparison(replace(found, variants=variants)))
        except BaseException:
            for comparison in comparisons:
                store.delete_comparison(comparison)
            for number in numbers.values():
                store.delete(number)
            raise
    return Imported(tuple(infos), tuple(comparisons))
