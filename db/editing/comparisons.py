"""Keeps and forgets comparisons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, delete, insert

from rerun_trace.db.engine import for_writing
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.tracer.model import Comparison

_COMPARISONS = table(models.ComparisonRow)
_VARIANTS = table(models.ComparedVariantRow)
_RECORDINGS = table(models.ComparedRecordingRow)


def add(engine: Engine, comparison: Comparison, keep_id: bool = False) -> int:
    """Keeps a comparison whose recordings are in the database; returns its number.

    With `keep_id` that is the one that it has.
    """
    values: dict[str, Any] = {
        "title": comparison.title,
        "created_at": comparison.created_at,
        "steps": [dict(step) for step in comparison.steps],
    }
    if keep_id:
        values["id"] = comparison.id
    with for_writing(engine).begin() as connection:
        made = insert(_COMPARISONS).values(values).returning(_COMPARISONS.c.id)
        id: int = connection.execute(made).scalar_one()
        for no, variant in enumerate(comparison.variants, 1):
            own = {"comparison_id": id, "no": no, "name": variant.name, "failed": variant.failed}
            connection.execute(insert(_VARIANTS).values(own))
            for repeat, recording in enumerate(variant.recordings, 1):
                place = {"comparison_id": id, "variant": no, "repeat": repeat}
                connection.execute(insert(_RECORDINGS).values(**place, recording_id=recording))
    return id


def remove(engine: Engine, id: int) -> None:
    """Forgets a comparison; its recordings stay."""
    with for_writing(engine).begin() as connection:
        connection.execute(delete(_COMPARISONS).where(_COMPARISONS.c.id == id))
