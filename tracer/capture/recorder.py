"""What the probes tell of script runs, and what a sink takes: the records of one recording.

The recorder knows no Streamlit: the probes tell it when a script run begins and ends and which run
a thread works for. Nothing on the app's own threads waits for the disk: records wait in a list
until the sink's thread drains it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import get_ident
from time import monotonic_ns, sleep
from types import FrameType

from ..model import LineCount, Record
from .budget import Budget
from .engine import Engine
from .marks import Marks
from .outbox import Later, Outbox
from .place import Place
from .redaction import Redactor
from .scope import Scope
from .scrub import masks_in, scrub
from .steps import StepHooks
from .threads import Threads
from .traces import RunTrace
from .user_code import UserCode

_TURN_S = 0.0002  # enough for a thread that waits to be woken, where a processor is free
_TURNS = 8  # where none is
_new = tuple.__new__  # a named tuple's own constructor is a Python function


class Recorder:
    """The source of a sink's records; its `hooks` are an engine's. One for each recording.

    `on_failure` is told what went wrong in here, once the engine has stopped.
    """

    def __init__(
        self,
        scope: Scope,
        engine: Engine,
        *,
        budget: Budget | None = None,
        redactor: Redactor | None = None,
        values: bool = True,
        on_failure: Callable[[BaseException], None] = lambda error: None,
    ) -> None:
        self.scope = scope
        self.engine = engine
        self.budget = budget or Budget()
        self.redactor = redactor or Redactor()
        self.marks = Marks()
        self.outbox = Outbox(self.budget)
        self.code = UserCode(self.outbox.put)
        self.error: BaseException | None = None
        self.lets_go = False  # runs may be let go with their messages: each is sent in full then
        self._on_failure = on_failure
        self._origin = monotonic_ns()
        self._all_threads = Threads()
        self._threads = self._all_threads.by_number
        self.hooks = StepHooks(
            *(scope, self._all_threads, self.code, self.redactor, self.marks),
            budget=self.budget,
            values=values,
            origin_ns=self._origin,
            on_failure=self._failed,
        )

    def enter_app(self, scope: Scope) -> None:
        """It has become known which app runs, and so which files are the user's."""
        self.scope = scope
        self.hooks.enter_app(scope)

    # Time and records

    def now(self) -> int:
        """Nanoseconds since the recording began."""
        return monotonic_ns() - self._origin

    def emit(self, record: Record) -> None:
        """Hand one record over. Never blocks; drops details when too many wait for the writer."""
        self.outbox.put(record)

    def emit_later(self, make: Later, size: int) -> None:
        """Hand over what the sink's thread can make of `size` bytes (see `Outbox.put_later`).

        Between two statements of an app our code is cold, and takes three times as long as there.
        """
        self.outbox.put_later(make, size)

    def leave_out(self, key: str, count: int = 1) -> None:
        """Count something that was left out; it is said in words (`outbox.LIMIT_TEXTS`)."""
        self.outbox.leave_out(key, count)

    def drain(self) -> Sequence[Record]:
        """Everything since the last drain, secrets masked. Called from the sink's thread only."""
        self.engine.look()
        taken = self.outbox.take(self._all_threads.runs())
        self._all_threads.drop_runs()
        records = [scrub(record, self.redactor) for record in taken]
        if self.redactor.hides or self.redactor.active:
            masked = sum(map(masks_in, records))
            if masked:
                self.outbox.leave_out("masked", masked)
                records += self.outbox.limits()
        return records

    # Runs and threads, told by the probes

    def begin_run(self, n: int, detailed: bool) -> RunTrace:
        """A script run starts on this thread."""
        run = self._all_threads.begin_run(n, detailed)
        switched_off = self.hooks.take_switched_off()
        if switched_off:
            self.engine.rearm(switched_off)
        return run

    def end_run(self, run: RunTrace) -> None:
        """The run is over: count its lines. Its thread may go on to run another one."""
        self._all_threads.end_run(run)
        cap, is_blind = self.budget.line_hits, run.blind_step is not None
        for (table, statement), hits in run.hits.items():
            at_least = is_blind or hits > cap
            self.emit(LineCount(run.n, run.files[table], statement, min(hits, cap), at_least))
        run.end()

    def unseen_run(self, n: int) -> RunTrace:
        """A script run has started on a thread that is not watched: no line of it is known."""
        return self._all_threads.begin_unseen(n)

    def unseen_end(self, run: RunTrace, thread: int) -> None:
        """The run is over, on the thread with this number, which is not watched."""
        self._all_threads.end_unseen(run, thread)
        self.end_run(run)

    def hand_over(self) -> None:
        """Give the sink's thread its turn, after all of a run was emitted and before what follows.

        Streamlit collects garbage then, for tens of milliseconds in which no other thread runs. A
        sink that is not at rest has no turn: the app is busy, and nobody waits for this run.
        """
        if self.outbox.wake(True):
            for _ in range(_TURNS):
                if self.outbox.is_empty:
                    break
                sleep(_TURN_S)

    def forget_thread(self) -> None:
        """This thread ends; its number may be given to another one."""
        self._all_threads.forget()

    @property
    def here(self) -> RunTrace | None:
        """The run that this thread works for."""
        return self._all_threads.here

    def place(self, frame: FrameType | None) -> Place:
        """The innermost statement of the user's at or below a frame."""
        return self.code.place(frame)

    def statement(self, frame: FrameType) -> Place:
        """The statement that this thread executes, `frame` being its innermost."""
        thread = self._threads.get(get_ident())
        if thread is not None and thread.calls and thread.run is not None:
            call = thread.calls[-1]
            if call.statement and not thread.run.dropped:  # nothing is switched off
                table = call.table
                return _new(Place, (table.file, call.statement, table.name))
        return self.code.place(frame)

    # Secrets, told by the probes

    def secret_read(self, secrets: int) -> None:
        """This thread's present statement gets hold of secrets: a set of them, as bits."""
        thread = self._threads.get(get_ident())
        if thread is not None and thread.calls and secrets:
            self.marks.source(thread.calls[-1], secrets)

    def secrets_here(self) -> int:
        """The secrets that this thread's present statement may have made something of."""
        if not self.redactor.active:
            return 0
        thread = self._threads.get(get_ident())
        return thread.calls[-1].taint if thread is not None and thread.calls else 0

    def secrets_of(self, error: BaseException) -> int:
        """The secrets that were at hand where an exception came from, or through."""
        bits, trace = 0, error.__traceback__
        while trace is not None and self.redactor.active:
            table = self.code.table(trace.tb_frame.f_code)
            if table is not None:
                bits |= self.marks.raised(table.number, table.of.get(trace.tb_lineno, 0))
            trace = trace.tb_next
        return bits

    def _failed(self, error: BaseException) -> None:
        self.error = error
        self.leave_out("failed")
        self._on_failure(error)
