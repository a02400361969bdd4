"""Turns what an engine reports into steps, calls and value changes, and hands records to a sink.

The recorder knows no Streamlit: the probes tell it when a script run begins and ends and which run
a thread works for. It runs on the app's own threads, so everything here is either cheap or
bounded by the budget, and nothing waits for the disk: records wait in a list until the sink's
thread drains it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import get_ident
from time import monotonic_ns, sleep
from types import CodeType, FrameType

from ..model import Frame, LineCount, Record, Step
from ..source.statements import CodeTable
from .budget import Budget
from .engine import Engine
from .marks import Marks
from .outbox import Later, Outbox
from .place import Place
from .redaction import Redactor
from .scope import Scope
from .scrub import masks_in, scrub
from .threads import Threads
from .traces import CallTrace, RunTrace, ThreadTrace
from .user_code import UserCode
from .watch import (
    note_arguments,
    note_changes,
    note_marked_arguments,
    note_marked_changes,
    note_marked_return,
    note_return,
)

_TURN_S = 0.0002  # enough for a thread that waits to be woken, where a processor is free
_TURNS = 8  # where none is
_new = tuple.__new__  # a named tuple's own constructor is a Python function


class Recorder:
    """The hooks of an engine and the source of a sink's records. One for each recording.

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
        self.values = values
        self.outbox = Outbox(self.budget)
        self.code = UserCode(self.outbox.put)
        self.error: BaseException | None = None
        self._on_failure = on_failure
        self._run_of_thread: Callable[[], RunTrace | None] = lambda: None
        self._touched: Callable[[RunTrace, Place], None] = lambda run, place: None
        self._went_blind: Callable[[RunTrace], None] = lambda run: None
        self._origin = monotonic_ns()
        self._all_threads = Threads()
        self._threads = self._all_threads.by_number
        self._dirty: dict[CodeTable, None] = {}

    def wire(
        self,
        run_of_thread: Callable[[], RunTrace | None],
        touched: Callable[[RunTrace, Place], None] = lambda run, place: None,
        went_blind: Callable[[RunTrace], None] = lambda run: None,
    ) -> None:
        """Whom to ask and to tell; called by whoever knows the script runs, before all else.

        `run_of_thread` finds the run that a thread met for the first time works for; `touched` is
        called after a statement that read, or changed in place, what the probes watch; `went_blind`
        when a run's lines are known no further.
        """
        self._run_of_thread, self._touched = run_of_thread, touched
        self._went_blind = went_blind

    def enter_app(self, scope: Scope) -> None:
        """It is known which app runs."""
        self.scope = scope

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
        if self._dirty:
            dirty = list(self._dirty)
            self._dirty.clear()
            self.engine.rearm(dirty)
        return run

    def end_run(self, run: RunTrace) -> None:
        """The run is over: count its lines. Its thread may go on to run another one."""
        self._all_threads.end_run(run)
        cap, is_blind = self.budget.line_hits, run.blind_step is not None
        for (table, statement), hits in run.hits.items():
            at_least = is_blind or hits > cap
            self.emit(LineCount(run.n, run.files[table], statement, min(hits, cap), at_least))
        run.ended = True

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

    # What the engine reports

    def code_seen(self, code: CodeType, frame: FrameType) -> CodeTable | None:
        return self.code.meet(code, self.scope, max(self._all_threads.last_run, 1))

    def ignores_file(self, filename: str) -> bool:
        return not self.scope.decide(filename).traced

    def entered(self, frame: FrameType, table: CodeTable, resumed: bool) -> bool:
        thread = self._threads.get(get_ident())
        if thread is None or ((thread.run is None or not thread.calls) and not thread.is_script):
            thread = self._all_threads.adopt(thread, self._run_of_thread())
        run = thread.run
        if run is None or not run.detailed:
            return False
        key = id(frame)
        if resumed:
            rested = thread.resting.pop(key, None)
            if rested is not None:
                thread.calls.append(rested)
                if self.redactor.active:
                    self.marks.resumes(thread, rested)
                return False
        calls = run.calls.get(table.number, 0) + 1
        run.calls[table.number] = calls
        if calls > self.budget.calls:
            thread.calls.append(CallTrace(key, 0, table))
            run.dropped += 1
            if self.redactor.active:
                self.marks.enters(thread, thread.calls[-1], frame)
            return self._may_disable(table)
        run.frame_count += 1
        call = CallTrace(key, run.frame_count, table)
        parent = thread.calls[-1].n if thread.calls else 0
        run.files[table.number] = table.file
        run.frames.append(
            Frame(call.n, parent, table.name, table.file_no, frame.f_lineno, thread.number)
        )
        thread.calls.append(call)
        if self.redactor.active:
            self.marks.enters(thread, call, frame)
            if self.values and not table.is_module:
                note_marked_arguments(run, call, frame, self.redactor, self.marks)
        elif self.values and not table.is_module:
            note_arguments(run, call, frame, self.redactor)
        return False

    def line(self, frame: FrameType, table: CodeTable, line: int) -> bool:
        statement = table.of.get(line)
        if not statement or statement == table.own_line:
            return False
        thread = self._threads.get(get_ident())
        if thread is None or thread.run is None:
            return False
        run = thread.run
        if not run.detailed:
            return False
        calls = thread.calls
        call = calls[-1] if calls else None
        if call is None or call.frame_id != id(frame):
            call = self._resync(thread, run, frame, table)
        before = call.statement
        if table.ignored and frame.f_lasti in table.ignored:
            return False
        if before == statement:
            if frame.f_lasti != table.first.get(statement):
                return False  # the rest of a statement over several lines
        elif before and statement < before <= table.until.get(statement, 0):
            if self.redactor.active:  # what the block's last statement made must not get lost
                self._marked_statement_over(run, thread, call, frame)
                call.statement = statement
                self.marks.begins(call, frame)
            elif call.step and self.values:  # the block's last statement is over
                self._statement_over(run, call, frame)
            call.statement = statement
            return False  # the exit of a `with` block
        elif table.is_lambda and not before and len(calls) > 1:
            outer = calls[-2]
            if outer.statement == statement and outer.table.file_no == table.file_no:
                return False  # a lambda called by the very statement that it stands in
        if self.redactor.active:
            if before:
                self._marked_statement_over(run, thread, call, frame)
            call.statement = statement
            self.marks.begins(call, frame)
        elif call.step and self.values:
            self._statement_over(run, call, frame)
        call.statement = statement
        key = (table.number, statement)
        hits = run.hits.get(key, 0) + 1
        run.hits[key] = hits
        if hits > self.budget.line_hits or run.step_count >= self.budget.run_steps:
            run.files[table.number] = table.file
            call.step = 0
            run.dropped += 1
            return self._may_disable(table)
        now = monotonic_ns() - self._origin
        step = _new(Step, (now, table.file_no, statement, call.n))
        # No call from here on: threads take turns at calls, and a step's number is its place.
        run.step_count += 1
        call.step = run.step_count
        run.steps.append(step)
        return False

    def left(self, frame: FrameType, table: CodeTable, value: object, how: str) -> bool:
        thread = self._threads.get(get_ident())
        if thread is None or thread.run is None or not thread.calls:
            return False
        run = thread.run
        call = thread.calls[-1]
        if call.frame_id != id(frame):
            calls = [c for c in thread.calls if c.frame_id == id(frame)]
            if not calls:  # a call that was not kept: its beginning was switched off
                return run.calls.get(table.number, 0) > self.budget.calls and (
                    self._may_disable(table)
                )
            del thread.calls[thread.calls.index(calls[-1]) + 1 :]
            call = thread.calls[-1]
        if self.redactor.active:
            self._marked_statement_over(run, thread, call, frame)
            if call.step and self.values and how != "raise" and not table.is_module:
                note_marked_return(run, call, value, self.redactor, self.marks)
            thread.calls.pop()
            self.marks.leaves(thread, call, value, how)
        else:
            thread.calls.pop()
            if call.step and self.values:
                self._statement_over(run, call, frame)
                if how != "raise" and not table.is_module:
                    note_return(run, call, value, self.redactor)
        if how == "yield":
            thread.resting[id(frame)] = call
        return run.calls.get(table.number, 0) > self.budget.calls and self._may_disable(table)

    def lost_sight(self) -> bool:
        thread = self._all_threads.script_or_owned()
        if thread is None:
            return False
        if thread.run is not None:
            self.blind(thread.run)
        return thread.is_script

    def blinded(self) -> None:
        for run in self._all_threads.runs():
            if not run.ended:
                self.blind(run)

    def blind(self, run: RunTrace) -> None:
        """From here on, lines of the run may run unseen."""
        if run.blind_step is None:
            run.blind_step = run.step_count
            self._went_blind(run)

    def failed(self, error: BaseException) -> None:
        self.error = error
        self.leave_out("failed")
        self._on_failure(error)

    def _statement_over(self, run: RunTrace, call: CallTrace, frame: FrameType) -> None:
        note_changes(run, call, frame, self.redactor)
        if run.touched:
            run.untouch()
            self._touched(run, Place(call.table.file, call.statement, call.table.name))

    def _marked_statement_over(
        self, run: RunTrace, thread: ThreadTrace, call: CallTrace, frame: FrameType
    ) -> None:
        self.marks.over(thread, call, frame)
        if call.step and self.values:
            note_marked_changes(run, thread, call, frame, self.redactor, self.marks)
            if run.touched:
                run.untouch()
                self._touched(run, Place(call.table.file, call.statement, call.table.name))

    def _may_disable(self, table: CodeTable) -> bool:
        # Switching off works for all threads at once: not while another run needs the events.
        if self._all_threads.active_runs() > 1:
            return False
        self._dirty[table] = None
        return True

    def _resync(
        self, thread: ThreadTrace, run: RunTrace, frame: FrameType, table: CodeTable
    ) -> CallTrace:
        """Make the top of the stack be this frame's call, after calls that were not reported."""
        calls = thread.calls
        for index in range(len(calls) - 1, -1, -1):
            if calls[index].frame_id == id(frame):
                del calls[index + 1 :]
                return calls[index]
        known = {call.frame_id for call in calls}
        outer = frame.f_back
        while outer is not None and id(outer) not in known:
            outer = outer.f_back
        while calls and (outer is None or calls[-1].frame_id != id(outer)):
            calls.pop()
        run.files[table.number] = table.file
        call = CallTrace(id(frame), 0, table)
        calls.append(call)
        return call
