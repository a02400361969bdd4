"""A live recording's runs in a line each; what comes too often is put together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..tracer.explain.explainer import Explainer
from ..tracer.explain.finding import Finding
from ..tracer.explain.reruns import follower
from ..tracer.explain.run import Run
from ..tracer.model import InteractionKind, Outcome, RunKind, TriggerType
from ..tracer.words.ends import end_of, has_ended, superseding
from ..tracer.words.names import fragment_words
from ..tracer.words.outcomes import SYMBOLS
from ..tracer.words.sentences import duration, trigger_text
from .findings import Line, place_of
from .tree import COLOURS as RUN_COLOURS

_MOST_AT_ONCE = 8
_A_SECOND = 4  # lines
_MOST_ALIKE = 3  # of a timer or of reruns, one after the other
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 60.0


@dataclass(frozen=True, slots=True)
class Told:
    """A run that has ended. `by_itself`: a rerun or a timer started it, nobody did anything."""

    n: int
    outcome: Outcome
    why: str
    how: str
    more: str = ""
    by_itself: bool = False

    @property
    def shape(self) -> tuple[str, str]:
        """What runs that did the same have the same."""
        return ("by itself" if self.by_itself else self.why, self.how)

    def line(self) -> Line:
        """Such as `run 2 ↻ click Foo: halted by a rerun at app.py:16, run 3 follows`."""
        return (*_head(f"run {self.n:,}", self.outcome), (f"{self.why}: {self.how}{self.more}", ""))


def told(run: Run) -> Told:
    """A run that has ended, in words."""
    record, interaction = run.record, run.interaction
    why, session = trigger_text(record, interaction), f"app session {record.app_session}"
    if record.kind is RunKind.FRAGMENT:
        why += f" (only {fragment_words(record)})"
    if record.app_session > 1 and not why.endswith(session):
        why += f" ({session})"
    newer = superseding(record, run.history.interactions.values())
    end = end_of(record, run.requests, newer)
    how = end.short(place_of(end.file or record.script, end.line))
    more = ""
    if (after := following(run)) is not None:
        more = f", run {after.n:,} follows"
    elif record.outcome is Outcome.COMPLETED and record.ended_ns is not None:
        more = f", {duration(record.ended_ns - record.started_ns)}"
    is_rerun = record.trigger_type is TriggerType.RERUN
    is_timer = interaction is not None and interaction.kind is InteractionKind.TIMER
    return Told(record.n, record.outcome, why, how, more, is_rerun or is_timer)


def following(run: Run) -> Run | None:
    """The run that a run asked for."""
    episode = run.history.episodes.get(run.record.interaction)
    return None if episode is None else follower(episode, run)


@dataclass(frozen=True)
class News:
    """Asks an explained recording for what was not told of it yet: plain data.

    All runs below `first` were told, and those in `told`; of findings those in `known` were.
    """

    first: int
    told: frozenset[int]
    known: frozenset[object]

    def __call__(
        self, explainer: Explainer, version: int
    ) -> tuple[list[tuple[Told, bool]], list[Finding]]:
        """The runs that have ended, each with whether the one that it asked for is there."""
        runs = explainer.history.runs
        new = (runs.get(n) for n in range(self.first, max(runs, default=0) + 1))
        ended = [run for run in new if run and run.n not in self.told and has_ended(run.record)]
        asking = (Outcome.RERUN, Outcome.SWITCHED)
        return (
            [
                (told(run), run.record.outcome not in asking or following(run) is not None)
                for run in ended
            ],
            [each for each in explainer.findings() if each.identity not in self.known],
        )


def _head(runs: str, outcome: Outcome) -> Line:
    return ((f"{runs} ", "bold"), (f"{SYMBOLS[outcome]} ", RUN_COLOURS[outcome]))


@dataclass
class _Held:
    """Runs that are told together."""

    first: Told
    since: float
    last: Told = field(init=False)
    shapes: Counter[tuple[str, str]] = field(default_factory=Counter)
    hows: Counter[str] = field(default_factory=Counter)

    def add(self, run: Told) -> None:
        self.last = run
        self.shapes[run.shape] += 1
        self.hows[run.how] += 1

    def line(self) -> Line:
        """Such as `runs 5 … 1,000 ↻ 996 times the same: halted by a rerun at app.py:12`."""
        count = self.shapes.total()
        if count == 1:
            return self.first.line()
        runs = f"runs {self.first.n:,} … {self.last.n:,}"
        if len(self.shapes) == 1:
            text = f"{count:,} times the same: {self.last.how}"
            return (*_head(runs, self.last.outcome), (text, ""))
        hows = ", ".join(f"{how} ({n:,})" for how, n in self.hows.most_common(3))
        more = ", …" if len(self.hows) > 3 else ""
        return ((f"{runs}: ", "bold"), (f"{hows}{more}", ""))


class Thinned:
    """Decides what is told of each run, so that nobody has to read more than a few lines a second.

    What starts by itself (reruns, timers) and does the same again and again is told three times,
    then at pauses that grow to a minute.
    """

    def __init__(self, now: float) -> None:
        self._left, self._asked = float(_MOST_AT_ONCE), now
        self._shape: tuple[str, str] | None = None
        self._alike = 0
        self._pause = _FIRST_PAUSE_S
        self._held: _Held | None = None

    @property
    def holds(self) -> bool:
        """Whether something waits to be told."""
        return self._held is not None

    def add(self, run: Told, now: float) -> Iterator[Line]:
        """The lines that a run brings, if any."""
        self._refill(now)
        if run.shape != self._shape:
            if self._held is not None and self._left >= 1:
                yield self._release()
            self._alike, self._pause = 0, _FIRST_PAUSE_S
        self._shape = run.shape
        self._alike += run.by_itself
        if self._held is None and self._alike <= _MOST_ALIKE and self._left >= 1:
            self._left -= 1
            yield run.line()
            return
        if self._held is None:
            self._held = _Held(run, now)
        self._held.add(run)

    def due(self, now: float, last: bool = False) -> Iterator[Line]:
        """What was held back for long enough; at the `last`, all of it."""
        self._refill(now)
        if self._held is not None and (last or now - self._held.since >= self._pause):
            self._pause = min(self._pause * 2, _LONGEST_PAUSE_S)
            yield self._release()

    def _release(self) -> Line:
        held, self._held = self._held, None
        assert held is not None
        self._left -= 1
        return held.line()

    def _refill(self, now: float) -> None:
        self._left = min(_MOST_AT_ONCE, self._left + (now - self._asked) * _A_SECOND)
        self._asked = now
