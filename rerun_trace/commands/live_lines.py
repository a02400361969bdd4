"""While an app is recorded: a line on the terminal for each run, and for what is found in it.

All of it is read from the database, on a thread of this process: the app's has no part in it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from ..db.store import TraceStore
from ..tracer.explain.explainer import Explainer
from ..tracer.explain.finding import Finding
from ..tracer.explain.kinds import all_kinds
from ..tracer.model import Outcome
from ..tracer.words.ends import has_ended
from ..tracer.words.sentences import count
from ..web.server.explaining import explanations_of
from .findings import Line, finding_line, say_line
from .live_runs import Thinned, following, told
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
        self, store: TraceStore, recording: int, say: Callable[[Line], None] = say_line
    ) -> None:
        self._store, self._recording, self._say = store, recording, say
        self._explained = explanations_of(store).of(recording)
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
        all_kinds()  # are loaded before somebody waits for a line
        try:
            with self._store.watching(self._recording) as is_new:
                while not self._over.is_set():
                    began = time.monotonic()
                    if is_new() or self._waiting:
                        self._explained.ask(self._look)
                    self._say_all(self._thinned.due(time.monotonic()))
                    took = time.monotonic() - began
                    self._over.wait(min(max(_ASK_S, took * (_SHARE - 1)), _LONGEST_S))
            self._explained.ask(self._look)
            self._say_all(self._thinned.due(time.monotonic(), last=True))
        except OSError:
            pass  # the terminal is gone
        except Exception as error:  # whatever it is: the app and its recording go on
            what = str(error) or type(error).__name__
            tell(f"what the runs do is not said here any more: {what}")

    def _look(self, explainer: Explainer, version: int) -> None:
        now = time.monotonic()
        runs = explainer.history.runs
        for n in range(self._next, max(runs, default=0) + 1):
            run = runs.get(n)
            if run is None or n in self._told or not has_ended(run.record):
                continue
            asked = run.record.outcome in (Outcome.RERUN, Outcome.SWITCHED)
            if asked and following(run) is None and not self._waited(n, now):
                continue
            self._waiting.pop(n, None)
            self._told.add(n)
            self._say_all(self._thinned.add(told(run), now))
        while self._next in self._told:
            self._told.discard(self._next)
            self._next += 1
        self._say_findings(explainer.findings())

    def _waited(self, n: int, now: float) -> bool:
        """Whether the run that a run has asked for was waited for long enough."""
        since = self._waiting.setdefault(n, now)
        return self._over.is_set() or now - since >= _WAIT_FOR_NEXT_S

    def _say_findings(self, findings: Iterable[Finding]) -> None:
        new = [each for each in findings if each.identity not in self._known]
        self._known |= {each.identity for each in new}
        for each in new[:_MOST_FINDINGS]:
            self._say(finding_line(each))
        if (left := len(new) - _MOST_FINDINGS) > 0:
            more = f"  … and {count(left, 'finding')} more: rerun-trace explain {self._recording}"
            self._say(((more, ""),))

    def _say_all(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._say(line)
