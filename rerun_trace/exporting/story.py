"""`-o story.md`: the story as Markdown, in the studio's words."""

from __future__ import annotations

from ..web.models.markdown import comparison_markdown, story_markdown
from .job import Export


def write(job: Export) -> None:
    """Writes the story of the recordings, one after the other, or of the comparison."""
    choice = job.choice
    if job.comparison is not None:
        text = comparison_markdown(job.store, job.comparison, title=choice.title, note=choice.note)
        job.write(text)
        return
    parts = []
    for number, recording in enumerate(job.recordings):
        job.progress("story", number, len(job.recordings))
        parts.append(
            story_markdown(
                job.store,
                recording,
                title=choice.title if len(job.recordings) == 1 else None,
                note=choice.note if number == 0 else None,
                runs=choice.runs,
            )
        )
    job.write("\n".join(parts))
