"""Turns what an engine reports into steps, calls and value changes, and hands records to a sink.

The recorder knows no Streamlit: the host tells it when a script run begins and ends and which run
a thread works for. It runs on the app's own threads, so everything here is either cheap or
bounded by the budget, and nothing waits for the disk: records wait in a list until the sink's
thread drains it.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from types import CodeType, FrameType

from ..model import (
    CacheAccess,
    ContainerWrite,
    Frame,
    Limit,
    LineCount,
    MessageBody,
    Record,
    Source,
    StateWrite,
    Step,
    StepChunk,
)
from .budget import Budget
from .engine import Engine
from .redaction import Redactor
from .scope import Scope
from .scrub import scrub
from .statements import (
    CodeTable,
    FileStatements,
    code_blocks,
    code_table,
    compile_source,
    file_statements,
    is_inlined,
    read_source,
)
from .traces import CallTrace, RunTrace, ThreadTrace
from .watch import note_arguments, note_changes, note_return

# What can be missed: everything else is needed to tell what happened at all.
_DETAILS = (CacheAccess, ContainerWrite, LineCount, MessageBody, StateWrite)
_LATE_DRAINS = 400  # about a minute of the sink's ticks


class Recorder:
    """The hooks of an engine and the source of a sink's records. One for each recording.

    `run_of_thread` is set by the host: it finds the run that a thread met for the first time
    works for.
    """

    def __init__(
        self,
        scope: Scope,
        engine: Engine,
        *,
        budget: Budget | None = None,
        redactor: Redactor | None = None,
        values: bool = True,
    ) -> None:
        self.scope = scope
        self.engine = engine
        self.budget = budget or Budget()
        self.redactor = redactor or Redactor()
        self.values = values
        self.error: BaseException | None = None
        self.on_failure: Callable[[BaseException], None] | None = None
        self.run_of_thread: Callable[[], RunTrace | None] = lambda: None
        self._origin = time.monotonic_ns()
        self._out: list[Record] = []
        self._waiting_bytes = 0
        self._runs: dict[int, RunTrace] = {}
        self._threads: dict[int, ThreadTrace] = {}
        self._tables = 0
        self._by_code: dict[int, CodeTable] = {}
        self._files: dict[str, tuple[str, int, FileStatements]] = {}  # path -> text, number, ...
        self._file_count = 0
        self._dirty: dict[CodeTable, None] = {}
        self._limits: dict[str, int] = {}
        self._said: dict[str, str] = {}
        self._lock = threading.Lock()
        self.last_run = 0

    # Time and records

    def now(self) -> int:
        """Nanoseconds since the recording began."""
        return time.monotonic_ns() - self._origin

    def emit(self, record: Record) -> None:
        """Hand one record over. Never blocks; drops details when too many wait for the writer."""
        if self.crowded and isinstance(record, _DETAILS):
            self.leave_out("crowded")
            return
        if type(record) is MessageBody:
            self._waiting_bytes += len(record.data)
        self._out.append(record)

    @property
    def crowded(self) -> bool:
        """Whether so much waits for the writer that details have to be dropped."""
        budget = self.budget
        return len(self._out) > budget.pending or self._waiting_bytes > budget.pending_bytes

    def leave_out(self, key: str, count: int = 1) -> None:
        """Count something that was left out; `drain` says it in words."""
        self._limits[key] = self._limits.get(key, 0) + count

    def drain(self) -> Sequence[Record]:
        """Everything since the last drain, secrets masked. Called from the sink's thread only."""
        out = self._out
        records: list[Record] = out[: len(out)]
        del out[: len(records)]
        self._waiting_bytes = 0
        # A run's steps come after the records above: they may have been made a moment later,
        # and only refer to runs and sources that were announced before.
        for run in list(self._runs.values()):
            if run.dropped:
                self._limits["lines"] = 1
            ended = run.ended  # asked first: a step may come between the chunk and the end
            chunk = _chunk(run)
            if chunk is not None:
                records.append(chunk)
                run.quiet_drains = 0
            elif ended:
                run.quiet_drains += 1
            # Threads of the user's may go on when the run is over: for them it stays a while.
            if ended and run.quiet_drains >= (_LATE_DRAINS if run.thread_count else 1):
                self._runs.pop(run.n, None)
        for key, count in list(self._limits.items()):
            text = LIMIT_TEXTS[key].format(n=f"{count:,}", budget=self.budget)
            if self._said.get(key) != text:
                self._said[key] = text
                records.append(Limit(key, text))
        if self.redactor.active:
            return [scrub(record, self.redactor) for record in records]
        return records

    # Runs and threads, told by the host

    def begin_run(self, n: int, detailed: bool) -> RunTrace:
        """A script run starts on this thread."""
        run = RunTrace(n, detailed)
        self._runs[n] = run
        self.last_run = n
        thread = self._threads.get(threading.get_ident())
        if thread is None:
            thread = self._threads[threading.get_ident()] = ThreadTrace()
        thread.run, thread.number, thread.is_script = run, 0, True
        thread.calls.clear()
        thread.resting.clear()
        if self._dirty:
            dirty = list(self._dirty)
            self._dirty.clear()
            self.engine.rearm(dirty)
        return run

    def end_run(self, run: RunTrace) -> None:
        """The run is over: count its lines. Its thread may go on to run another one."""
        thread = self._threads.get(threading.get_ident())
        if thread is not None and thread.run is run:
            thread.run = None
            thread.calls.clear()
        cap = self.budget.line_hits
        for (table, statement), hits in run.hits.items():
            self.emit(LineCount(run.n, run.files[table], statement, min(hits, cap), hits > cap))
        run.ended = True

    def forget_thread(self) -> None:
        """This thread ends; its number may be given to another one."""
        self._threads.pop(threading.get_ident(), None)

    @property
    def here(self) -> RunTrace | None:
        """The run that this thread works for."""
        thread = self._threads.get(threading.get_ident())
        return thread.run if thread is not None else None

    def active_runs(self) -> int:
        return sum(not run.ended for run in list(self._runs.values()))

    def place(self, frame: FrameType | None) -> tuple[str | None, int | None, str | None]:
        """File, statement and function of the innermost user code at or below a frame."""
        while frame is not None:
            table = self._by_code.get(id(frame.f_code))
            if table is not None:
                line = table.of.get(frame.f_lineno) or frame.f_lineno
                return table.file, line, table.name
            frame = frame.f_back
        return None, None, None

    def table(self, code: CodeType) -> CodeTable | None:
        """The table of a code object of the user's, if it was met."""
        return self._by_code.get(id(code))

    # What the engine reports

    def code_seen(self, code: CodeType, frame: FrameType) -> CodeTable | None:
        decision = self.scope.decide(code.co_filename)
        if not decision.traced or is_inlined(code):
            return None
        with self._lock:
            known = self._by_code.get(id(code))
            if known is not None:
                return known
            number, statements = self._file(code, decision.name, decision.reason)
            self._tables += 1
            table = code_table(code, statements, decision.name, number, self._tables)
            self._by_code[id(code)] = table
            return table

    def ignores_file(self, filename: str) -> bool:
        return not self.scope.decide(filename).traced

    def _file(self, code: CodeType, name: str, reason: str) -> tuple[int, FileStatements]:
        path = code.co_filename
        known = self._files.get(path)
        if known is not None and code.co_name != "<module>":
            return known[1], known[2]
        text = read_source(path)
        if known is not None and known[0] == text:
            return known[1], known[2]
        statements = file_statements(text)
        module = code if code.co_name == "<module>" else compile_source(text, path)
        self._file_count += 1
        number = self._file_count
        self._files[path] = (text, number, statements)
        blocks = code_blocks(module, statements) if module is not None else ()
        self.emit(Source(number, name, text, reason, blocks, max(self.last_run, 1)))
        return number, statements

    def entered(self, frame: FrameType, table: CodeTable, resumed: bool) -> bool:
        thread = self._threads.get(threading.get_ident())
        if thread is None or ((thread.run is None or not thread.calls) and not thread.is_script):
            thread = self._adopt(thread)
        run = thread.run
        if run is None or not run.detailed:
            return False
        key = id(frame)
        if resumed:
            rested = thread.resting.pop(key, None)
            if rested is not None:
                thread.calls.append(rested)
                return False
        calls = run.calls.get(table.number, 0) + 1
        run.calls[table.number] = calls
        if calls > self.budget.calls:
            thread.calls.append(CallTrace(key, 0, table))
            run.dropped += 1
            return self._may_disable(table)
        run.frame_count += 1
        call = CallTrace(key, run.frame_count, table)
        parent = thread.calls[-1].n if thread.calls else 0
        run.files[table.number] = table.file
        run.frames.append(
            Frame(call.n, parent, table.name, table.file_no, frame.f_lineno, thread.number)
        )
        thread.calls.append(call)
        if self.values and not table.is_module:
            note_arguments(run, call, frame, self.redactor)
        return False

    def line(self, frame: FrameType, table: CodeTable, line: int) -> bool:
        statement = table.of.get(line)
        if not statement or statement == table.own_line:
            return False
        thread = self._threads.get(threading.get_ident())
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
            call.statement = statement
            return False  # the exit of a `with` block
        elif table.is_lambda and not before and len(calls) > 1:
            outer = calls[-2]
            if outer.statement == statement and outer.table.file_no == table.file_no:
                return False  # a lambda called by the very statement that it stands in
        if call.step and self.values:
            note_changes(run, call, frame, self.redactor)
        call.statement = statement
        key = (table.number, statement)
        hits = run.hits.get(key, 0) + 1
        run.hits[key] = hits
        if hits > self.budget.line_hits or run.step_count >= self.budget.run_steps:
            run.files[table.number] = table.file
            call.step = 0
            run.dropped += 1
            return self._may_disable(table)
        run.step_count += 1
        call.step = run.step_count
        run.steps.append(Step(time.monotonic_ns() - self._origin, table.file_no, statement, call.n))
        return False

    def left(self, frame: FrameType, table: CodeTable, value: object, how: str) -> bool:
        thread = self._threads.get(threading.get_ident())
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
        thread.calls.pop()
        if call.step and self.values:
            note_changes(run, call, frame, self.redactor)
            if how != "raise" and not table.is_module:
                note_return(run, call, value, self.redactor)
        if how == "yield":
            thread.resting[id(frame)] = call
        return run.calls.get(table.number, 0) > self.budget.calls and self._may_disable(table)

    def failed(self, error: BaseException) -> None:
        self.error = error
        self.leave_out("failed")
        if self.on_failure is not None:
            self.on_failure(error)

    def _adopt(self, thread: ThreadTrace | None) -> ThreadTrace:
        """Find out which run a thread of the user's, or of a pool, works for now."""
        run = self.run_of_thread()
        owner = threading.current_thread()
        if thread is None or thread.owner is None or thread.owner() is not owner:
            thread = ThreadTrace(owner=weakref.ref(owner))
            self._threads[threading.get_ident()] = thread
        if run is not thread.run:
            thread.run = run
            thread.calls.clear()
            thread.resting.clear()
            if run is not None:
                run.thread_count += 1
                thread.number = run.thread_count
        return thread

    def _may_disable(self, table: CodeTable) -> bool:
        # Switching off works for all threads at once: not while another run needs the events.
        if self.active_runs() > 1:
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


def _chunk(run: RunTrace) -> StepChunk | None:
    """Cut off the front of a run's lists. Frames first: no step may come before its call."""
    count = len(run.steps)
    changes = len(run.changes)
    frames = len(run.frames)
    if not (count or changes or frames):
        return None
    chunk = StepChunk(
        run.n, run.drained + 1, run.steps[:count], run.frames[:frames], run.changes[:changes]
    )
    del run.steps[:count], run.frames[:frames], run.changes[:changes]
    run.drained += count
    return chunk


LIMIT_TEXTS = {
    "lines": "statements and calls that a run repeats very often: of each, the first "
    "{budget.line_hits} in a run are kept, and the count is shown as {budget.line_hits}+",
    "chain": "{n} runs without detail: after {budget.chain_runs} runs caused by one interaction "
    "most keep only their trigger, outcome and rerun request",
    "crowded": "{n} records dropped: the app made them faster than they could be written",
    "messages": "{n} page messages without content: larger than {budget.message_bytes:,} bytes",
    "failed": "recording stopped early: an error inside rerun-trace",
}
