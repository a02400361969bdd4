"""A recording or a comparison as a report: one HTML file."""

from __future__ import annotations

from ..web.report.build import MAX_SIZE, build_report
from .job import Export
from .pdf import summaries


def write(job: Export) -> None:
    """Makes the report."""
    choice = job.choice
    _, summary = summaries(job)
    job.write(
        build_report(
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
    )
