"""The names of recordings: texts that recur, which rows refer to by number."""

from __future__ import annotations

import threading

from sqlalchemy import Connection, select

from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table

_NAMES = table(models.NameRow)


class KnownNames:
    """Remembers names that were read: a name is never changed, there are only more of them."""

    def __init__(self) -> None:
        self._known: dict[int, list[str]] = {}
        self._lock = threading.Lock()

    def of(self, connection: Connection, recording: int) -> list[str]:
        """All names of a recording: the one with the number `no` stands at `no - 1`.

        Ask after the rows were read: whatever name they refer to is there by then.
        """
        with self._lock:
            known = self._known.setdefault(recording, [])
            query = (
                select(_NAMES.c.text)
                .where(_NAMES.c.recording_id == recording, _NAMES.c.no > len(known))
                .order_by(_NAMES.c.no)
            )
            known.extend(connection.scalars(query))
            return known

    def forget(self, *recordings: int) -> None:
        """Lets go of the names of recordings that were deleted."""
        with self._lock:
            for recording in recordings:
                self._known.pop(recording, None)
