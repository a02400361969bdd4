"""Answers that many browsers ask for at once are made once: a class opens the same page."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from rerun_trace.web.server.live import is_own_browser

MOST_BYTES = 64 * 1024 * 1024
_LONGEST = MOST_BYTES // 16  # bytes of one answer
_MOST = 4_096  # answers
_SHORTLY_S = 1.0
# Headers by which a browser asks for less than the answer.
_ASKS_FOR_LESS = ("If-None-Match", "If-Modified-Since", "Range")


@dataclass
class _Kept:
    making: threading.Lock = field(default_factory=threading.Lock)
    version: object = None
    until: float = 0.0
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    data: bytes = b""


class KeptAnswers:
    """The answers given last, while they hold.

    `version` differs whenever anything was written into the database; None: nobody knows, and
    nothing that was read there is kept.
    """

    def __init__(self, version: Callable[[], object]) -> None:
        self._version = version
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, _Kept] = OrderedDict()
        self._bytes = 0

    def keep(
        self,
        app: Flask,
        of_the_database: Mapping[str, bool],
        of_files: tuple[str, ...],
    ) -> None:
        """Keeps the answers of these endpoints of `app`.

        `of_the_database` says whether an answer tells only what is stored there: one that looks at
        the clock or the app, too, is kept for a second, and so are files.
        """
        for endpoint, is_lasting in of_the_database.items():
            self._wrap(app, endpoint, self._version, is_lasting)
        for endpoint in of_files:
            self._wrap(app, endpoint, lambda: "", False)

    def _wrap(
        self, app: Flask, endpoint: str, version: Callable[[], object], is_lasting: bool
    ) -> None:
        view = cast(Callable[..., ResponseReturnValue], app.view_functions[endpoint])

        def answer(**names: Any) -> ResponseReturnValue:
            now = version()
            asks_for_less = any(name in request.headers for name in _ASKS_FOR_LESS)
            if now is None or request.method != "GET" or asks_for_less:
                return view(**names)
            kept = self._entry((request.path, request.query_string, request.host, is_own_browser()))
            with kept.making:
                if kept.version != now or time.monotonic() > kept.until:
                    made = app.make_response(view(**names))
                    made.direct_passthrough = False
                    if made.status_code != 200 or len(made.get_data()) > _LONGEST:
                        return made
                    self._count(len(made.get_data()) - len(kept.data))
                    kept.data, kept.headers = made.get_data(), [*made.headers.items()]
                    kept.version = now
                    kept.until = float("inf") if is_lasting else time.monotonic() + _SHORTLY_S
                    made.close()
                return Response(kept.data, 200, kept.headers)

        app.view_functions[endpoint] = answer

    def _entry(self, key: object) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            return kept

    def _count(self, more: int) -> None:
        """Forgets what was not asked for lately when there is too much."""
        with self._lock:
            self._bytes += more
            while (self._bytes > MOST_BYTES and len(self._kept) > 1) or len(self._kept) > _MOST:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.data)
