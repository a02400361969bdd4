"""A recording as explaining reads it: runs with all that is theirs, interactions with their runs.

A history grows: what is added is what was recorded since. Nothing here looks ahead of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..analysis.page import Page, PageNode
from ..analysis.recording import ByRun, RecordingFacts, by_run
from ..model import (
    ContainerWrite,
    DrawnWidget,
    Interaction,
    MessageFate,
    Outcome,
    RecordingInfo,
    Source,
    StateAttempt,
    StateOp,
    StateWrite,
    StepChunk,
)
from ..source.program import Program, Statement, program_of
from .run import Run

_PAGES = 24  # kept of an app session: a run that is read again is one of the newest


@dataclass(eq=False)
class Episode:
    """An interaction with its runs: those that it made start, and those that followed from them."""

    number: int
    history: History = field(repr=False)
    runs: list[Run] = field(default_factory=list)

    @property
    def interaction(self) -> Interaction | None:
        """None when it was not recorded."""
        return self.history.interactions.get(self.number)

    @property
    def last(self) -> Run:
        return self.runs[-1]

    @property
    def first(self) -> Run:
        return self.runs[0]

    @property
    def app_session(self) -> int:
        return self.first.record.app_session

    @property
    def settled(self) -> bool:
        """Whether it has come to rest: its last run has ended, and asks for no further one."""
        outcome = self.last.record.outcome
        return outcome not in (Outcome.RUNNING, Outcome.RERUN, Outcome.SWITCHED)

    @property
    def known(self) -> bool:
        return all(run.known for run in self.runs)

    @property
    def previous(self) -> Episode | None:
        """The one before it in the same app session."""
        return self.history.episode_before(self)


class History:
    """What was recorded so far. `episodes` are in the order in which they began."""

    def __init__(self, info: RecordingInfo) -> None:
        self.info = info
        self.interactions: dict[int, Interaction] = {}
        self.runs: dict[int, Run] = {}
        self.episodes: dict[int, Episode] = {}
        self.sources: dict[int, Source] = {}
        self.files: dict[int, str] = {}
        self.widgets: dict[int, DrawnWidget] = {}
        self.write_of_message: dict[int, ContainerWrite] = {}
        self.lost: list[StateAttempt] = []  # in no run
        self.doubts = 0  # answers so far that what was left out of a run may make wrong
        self._fates: dict[int, MessageFate] = {}
        self._unread: list[ByRun] = []  # what was added, and has fates that were not asked for
        self._runs_of: dict[int, list[Run]] = {}
        self._episodes_of: dict[int, list[Episode]] = {}
        self._read_steps: Callable[[int], StepChunk] = lambda run: StepChunk(run, 1, ())
        self._givers: dict[tuple[int, str], list[Episode]] = {}  # by app session and widget
        self._misses: dict[tuple[int, str], list[Run]] = {}  # by app session and function
        self._pages: dict[int, deque[tuple[int, Page]]] = {}  # by app session: after which run
        self._statements: dict[tuple[int, int], Statement | None] = {}  # by source and line
        self._life: dict[int, dict[str, list[StateWrite]]] = {}  # by app session, by key

    @classmethod
    def of(cls, facts: RecordingFacts) -> Self:
        """All of a recording at once."""
        history = cls(facts.info)
        for _ in history.extend(facts):
            pass
        return history

    @property
    def version(self) -> tuple[int, int]:
        """The recorded Streamlit's, such as (1, 40)."""
        parts = [int(part) for part in self.info.streamlit.split(".")[:2] if part.isdigit()]
        return (parts[0], parts[1]) if len(parts) == 2 else (0, 0)

    def extend(self, facts: RecordingFacts) -> Iterator[Episode]:
        """Add what was recorded since, run by run; of a run that is there already, all of it again.

        Yields each episode when all of its runs that follow one another are there, and nothing is
        that came later: so what is found does not depend on how much was added at once.
        """
        self.info, self._read_steps = facts.info, facts.steps
        self.interactions |= {interaction.n: interaction for interaction in facts.interactions}
        self.sources |= {source.file_no: source for source in facts.sources}
        self._statements.clear()
        self.files |= {source.file_no: source.file for source in facts.sources}
        self.widgets |= {widget.n: widget for widget in facts.drawn_widgets}
        # What else there is of these facts is not held by their runs.
        of = ByRun(
            RecordingFacts(self.info, line_counts=facts.line_counts, messages=facts.messages)
        )
        self._unread.append(of)
        self.lost += [each for each in facts.state_attempts if not each.run]
        parts = {name: by_run(records) for name, records in _parts(facts)}
        runs = sorted(facts.runs, key=lambda run: run.n)
        for at, record in enumerate(runs):
            own = {name: groups.get(record.n, []) for name, groups in parts.items()}
            episode = self._add(Run(record, self, of, **own))
            last = at + 1 == len(runs)
            if last or runs[at + 1].interaction != record.interaction:
                yield episode

    def _add(self, run: Run) -> Episode:
        record = run.record
        known = self.runs.get(record.n)
        self.runs[record.n] = run
        episode = self.episodes.get(record.interaction)
        if episode is None:
            episode = self.episodes[record.interaction] = Episode(record.interaction, self)
            self._episodes_of.setdefault(record.app_session, []).append(episode)
            changed = episode.interaction.changes if episode.interaction else ()
            for widget in {change.widget_id for change in changed}:
                self._givers.setdefault((record.app_session, widget), []).append(episode)
        own = self._runs_of.setdefault(record.app_session, [])
        for runs in (episode.runs, own):
            if known is None:
                runs.append(run)
            else:
                runs[runs.index(known)] = run
        pages = self._pages.get(record.app_session)
        while pages and pages[-1][0] >= record.n:
            pages.pop()  # more may have been sent by now
        life = self._life.setdefault(record.app_session, {})
        for write in known.state_writes if known else ():
            life[write.key].remove(write)
        for write in run.state_writes:
            life.setdefault(write.key, []).append(write)
        if known is not None and own[-1] is not run:  # later runs are there already
            for key in {write.key for write in run.state_writes}:
                life[key].sort(key=lambda write: write.run)
        for function in {access.function for access in run.cache if not access.hit}:
            missed = self._misses.setdefault((record.app_session, function), [])
            if known is not None and known in missed:
                missed.remove(known)
            insort(missed, run, key=lambda run: run.n)
        self.write_of_message |= {write.message: write for write in run.writes}
        return episode

    def read_steps(self, run: int) -> StepChunk:
        return self._read_steps(run)

    # Looking around

    @property
    def app_sessions(self) -> int:
        """How many had a run so far."""
        return len(self._runs_of)

    def texts(self, run: int) -> tuple[tuple[str, str], ...]:
        """The sources as a run could execute them: file, text."""
        newest: dict[str, Source] = {}
        for source in self.sources.values():
            known = newest.get(source.file)
            if source.since_run <= run and (known is None or known.since_run < source.since_run):
                newest[source.file] = source
        return tuple((file, source.text) for file, source in sorted(newest.items()))

    def runs_of(self, app_session: int) -> list[Run]:
        return self._runs_of.get(app_session, [])

    def giver(self, run: Run, widget_id: str) -> Episode | None:
        """The newest interaction, as far as a run, that came with a value of a widget."""
        found = self._givers.get((run.record.app_session, widget_id), [])
        at = bisect_right(found, run.n, key=lambda episode: episode.first.n)
        return found[at - 1] if at else None

    def missed(self, run: Run, function: str) -> Iterator[Run]:
        """The runs before a run whose call of a cached function was no hit, newest first."""
        found = self._misses.get((run.record.app_session, function), [])
        return reversed(found[: bisect_left(found, run.n, key=lambda run: run.n)])

    def episodes_of(self, app_session: int) -> list[Episode]:
        return self._episodes_of.get(app_session, [])

    def episode_before(self, episode: Episode) -> Episode | None:
        own = self.episodes_of(episode.app_session)
        at = own.index(episode) if episode is not own[-1] else len(own) - 1
        return own[at - 1] if at else None

    def program(self, file_no: int) -> Program | None:
        source = self.sources.get(file_no)
        return None if source is None else program_of(source.text)

    def statement_at(self, file_no: int, line: int) -> Statement | None:
        """The statement at a line of a source; None when this cannot be parsed."""
        place = file_no, line
        if place not in self._statements:
            program = self.program(file_no)
            self._statements[place] = None if program is None else program.at(line)
        return self._statements[place]

    def program_of_file(self, file: str | None, run: int) -> Program | None:
        """The program of a file as a run could execute it."""
        fit = [s for s in self.sources.values() if s.file == file and s.since_run <= run]
        return program_of(max(fit, key=lambda s: s.since_run).text) if fit else None

    def statement(self, file: str | None, line: int | None, run: int) -> Statement | None:
        """The statement at a line of a file, as a run could execute it."""
        program = self.program_of_file(file, run)
        return None if program is None or line is None else program.at(line)

    def main_file(self, run: Run) -> int:
        """The number of the file that a run's script is, as it executed it."""
        fit = [
            s for s in self.sources.values() if s.file == run.record.script and s.since_run <= run.n
        ]
        return max(fit, key=lambda s: s.since_run).file_no if fit else 0

    def widget(self, write: ContainerWrite) -> DrawnWidget | None:
        """The widget that a container write drew."""
        return self.widgets.get(write.widget or 0)

    @property
    def fates(self) -> Mapping[int, MessageFate]:
        """What became of each page message, by its number."""
        for each in self._unread:
            self._fates |= each.fates
        self._unread.clear()
        return self._fates

    def delivered(self, write: ContainerWrite) -> bool:
        """Whether a container write reached the browser."""
        return self.fates.get(write.message) is MessageFate.DELIVERED

    def writes_of_key(self, app_session: int, key: str) -> list[StateWrite]:
        """The life of a key of session state: every change of it, in order."""
        return self._life.get(app_session, {}).get(key, [])

    def last_write(self, run: Run, key: str, step: int) -> StateWrite | None:
        """The change that gave a key the value that it has as step `step` of a run begins.

        Values that a widget's drawing gave it, and those from the browser, are changes, too.
        """
        writes = self.writes_of_key(run.record.app_session, key)
        after = len(writes)
        if writes and writes[-1].run > run.n:
            after = bisect_right(writes, run.n, key=lambda write: write.run)
        for at in range(after, 0, -1):
            write = writes[at - 1]
            if write.run < run.n or write.step < step:
                return write
        return None

    def state_value(self, run: Run, key: str, step: int) -> str | None:
        """The text of a key's value as step `step` begins; None: it is absent."""
        write = self.last_write(run, key, step)
        if write is None or write.op in (StateOp.DELETE, StateOp.CLEANUP):
            return None
        return write.new

    def page(self, run: Run) -> Page:
        """The page of a run's browser after that run's messages. Best asked for in order."""
        session = run.record.app_session
        pages = self._pages.setdefault(session, deque(maxlen=_PAGES))
        done, page = next((each for each in reversed(pages) if each[0] <= run.n), (0, Page()))
        if done == run.n:
            return page
        runs = self.runs_of(session)
        first, last = (bisect_right(runs, n, key=lambda run: run.n) for n in (done, run.n))
        page = page.copy()
        for each in runs[first:last]:
            sent = [m for m in each.messages if m.sent_order is not None]
            for message in sorted(sent, key=lambda m: m.sent_order or 0):
                page.apply(message)
        if not pages or pages[-1][0] < run.n:
            pages.append((run.n, page))
        return page

    def shown(self, run: Run) -> Iterator[tuple[PageNode, ContainerWrite]]:
        """What a person sees after a run: each element with the write that put it there."""
        for node in self.page(run).visible():
            write = self.write_of_message.get(node.message)
            if write is not None:
                yield node, write


def _parts(facts: RecordingFacts) -> tuple[tuple[str, Iterable[Any]], ...]:
    """The records that belong to a run each, by the name that they have there."""
    return (
        ("callbacks", facts.callbacks),
        ("requests", facts.rerun_requests),
        ("state_writes", facts.state_writes),
        ("attempts", facts.state_attempts),
        ("reads", facts.state_reads),
        ("query_changes", facts.query_changes),
        ("cache", facts.cache_accesses),
        ("writes", facts.writes),
        ("errors", facts.errors),
    )
