"""What is remembered about running code while it runs: threads, calls and script runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Thread
from time import monotonic
from weakref import ref

from ..model import Frame, Step, ValueChange
from ..source.statements import CodeTable


@dataclass(slots=True, eq=False)
class RunTrace:
    """The steps of one script run on their way to the sink. Appended to by the run's threads.

    Lists are only ever appended to by the traced threads and cut from the front by the drain;
    both are single operations under the interpreter's lock.
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
    touched: bool = False  # something was read, or changed in place, that the host watches
    ended: bool = False
    blind_step: int | None = None  # steps kept when a thread of it was no longer watched
    quiet_drains: int = 0  # drains since the end that found nothing new


@dataclass(slots=True, eq=False)
class CallTrace:
    """One call of the user's code that is going on. Holds no reference to its frame."""

    frame_id: int
    n: int  # 0: not kept (budget)
    table: CodeTable
    statement: int = 0  # the statement that runs now
    step: int = 0  # the step that began it; 0: not kept
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
