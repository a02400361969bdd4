"""In the writer's process: notices a write that waits, and a database file that went away."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import URL

from rerun_trace.db.engine import shown
from rerun_trace.db.handover.trouble import RecordingGone

SLOW_S = 0.7  # a write that takes longer is said to wait
_LOOK_S = 0.2  # between two looks
_FILES = ("", "-wal")  # of a SQLite database: what was written is in either


class Lookout:
    """A thread that watches one writer, and calls `tell` when something is wrong with it.

    With `waiting=` why a write takes long, and None when it is through, or `error=` why nothing can
    be written any more; with `kept=` how many runs were. `is_locked_out` says whether the writer
    was refused SQLite's lock, `runs` how many runs it has kept.
    """

    def __init__(
        self,
        url: URL,
        tell: Callable[..., Any],
        is_locked_out: Callable[[], bool],
        runs: Callable[[], int],
    ) -> None:
        self._url = url
        self._is_locked_out = is_locked_out
        self._runs = runs
        self._tell = tell
        path = str(url.database)
        is_file = url.get_backend_name() == "sqlite" and not path.startswith("file:")
        self._path = path if is_file else None
        self._files: dict[str, tuple[int, int]] = {}  # path -> device and number
        self._since: float | None = None  # when the write began that is going on
        self._is_waiting = False
        self._lost: str | None = None
        self._lock = threading.Lock()
        threading.Thread(target=self._look, name="rerun-trace-lookout", daemon=True).start()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Around one write. Raises RecordingGone when the file is not there any more."""
        self._check()
        with self._lock:
            self._since = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._since = None
                if self._is_waiting:
                    self._is_waiting = False
                    self._tell(waiting=None, kept=self._runs())
        self._check()

    def _check(self) -> None:
        lost = self._missing()
        if lost is not None:
            raise RecordingGone(lost)

    def _missing(self) -> str | None:
        """What is wrong with the file, if it is not the one that is being written."""
        for end in _FILES if self._path is not None else ():
            path = f"{self._path}{end}"
            try:
                found = os.stat(path)
            except OSError:
                if path in self._files or not end:
                    return f"{path} was deleted or moved away while it was being written"
                continue
            now = (found.st_dev, found.st_ino)
            if self._files.setdefault(path, now) != now:
                return f"{path} was replaced by another file while it was being written"
        return None

    def _look(self) -> None:
        while self._lost is None:
            time.sleep(_LOOK_S)
            with self._lock:
                since = self._since
                if since is not None and not self._is_waiting:
                    if time.monotonic() - since > SLOW_S:
                        self._is_waiting = True
                        self._tell(waiting=self._why(), kept=self._runs())
                elif since is None:
                    self._lost = self._missing()
                    # While the app writes nothing, no write would notice.
                    if self._lost is not None:
                        self._tell(error=self._lost, kept=None)

    def _why(self) -> str:
        where = shown(self._url)
        if self._path is None:
            return f"{where} does not answer: another program holds a lock, or it is busy"
        if self._is_locked_out():
            return f"{where} is locked by another program"
        return f"{where} takes long to be written: its disk is busy"
