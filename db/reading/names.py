"""The names of recordings: texts that recur, which rows refer to by number."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table

_NAMES = table(models.NameRow)


_SPARE = 500  # names that are gone and remembered all the same


class _Known:
    """What was read of one recording's names."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        self.newest = 0
        self.most = _SPARE  # with more of them it is looked which are gone


class KnownNames:
    """Remembers names that were read: a name is never changed, and no number is given twice."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._lock = threading.Lock()

    def of(self, connection: Connection, recording: int) -> Mapping[int, str]:
        """All names of a recording, by number.

        Ask after the rows were read: whatever name they refer to is there by then.
        """
        with self._lock:
            known = self._known.setdefault(recording, _Known())
            query = select(_NAMES.c.no, _NAMES.c.text).where(_NAMES.c.recording_id == recording)
            fresh = connection.execute(query.where(_NAMES.c.no > known.newest)).all()
            known.texts.update((no, text) for no, text in fresh)
            known.newest = max([known.newest, *(no for no, _ in fresh)])
            if len(known.texts) > known.most:
                # A new one: somebody may still look things up in the old one.
                known.texts = dict(map(tuple, connection.execute(query)))
                known.newest = max(known.texts, default=known.newest)
                known.most = 2 * len(known.texts) + _SPARE
            return known.texts

    @staticmethod
    def number(connection: Connection, recording: int, text: str) -> int:
        """The number of a name now; 0: there is none."""
        query = select(func.max(_NAMES.c.no))
        mine = _NAMES.c.recording_id == recording, _NAMES.c.text == text
        return connection.scalar(query.where(*mine)) or 0

    def forget(self, *recordings: int) -> None:
        """Lets go of the names of recordings that were deleted."""
        with self._lock:
            for recording in recordings:
                self._known.pop(recording, None)
