"""Lets go of the oldest runs of recordings that are over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, func, select, update

from rerun_trace.db.editing.deletion import Freed, give_back, stored_size
from rerun_trace.db.engine import for_writing
from rerun_trace.db.handover.keep import Keep
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import chunked, table
from rerun_trace.db.writing import pruning
from rerun_trace.tracer.model import RecordingInfo

_LIMITS = table(models.LimitRow)
_RECORDINGS = table(models.RecordingRow)


def surplus_of(engine: Engine, info: RecordingInfo, keep: Keep) -> list[int]:
    """The runs of a recording that are beyond `keep`, ascending."""
    with engine.connect() as connection:
        return pruning.surplus(connection, info.id, keep, pruning.since_ns(info.started_at))


def prune(engine: Engine, info: RecordingInfo, keep: Keep) -> Freed:
    """Lets go of them, some in each transaction, and says so among the recording's limits."""
    before = stored_size(engine)
    for some in chunked(surplus_of(engine, info, keep), pruning.AT_ONCE):
        with for_writing(engine).begin() as connection:
            _let_go(connection, info.id, some, keep)
    if info.ended_at is not None:  # or somebody may still write that knows a name by its number
        with for_writing(engine).begin() as connection:
            pruning.let_go_of_unused_names(connection, info.id)
    give_back(engine)
    return Freed(max(before - stored_size(engine), 0))


def _let_go(connection: Connection, recording: int, gone: Sequence[int], keep: Keep) -> None:
    pruning.let_go(connection, recording, gone)
    touched = _RECORDINGS.c.id == recording
    connection.execute(update(_RECORDINGS).where(touched).values(ticks=_RECORDINGS.c.ticks + 1))
    said = pruning.limit_text(connection, recording, keep)
    mine = _LIMITS.c.recording_id == recording
    no = connection.scalar(pruning.old_limit(recording))
    if no is not None:
        connection.execute(update(_LIMITS).where(mine, _LIMITS.c.no == no).values(text=said))
        return
    last = connection.scalar(select(func.coalesce(func.max(_LIMITS.c.no), 0)).where(mine)) or 0
    row = {"recording_id": recording, "no": last + 1, "text": said}
    connection.execute(_LIMITS.insert(), [row])
