"""One script run as explaining reads it, and the places, statements and values of its steps."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..analysis.recording import ByRun
from ..model import (
    CacheAccess,
    Callback,
    ContainerWrite,
    Frame,
    Interaction,
    LineCount,
    Outcome,
    PageMessage,
    QueryChange,
    RerunRequest,
    RunError,
    RunKind,
    ScriptRun,
    StateAttempt,
    StateRead,
    StateWrite,
    Step,
    StepChunk,
    ValueChange,
)
from ..source.program import Program, Statement
from .doubt import Doubt

if TYPE_CHECKING:
    from .history import History


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
    _of: ByRun = field(repr=False)
    callbacks: list[Callback] = field(default_factory=list)
    requests: list[RerunRequest] = field(default_factory=list)
    state_writes: list[StateWrite] = field(default_factory=list)
    attempts: list[StateAttempt] = field(default_factory=list)
    reads: list[StateRead] = field(default_factory=list)
    query_changes: list[QueryChange] = field(default_factory=list)
    cache: list[CacheAccess] = field(default_factory=list)
    writes: list[ContainerWrite] = field(default_factory=list)
    errors: list[RunError] = field(default_factory=list)
    # What was found of its steps once, see `dependence`: by step, and whether with conditions.
    links: dict[tuple[int, bool], Any] = field(default_factory=dict, init=False, repr=False)
    slices: dict[tuple[int, bool], Any] = field(default_factory=dict, init=False, repr=False)
    _binding: dict[int, dict[str, list[int]]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.doubt = Doubt(self)

    @property
    def n(self) -> int:
        return self.record.n

    # Most of all records, and many recordings are explained without them.

    @cached_property
    def line_counts(self) -> Sequence[LineCount]:
        return self._of.line_counts.get(self.n, ())

    @cached_property
    def messages(self) -> Sequence[PageMessage]:
        return self._of.messages.get(self.n, ())

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

    @cached_property
    def known(self) -> bool:
        """Whether it is known what it did: nothing is claimed of another one.

        Of a statement that it repeated very often the first times are enough: see `Doubt`.
        """
        record = self.record
        if not record.detailed or record.blind_step is not None:
            return False
        return not record.dropped_steps or sum(c.hits for c in self.line_counts) <= record.steps

    @property
    def interaction(self) -> Interaction | None:
        """The one at the root of what made it start."""
        return self.history.interactions.get(self.record.interaction)

    @property
    def previous(self) -> Run | None:
        """The run before it in its app session."""
        runs = self.history.runs_of(self.record.app_session)
        if runs and runs[-1] is self:  # mostly the newest one is asked about
            at = len(runs) - 1
        else:
            at = bisect_left(runs, self.n, key=lambda run: run.n)
        return runs[at - 1] if at else None

    # Steps

    @cached_property
    def chunk(self) -> StepChunk:
        return self.history.read_steps(self.n)

    @cached_property
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
    def module_frames(self) -> dict[int, int]:
        """The first frame of each file's module body, by the file's number."""
        found: dict[int, int] = {}
        for frame in self.chunk.frames:
            if frame.function == "<module>":
                found.setdefault(frame.file, frame.n)
        return found

    @cached_property
    def returned(self) -> dict[int, str | None]:
        """The text of what each frame returned last."""
        changes = self.chunk.changes
        return {change.frame: change.text for change in changes if change.scope == "return"}

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

    def binding_steps(self, frame: int) -> dict[str, list[int]]:
        """By name: the steps of a frame that bound it, or may have changed its object, in order."""
        known = self._binding.get(frame)
        if known is None:
            known = self._binding[frame] = {}
            for step in self.steps_of_frame.get(frame, ()):
                statement = self.statement(step)
                for name in statement.binds | statement.changes if statement else ():
                    known.setdefault(name, []).append(step)
        return known

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
        if not 0 < step <= len(self.steps):
            return None
        at = self.steps[step - 1]
        return self.history.statement_at(at.file, at.line)

    def code(self, step: int, most: int = 60) -> str:
        """The text of a step's line."""
        program = self.program(step)
        return "" if program is None else program.code(self.steps[step - 1].line, most)

    def steps_at(self, file: str | None, line: int | None) -> list[int]:
        """The steps that ran the statement at a line, in order."""
        self.doubt.of_line(file, line)
        files = self.history.files
        return [
            number
            for number, step in enumerate(self.steps, 1)
            if step.line == line and files.get(step.file) == file
        ]

    def step_of(self, record: Any) -> int:
        """The step of the statement at which something was recorded.

        What a statement does after a call of the user's functions has the step that was last then.
        Returns the record's own step when the line has none.
        """
        own: int = record.step
        self.doubt.of_line(record.file, record.line)
        steps, files = self.steps, self.history.files
        line, file = record.line, record.file
        for at in range(min(own, len(steps)), 0, -1):
            step = steps[at - 1]
            if step.line == line and files.get(step.file) == file:
                return at
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
        self.doubt.of_name(frame, name)
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
        step = above[at - 1] if at else 0
        self.doubt.of_caller(step, found.function)
        return step

    def frames_called(self, step: int) -> list[int]:
        """The frames that a step's statement called, directly, in order."""
        called = self._called.get(self.steps[step - 1].frame, [])
        first = bisect_right(called, step, key=itemgetter(0))
        last = bisect_right(called, self.last_step_within(step), key=itemgetter(0))
        return [frame for _, frame in called[first:last]]

    @cached_property
    def _called(self) -> dict[int, list[tuple[int, int]]]:
        """Of each frame: first step and number of the frames that its statements called."""
        found: dict[int, list[tuple[int, int]]] = {}
        for each in self.chunk.frames:
            if own := self.steps_of_frame.get(each.n):
                found.setdefault(each.parent, []).append((own[0], each.n))
        for called in found.values():
            called.sort()
        return found

    # Lines

    @cached_property
    def hits(self) -> dict[Place, int]:
        """How often each statement ran."""
        return {Place(count.file, count.line): count.hits for count in self.line_counts}

    def ran(self, file: str, line: int) -> bool:
        """Whether the statement at a line ran."""
        return bool(self.hits.get(Place(file, line)))
