"""What is remembered about running code while it runs: threads, calls and script runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Thread
from time import monotonic
from weakref import ref

from ..model import Frame, Step, StepChunk, ValueChange
from ..source.statements import CodeTable

_LATE_DRAINS = 1500  # about a minute of the sink's ticks when nothing comes


@dataclass(slots=True, eq=False)
class RunTrace:
    """The steps of one script run on their way to the sink. Appended to by the run's threads.

    Lists are only ever appended to by the traced threads and cut from the front by the drain;
    both are single operations under the interpreter's lock. Where a method would cost too much,
    between two statements of the app, one module writes: `steps` counts and keeps steps and calls,
    `watch` value changes.
    """

    n: int
    detailed: bool = True
    began: float = field(default_factory=monotonic)  # s
    steps: list[Step] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    changes: list[ValueChange] = field(default_factory=list)
    step_count: int = 0  # all steps kept so far, drained ones included
    drained: int = 0
    frame_count: int = 0
    thread_count: int = 0
    dropped: int = 0
    hits: dict[tuple[int, int], int] = field(default_factory=dict)  # (table number, statement)
    calls: dict[int, int] = field(default_factory=dict)
    files: dict[int, str] = field(default_factory=dict)  # table number -> file
    touched: bool = False  # a value that the probes watch was read, or changed in place
    ended: bool = False
    blind_step: int | None = None  # steps kept when a thread of it was no longer watched
    quiet_drains: int = 0  # drains since the end that found nothing new

    def end(self) -> None:
        """The run is over."""
        self.ended = True

    def touch(self) -> None:
        """A value that the probes watch was read, or changed in place: they are to compare it."""
        self.touched = True

    def untouch(self) -> None:
        """The probes compare the values that they watch."""
        self.touched = False

    def add_thread(self) -> int:
        """Counts one more thread that works for it; returns the thread's number."""
        self.thread_count += 1
        return self.thread_count

    @property
    def is_taken(self) -> bool:
        """Whether it is over and all of it was taken.

        Threads of the user's may go on when the run is over: for them it stays a while.
        """
        return self.quiet_drains >= (_LATE_DRAINS if self.thread_count else 1)

    def cut(self) -> StepChunk | None:
        """Cut off what its lists hold. Frames first: no step may come before its call."""
        ended = self.ended  # asked first: a step may come between the chunk and the end
        count = len(self.steps)
        changes = len(self.changes)
        frames = len(self.frames)
        if not (count or changes or frames):
            self.quiet_drains += ended
            return None
        self.quiet_drains = 0
        parts = self.steps[:count], self.frames[:frames], self.changes[:changes]
        chunk = StepChunk(self.n, self.drained + 1, *parts)
        del self.steps[:count], self.frames[:frames], self.changes[:changes]
        self.drained += count
        return chunk


@dataclass(slots=True, eq=False)
class CallTrace:
    """One call of the user's code that is going on. Holds no reference to its frame.

    Its statement and step are written by `steps`, its texts by `watch`, what is known of secrets by
    `marks`.
    """

    frame_id: int
    n: int  # 0: not kept (budget)
    table: CodeTable
    statement: int = 0  # the statement that runs now
    step: int = 0  # the step that began it; 0: not kept
    touching: int = 0  # the statement that touched what the probes watch last
    texts: dict[str, str | None] = field(default_factory=dict)  # last shown text of each name
    # What is known of secrets, as sets of them (bits; see `marks`).
    taint: int = 0  # in the statement that runs now
    escaped: int = 0  # in arguments that the call has changed
    loops: dict[int, int] = field(default_factory=dict)  # of what a `for` goes through
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)  # names: set, id of the value


@dataclass(slots=True, eq=False)
class ThreadTrace:
    """One thread: the run it works for, and the calls of the user's code on it."""

    run: RunTrace | None = None
    number: int = 0  # within the run; 0: the script thread
    calls: list[CallTrace] = field(default_factory=list)
    resting: dict[int, CallTrace] = field(default_factory=dict)  # generators, by id of their frame
    is_script: bool = False
    owner: ref[Thread] | None = None  # numbers of threads are given again: this one's object

    def begin(self, run: RunTrace) -> None:
        """A script run begins on this thread."""
        self.run, self.number, self.is_script = run, 0, True
        self.calls.clear()
        self.resting.clear()

    def end(self) -> None:
        """The thread's run is over."""
        self.run = None
        self.calls.clear()

    def work_for(self, run: RunTrace | None) -> None:
        """A thread of the user's, or of a pool, works for this run from now on."""
        self.run = run
        self.calls.clear()
        self.resting.clear()
        if run is not None:
            self.number = run.add_thread()
