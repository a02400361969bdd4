"""While an app is recorded: a line on the terminal for each run, and for what is found in it.

All of it is read from the database: the app's process has no part in it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from ..db.store import TraceStore
from ..tracer.explain.finding import Finding
from ..tracer.words.sentences import count
from ..web.server.explaining import Explaining
from .findings import Line, finding_line, say_line
from .live_runs import News, Thinned
from .terminal import tell

_ASK_S = 0.1
_SHARE = 4  # it explains for a quarter of the time, at the most
_LONGEST_S = 2.0
_WAIT_FOR_NEXT_S = 1.0  # for the run that a run has asked for
_LAST_S = 5.0
_MOST_FINDINGS = 5  # at once


class LiveLines:
    """Says what happens in a recording, until it is closed."""

    def __init__(
        self,
        store: TraceStore,
        explaining: Explaining,
        recording: int,
        say: Callable[[Line], None] = say_line,
    ) -> None:
        self._store, self._recording, self._say = store, recording, say
        self._explained = explaining.of(recording)
        self._thinned = Thinned(time.monotonic())
        self._told: set[int] = set()
        self._next = 1  # all runs below were told
        self._waiting: dict[int, float] = {}  # runs whose following run is not there yet, since
        self._known: set[object] = set()  # findings
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="rerun-trace-lines", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Tell what is there, and end. May be called twice."""
        self._over.set()
        self._thread.join(_LAST_S)

    def _watch(self) -> None:
        try:
            with self._store.watching(self._recording) as is_new:
                while not self._over.is_set():
                    began = time.monotonic()
                    if is_new() or self._waiting:
                        self._look()
                    self._say_all(self._thinned.due(time.monotonic()))
                    took = time.monotonic() - began
                    self._over.wait(min(max(_ASK_S, took * (_SHARE - 1)), _LONGEST_S))
            self._look()
            self._say_all(self._thinned.due(time.monotonic(), last=True))
        except OSError:
            pass  # the terminal is gone
        except Exception as error:  # whatever it is: the app and its recording go on
            what = str(error) or type(error).__name__
            tell(f"what the runs do is not said here any more: {what}")

    def _look(self) -> None:
        asked = News(self._next, frozenset(self._told), frozenset(self._known))
        runs, findings = self._explained.ask(asked)
        now = time.monotonic()
        for run, is_followed in runs:
            if not is_followed and not self._waited(run.n, now):
                continue
            self._waiting.pop(run.n, None)
            self._told.add(run.n)
            self._say_all(self._thinned.add(run, now))
        while self._next in self._told:
            self._told.discard(self._next)
            self._next += 1
        self._say_findings(findings)

    def _waited(self, n: int, now: float) -> bool:
        """Whether the run that a run has asked for was waited for long enough."""
        since = self._waiting.setdefault(n, now)
        return self._over.is_set() or now - since >= _WAIT_FOR_NEXT_S

    def _say_findings(self, new: Sequence[Finding]) -> None:
        self._known |= {each.identity for each in new}
        for each in new[:_MOST_FINDINGS]:
            self._say(finding_line(each))
        if (left := len(new) - _MOST_FINDINGS) > 0:
            more = f"  … and {count(left, 'finding')} more: rerun-trace explain {self._recording}"
            self._say(((more, ""),))

    def _say_all(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._say(line)
