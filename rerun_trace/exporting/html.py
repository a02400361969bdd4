"""A recording or a comparison as a report: one HTML file.

What makes it is imported with the first one: the pages offer reports, and start no later for it.
"""

from __future__ import annotations

from pathlib import Path

from ..db.store import TraceStore
from ..web.views.share import Reports
from .job import Choice, Export


def write(job: Export) -> None:
    """Makes the report."""
    job.write(report(job))


def reports(store: TraceStore) -> Reports:
    """Makes reports for the pages over `store`, of the same copy that the command makes them of."""

    def made(recording: int | None, comparison: int | None) -> bytes:
        from .redacting import Wishes, redacted_copy

        wanted = () if recording is None else (recording,)
        with redacted_copy(store, wanted, comparison, Wishes()) as (copy, _):
            title = None if recording is None else copy.store.recording(recording).name
            choice = Choice(title=title)
            return report(Export(copy.store, Path("report.html"), wanted, comparison, choice))

    return made


def report(job: Export) -> bytes:
    """The report as it is written to a file."""
    from ..web.report.build import MAX_SIZE, build_report
    from .pdf import summaries

    choice = job.choice
    _, summary = summaries(job)
    return build_report(
        job.store,
        recordings=job.recordings,
        comparison=job.comparison,
        title=choice.title,
        note=choice.note,
        replay=choice.replay,
        runs=choice.runs,
        max_size=choice.max_size or MAX_SIZE,
        static_summary="".join(summary),
        progress=job.progress,
    )
