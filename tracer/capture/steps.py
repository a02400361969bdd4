"""The hooks of an engine: makes steps, calls and value changes of what it reports.

This runs on the app's own threads, between two of its statements, so everything here is either
cheap or bounded by the budget.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident
from time import monotonic_ns
from types import CodeType, FrameType

from ..model import Frame, Step
from ..source.statements import CodeTable
from .budget import Budget
from .marks import Marks
from .place import Place
from .redaction import Redactor
from .scope import Scope
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

_new = tuple.__new__  # a named tuple's own constructor is a Python function


class StepHooks:
    """One for each recording. What it makes is appended to the `RunTrace`s of the runs."""

    def __init__(
        self,
        scope: Scope,
        threads: Threads,
        code: UserCode,
        redactor: Redactor,
        marks: Marks,
        *,
        budget: Budget,
        values: bool,
        origin_ns: int,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._scope = scope
        self._all_threads = threads
        self._threads = threads.by_number
        self._code = code
        self._redactor = redactor
        self._marks = marks
        self._budget = budget
        self._values = values
        self._origin = origin_ns
        self._on_failure = on_failure
        self._run_of_thread: Callable[[], RunTrace | None] = lambda: None
        self._touched: Callable[[RunTrace, Place], None] = lambda run, place: None
        self._went_blind: Callable[[RunTrace], None] = lambda run: None
        self._dirty: dict[CodeTable, None] = {}  # where something was switched off

    def wire(
        self,
        run_of_thread: Callable[[], RunTrace | None],
        touched: Callable[[RunTrace, Place], None] = lambda run, place: None,
        went_blind: Callable[[RunTrace], None] = lambda run: None,
    ) -> None:
        """Sets who is asked and told; to be called before the engine starts.

        `run_of_thread` returns the run that the present thread works for, and is called when the
        thread is not known; `touched` is called after a statement that read, or changed in place,
        what the probes watch; `went_blind` when it is no longer known which lines of a run execute.
        """
        self._run_of_thread, self._touched = run_of_thread, touched
        self._went_blind = went_blind

    def enter_app(self, scope: Scope) -> None:
        """It has become known which app runs, and so which files are the user's."""
        self._scope = scope

    def take_switched_off(self) -> list[CodeTable]:
        """Where something was switched off since this was asked last."""
        tables = list(self._dirty)
        self._dirty.clear()
        return tables

    # What the engine reports (`Hooks`)

    def code_seen(self, code: CodeType, frame: FrameType) -> CodeTable | None:
        return self._code.meet(code, self._scope, max(self._all_threads.last_run, 1))

    def ignores_file(self, filename: str) -> bool:
        return not self._scope.decide(filename).traced

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
                if self._redactor.active:
                    self._marks.resumes(thread, rested)
                return False
        calls = run.calls.get(table.number, 0) + 1
        run.calls[table.number] = calls
        if calls > self._budget.calls:
            thread.calls.append(CallTrace(key, 0, table))
            run.dropped += 1
            if self._redactor.active:
                self._marks.enters(thread, thread.calls[-1], frame)
            return self._may_disable(table)
        run.frame_count += 1
        call = CallTrace(key, run.frame_count, table)
        parent = thread.calls[-1].n if thread.calls else 0
        run.files[table.number] = table.file
        run.frames.append(
            Frame(call.n, parent, table.name, table.file_no, frame.f_lineno, thread.number)
        )
        thread.calls.append(call)
        if self._redactor.active:
            self._marks.enters(thread, call, frame)
            if self._values and not table.is_module:
                note_marked_arguments(run, call, frame, self._redactor, self._marks)
        elif self._values and not table.is_module:
            note_arguments(run, call, frame, self._redactor)
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
            if self._redactor.active:  # what the block's last statement made must not get lost
                self._marked_statement_over(run, thread, call, frame)
                call.statement = statement
                self._marks.begins(call, frame)
            elif call.step and self._values:  # the block's last statement is over
                self._statement_over(run, call, frame)
            elif run.touched:
                self._touched_unseen(run, call)
            call.statement = statement
            return False  # the exit of a `with` block
        elif table.is_lambda and not before and len(calls) > 1:
            outer = calls[-2]
            if outer.statement == statement and outer.table.file_no == table.file_no:
                return False  # a lambda called by the very statement that it stands in
        if self._redactor.active:
            if before:
                self._marked_statement_over(run, thread, call, frame)
            call.statement = statement
            self._marks.begins(call, frame)
        elif call.step and self._values:
            self._statement_over(run, call, frame)
        elif before and run.touched:
            self._touched_unseen(run, call)
        call.statement = statement
        key = (table.number, statement)
        hits = run.hits.get(key, 0) + 1
        run.hits[key] = hits
        if hits > self._budget.line_hits or run.step_count >= self._budget.run_steps:
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
                return run.calls.get(table.number, 0) > self._budget.calls and (
                    self._may_disable(table)
                )
            del thread.calls[thread.calls.index(calls[-1]) + 1 :]
            call = thread.calls[-1]
        if self._redactor.active:
            self._marked_statement_over(run, thread, call, frame)
            if call.step and self._values and how != "raise" and not table.is_module:
                note_marked_return(run, call, value, self._redactor, self._marks)
            thread.calls.pop()
            self._marks.leaves(thread, call, value, how)
        else:
            thread.calls.pop()
            if call.step and self._values:
                self._statement_over(run, call, frame)
                if how != "raise" and not table.is_module:
                    note_return(run, call, value, self._redactor)
            elif call.statement and run.touched:
                self._touched_unseen(run, call)
        if how == "yield":
            thread.resting[id(frame)] = call
        return run.calls.get(table.number, 0) > self._budget.calls and self._may_disable(table)

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
        """From here on, lines of the run may be executed without a report."""
        if run.blind_step is None:
            run.blind_step = run.step_count
            self._went_blind(run)

    def failed(self, error: BaseException) -> None:
        self._on_failure(error)

    def _statement_over(self, run: RunTrace, call: CallTrace, frame: FrameType) -> None:
        note_changes(run, call, frame, self._redactor)
        if run.touched:
            self._touched_by(run, call, call.statement)

    def _marked_statement_over(
        self, run: RunTrace, thread: ThreadTrace, call: CallTrace, frame: FrameType
    ) -> None:
        self._marks.over(thread, call, frame)
        if call.step and self._values:
            note_marked_changes(run, thread, call, frame, self._redactor, self._marks)
            if run.touched:
                self._touched_by(run, call, call.statement)
        elif call.statement and run.touched:
            self._touched_unseen(run, call)

    def _touched_by(self, run: RunTrace, call: CallTrace, statement: int) -> None:
        call.touching = statement
        run.untouch()
        self._touched(run, Place(call.table.file, statement, call.table.name))

    def _touched_unseen(self, run: RunTrace, call: CallTrace) -> None:
        """Statements that are not kept any more ran, and touched something.

        As a rule it was the one that did so before; the newest that is known of, else.
        """
        if self._values:
            self._touched_by(run, call, call.touching or call.statement)

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
