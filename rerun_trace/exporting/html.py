"""A recording or a comparison as a report: one HTML file."""

from __future__ import annotations

from ..web.report.build import MAX_SIZE, build_report
from .job import Export


def write(job: Export) -> None:
    """Makes the report."""
    choice = job.choice
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
            progress=job.progress,
        )
    )
