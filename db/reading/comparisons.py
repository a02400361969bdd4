"""Reads comparisons: which recordings are variants of one app under the same interactions."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table
from rerun_trace.tracer.errors import ComparisonNotFound
from rerun_trace.tracer.model import ComparedVariant, Comparison

_COMPARISONS = table(models.ComparisonRow)
_VARIANTS = table(models.ComparedVariantRow)
_RECORDINGS = table(models.ComparedRecordingRow)

_DELETED = "its recording was deleted"
_MOST = 2**63  # no database holds a higher number


def read(connection: Connection, id: int | None = None) -> list[Comparison]:
    """All comparisons, newest first, or the one with the number `id`, if there is one."""
    query = select(_COMPARISONS).order_by(_COMPARISONS.c.id.desc())
    variants = select(_VARIANTS).order_by(_VARIANTS.c.comparison_id, _VARIANTS.c.no)
    order = (_RECORDINGS.c.comparison_id, _RECORDINGS.c.variant, _RECORDINGS.c.repeat)
    recordings = select(_RECORDINGS).order_by(*order)
    if id is not None:
        query = query.where(_COMPARISONS.c.id == id)
        variants = variants.where(_VARIANTS.c.comparison_id == id)
        recordings = recordings.where(_RECORDINGS.c.comparison_id == id)
    found = {
        row.id: Comparison(row.title, row.created_at, tuple(row.steps), (), row.id)
        for row in connection.execute(query)
    }
    kept: dict[tuple[int, int], tuple[int, ...]] = {}
    for row in connection.execute(recordings):
        key = (row.comparison_id, row.variant)
        kept[key] = (*kept.get(key, ()), row.recording_id)
    for row in connection.execute(variants):
        mine = kept.get((row.comparison_id, row.no), ())
        failed = row.failed if mine or row.failed else _DELETED
        comparison = found.get(row.comparison_id)
        if comparison is not None:  # absent: added after the first query
            variant = ComparedVariant(row.name, mine, failed)
            found[row.comparison_id] = replace(comparison, variants=(*comparison.variants, variant))
    return list(found.values())


def one(connection: Connection, id: int) -> Comparison:
    """One comparison. Raises ComparisonNotFound, naming the newest."""
    found = read(connection, id) if 0 < id < _MOST else []
    if not found:
        raise _not_found(connection, id)
    return found[0]


def _not_found(connection: Connection, id: int) -> ComparisonNotFound:
    newest = connection.scalar(select(_COMPARISONS.c.id).order_by(_COMPARISONS.c.id.desc()))
    if newest is None:
        return ComparisonNotFound(f"there is no comparison {id}; nothing has been compared yet")
    return ComparisonNotFound(f"there is no comparison {id}; the newest is {newest}")
