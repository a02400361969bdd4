"""What was asked for: which recordings go into which file, and what is left out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from ..db.store import TraceStore
from ..tracer.errors import RerunTraceError

Progress: TypeAlias = Callable[[str, int, int], None]  # what is being done, how many of how many


class ExportProblem(RerunTraceError):
    """Something cannot be exported, or not into that file."""


def silent(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a report shows. Other kinds of files take what applies to them.

    `runs` are both ends of a window of runs, `max_size` is in bytes.
    """

    title: str | None = None
    note: str | None = None
    replay: bool = True
    runs: tuple[int, int] | None = None
    max_size: int | None = None
    graph: str = "flow"  # or "cause"


@dataclass(frozen=True, slots=True)
class Export:
    """One file to be written.

    `store` holds nothing of what is to be left out: `--redact`, `--no-values` and `--no-source`
    are done when it is made, once for all kinds of files. Either `recordings` has one number or
    more, or `comparison` is the number of a comparison.
    """

    store: TraceStore
    target: Path
    recordings: tuple[int, ...] = ()
    comparison: int | None = None
    choice: Choice = field(default_factory=Choice)
    progress: Progress = silent

    def write(self, data: bytes | str) -> None:
        """Writes the file, whole or not at all."""
        content = data.encode() if isinstance(data, str) else data
        partly = self.target.with_name(f".{self.target.name}.part")
        try:
            partly.write_bytes(content)
            partly.replace(self.target)
        except OSError as error:
            partly.unlink(missing_ok=True)
            raise ExportProblem(f"{self.target} cannot be written: {error.strerror}") from None


def only_recording(export: Export) -> int:
    """The one recording that a file is about. Raises ExportProblem when there are several."""
    if export.comparison is not None or len(export.recordings) != 1:
        what = "a comparison" if export.comparison is not None else "several recordings"
        raise ExportProblem(
            f"{export.target.name}: such a file holds one recording, not {what}; name one"
        )
    return export.recordings[0]
