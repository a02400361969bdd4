"""`.rtrace`: recordings as a database of their own, which `rerun-trace import` takes in."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..db.exchange.rtrace import packed
from .copying import copied
from .job import Export


def write(export: Export) -> None:
    """Writes the file: what `export` names, and nothing else of its store."""
    with (
        copied(export.store, export.recordings, export.comparison) as copy,
        tempfile.TemporaryDirectory(prefix="rerun-trace-") as folder,
    ):
        path = Path(folder) / "compact.sqlite"
        copy.store.write_compact(path)
        export.write(packed(path.read_bytes()))
