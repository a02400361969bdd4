"""A recording as explaining reads it: runs with all that is theirs, interactions with their runs.

A history grows: what is added is what was recorded since. Nothing here looks ahead of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ..analysis.page import Page, PageNode
from ..analysis.recording import RecordingFacts, by_run
from ..model import (
    CacheAccess,
    Callback,
    ContainerWrite,
    DrawnWidget,
    Frame,
    Interaction,
    LineCount,
    MessageFate,
    Outcome,
    PageMessage,
    QueryChange,
    RecordingInfo,
    RerunRequest,
    RunError,
    RunKind,
    ScriptRun,
    Source,
    StateAttempt,
    StateOp,
    StateRead,
    StateWrite,
    Step,
    StepChunk,
    ValueChange,
)
from ..source.program import Program, Statement, program_of


class Place(NamedTuple):
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(eq=False)
class Run:
    """One script run with everything that was recorded of it. Steps are read when asked for."""

    record: ScriptRun
    history: History = field(repr=False)
    callbacks: list[Callback] = field(default_factory=list)
    requests: list[RerunRequest] = field(default_factory=list)
    state_writes: list[StateWrite] = field(default_factory=list)
    attempts: list[StateAttempt] = field(default_factory=list)
    reads: list[StateRead] = field(default_factory=list)
    query_changes: list[QueryChange] = field(default_factory=list)
    cache: list[CacheAccess] = field(default_factory=list)
    writes: list[ContainerWrite] = field(default_factory=list)
    errors: list[RunError] = field(default_factory=list)
    line_counts: list[LineCount] = field(default_factory=list)
    messages: list[PageMessage] = field(default_factory=list)

    @property
    def n(self) -> int:
        return self.record.n

    @property
    def whole(self) -> bool:
        """A run of the whole script, not of fragments alone."""
        return self.record.kind is RunKind.APP

    @property
    def completed(self) -> bool:
        return self.record.outcome is Outcome.COMPLETED

    @property
    def ended(self) -> bool:
        return self.record.outcome is not Outcome.RUNNING

    @property
    def known(self) -> bool:
        """Whether everything of it was recorded: nothing is claimed of another one."""
        record = self.record
        return record.detailed and not record.dropped_steps and record.blind_step is None

    @property
    def interaction(self) -> Interaction | None:
        """The one at the root of what made it start."""
        return self.history.interactions.get(self.record.interaction)

    @property
    def previous(self) -> Run | None:
        """The run before it in its app session."""
        runs = self.history.runs_of(self.record.app_session)
        at = bisect_left(runs, self.n, key=lambda run: run.n)
        return runs[at - 1] if at else None

    # Steps

    @cached_property
    def chunk(self) -> StepChunk:
        return self.history.read_steps(self.n)

    @property
    def steps(self) -> Sequence[Step]:
        """Its statements in the order in which they ran. Step 1 is `steps[0]`."""
        return self.chunk.steps

    @cached_property
    def frames(self) -> dict[int, Frame]:
        return {frame.n: frame for frame in self.chunk.frames}

    @cached_property
    def steps_of_frame(self) -> dict[int, list[int]]:
        """The numbers of the steps of each frame."""
        found: dict[int, list[int]] = {}
        for number, step in enumerate(self.steps, 1):
            found.setdefault(step.frame, []).append(number)
        return found

    @cached_property
    def changes_of_step(self) -> dict[int, list[ValueChange]]:
        found: dict[int, list[ValueChange]] = {}
        for change in self.chunk.changes:
            found.setdefault(change.step, []).append(change)
        return found

    @cached_property
    def changes_of_name(self) -> dict[tuple[int, str], list[ValueChange]]:
        """The changes of a name in a frame, in order."""
        found: dict[tuple[int, str], list[ValueChange]] = {}
        for change in self.chunk.changes:
            if change.scope != "return":
                found.setdefault((change.frame, change.name), []).append(change)
        return found

    @cached_property
    def reads_of_step(self) -> dict[int, list[StateRead]]:
        found: dict[int, list[StateRead]] = {}
        for read in self.reads:
            found.setdefault(read.step, []).append(read)
        return found

    @cached_property
    def module_frame(self) -> int:
        """The number of the frame of the script's body; 0 when no line of it ran."""
        main = self.history.main_file(self)
        for frame in self.chunk.frames:
            if frame.function == "<module>" and frame.file == main and not frame.parent:
                return frame.n
        return 0

    def place(self, step: int) -> Place | None:
        """Where a step is."""
        if not 0 < step <= len(self.steps):
            return None
        found = self.steps[step - 1]
        file = self.history.files.get(found.file)
        return None if file is None else Place(file, found.line)

    def program(self, step: int) -> Program | None:
        """The source that a step is of."""
        if not 0 < step <= len(self.steps):
            return None
        return self.history.program(self.steps[step - 1].file)

    def statement(self, step: int) -> Statement | None:
        """The statement that a step ran; None when its source cannot be parsed."""
        program = self.program(step)
        return None if program is None else program.at(self.steps[step - 1].line)

    def code(self, step: int, most: int = 60) -> str:
        """The text of a step's line."""
        program = self.program(step)
        return "" if program is None else program.code(self.steps[step - 1].line, most)

    def steps_at(self, file: str | None, line: int | None) -> list[int]:
        """The steps that ran the statement at a line, in order."""
        return [
            number
            for number, step in enumerate(self.steps, 1)
            if step.line == line and self.history.files.get(step.file) == file
        ]

    def step_of(self, record: Any) -> int:
        """The step of the statement at which something was recorded.

        What a statement does after a call of the user's functions has the step that was last then.
        Returns the record's own step when the line has none.
        """
        own: int = record.step
        at = min(own, len(self.steps))
        while at > 0:
            step = self.steps[at - 1]
            if step.line == record.line and self.history.files.get(step.file) == record.file:
                return at
            at -= 1
        return own

    def last_step_within(self, step: int) -> int:
        """The last step of a statement with all calls that it makes."""
        own = self.steps_of_frame.get(self.steps[step - 1].frame, [])
        after = bisect_right(own, step)
        return own[after] - 1 if after < len(own) else self._end_of_frame(step)

    def _end_of_frame(self, step: int) -> int:
        frame, last = self.steps[step - 1].frame, step
        inside = {frame}
        for number in range(step + 1, len(self.steps) + 1):
            other = self.steps[number - 1].frame
            if other not in inside:
                found = self.frames.get(other)
                if found is None or found.parent not in inside:
                    break
                inside.add(other)
            last = number
        return last

    def value(self, frame: int, name: str, step: int) -> str | None:
        """The text of a name's value as step `step` begins; None: it has none that is known."""
        changes = self.changes_of_name.get((frame, name), [])
        at = bisect_left(changes, step, key=lambda change: change.step)
        # An argument has its value from the step of the call.
        while at < len(changes) and changes[at].scope == "argument" and changes[at].step <= step:
            at += 1
        return changes[at - 1].text if at else None

    def caller(self, frame: int) -> int:
        """The step whose statement called a frame; 0 when nobody of the user's code did."""
        found = self.frames.get(frame)
        own = self.steps_of_frame.get(frame)
        if found is None or not found.parent or not own:
            return 0
        above = self.steps_of_frame.get(found.parent, [])
        at = bisect_left(above, own[0])
        return above[at - 1] if at else 0

    def frames_called(self, step: int) -> list[int]:
        """The frames that a step's statement called, directly, in order."""
        last, frame = self.last_step_within(step), self.steps[step - 1].frame
        return [
            each.n
            for each in self.chunk.frames
            if each.parent == frame
            and (own := self.steps_of_frame.get(each.n))
            and step < own[0] <= last
        ]

    # Lines

    @cached_property
    def hits(self) -> dict[Place, int]:
        """How often each statement ran."""
        return {Place(count.file, count.line): count.hits for count in self.line_counts}

    def ran(self, file: str, line: int) -> bool:
        """Whether the statement at a line ran."""
        return bool(self.hits.get(Place(file, line)))


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
        self.fates: dict[int, MessageFate] = {}
        self.write_of_message: dict[int, ContainerWrite] = {}
        self.lost: list[StateAttempt] = []  # in no run
        self._runs_of: dict[int, list[Run]] = {}
        self._episodes_of: dict[int, list[Episode]] = {}
        self._read_steps: Callable[[int], StepChunk] = lambda run: StepChunk(run, 1, ())
        self._pages: dict[int, tuple[int, Page]] = {}  # by app session: runs folded, page
        self._last_page: tuple[int, int, Page] | None = None
        self._life: dict[int, dict[str, list[StateWrite]]] = {}  # by app session, by key

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
        self.files |= {source.file_no: source.file for source in facts.sources}
        self.widgets |= {widget.n: widget for widget in facts.drawn_widgets}
        self.fates |= {message.n: message.fate for message in facts.messages}
        self.lost += [each for each in facts.state_attempts if not each.run]
        parts = {name: by_run(records) for name, records in _parts(facts)}
        runs = sorted(facts.runs, key=lambda run: run.n)
        for at, record in enumerate(runs):
            own = {name: groups.get(record.n, []) for name, groups in parts.items()}
            episode = self._add(Run(record, self, **own))
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
        own = self._runs_of.setdefault(record.app_session, [])
        for runs in (episode.runs, own):
            if known is None:
                runs.append(run)
            else:
                runs[runs.index(known)] = run
        life = self._life.setdefault(record.app_session, {})
        for write in known.state_writes if known else ():
            life[write.key].remove(write)
        for write in run.state_writes:
            life.setdefault(write.key, []).append(write)
        self.write_of_message |= {write.message: write for write in run.writes}
        return episode

    def read_steps(self, run: int) -> StepChunk:
        return self._read_steps(run)

    # Looking around

    def runs_of(self, app_session: int) -> list[Run]:
        return self._runs_of.get(app_session, [])

    def episodes_of(self, app_session: int) -> list[Episode]:
        return self._episodes_of.get(app_session, [])

    def episode_before(self, episode: Episode) -> Episode | None:
        own = self.episodes_of(episode.app_session)
        at = own.index(episode) if episode is not own[-1] else len(own) - 1
        return own[at - 1] if at else None

    def program(self, file_no: int) -> Program | None:
        source = self.sources.get(file_no)
        return None if source is None else program_of(source.text)

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
        for write in reversed(self.writes_of_key(run.record.app_session, key)):
            if write.run < run.n or (write.run == run.n and write.step < step):
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
        if self._last_page is not None and self._last_page[:2] == (run.record.app_session, run.n):
            return self._last_page[2]
        session = run.record.app_session
        done, page = self._pages.get(session, (0, Page()))
        if done > run.n:
            done, page = 0, Page()
        for each in self.runs_of(session):
            if done < each.n <= run.n:
                if not each.ended:
                    page = page.copy()  # more of it will come
                sent = [m for m in each.messages if m.sent_order is not None]
                for message in sorted(sent, key=lambda m: m.sent_order or 0):
                    page.apply(message)
                if each.ended:
                    done = each.n
                    self._pages[session] = (done, page)
        self._last_page = (session, run.n, page.copy())
        return self._last_page[2]

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
        ("line_counts", facts.line_counts),
        ("messages", facts.messages),
    )
