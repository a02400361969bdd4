"""Several tabs, writers and readers at once, in any order: whatever was written is read as it was.

Hypothesis makes the orders, from fixed seeds: the same ones each time.
"""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from test_db_examples import info, message, run
from test_db_key_runs import part

from rerun_trace.db.store import TraceStore
from rerun_trace.db.writing.direct import DirectWriter
from rerun_trace.tracer.model import (
    MessageBody,
    MessageFate,
    MessageSettled,
    Outcome,
    PageMessage,
    Record,
    ScriptRun,
    StateOp,
    StateWrite,
    StepChunk,
)

pytestmark = pytest.mark.first_row

SESSIONS = 3
Number = some.integers(0, 10**6)


@dataclass
class Written:
    """What a reader is to find of one recording."""

    runs: dict[int, ScriptRun] = field(default_factory=dict)
    chunks: dict[int, list[StepChunk]] = field(default_factory=lambda: defaultdict(list))
    messages: dict[int, PageMessage] = field(default_factory=dict)
    state: list[StateWrite] = field(default_factory=list)

    def add(self, record: Record) -> None:
        match record:
            case ScriptRun():
                self.runs[record.n] = record
            case StepChunk():
                self.chunks[record.run].append(record)
            case PageMessage():
                self.messages[record.n] = record
            case StateWrite():
                self.state.append(record)
            case MessageSettled():
                self.messages[record.n] = replace(
                    self.messages[record.n],
                    fate=record.fate,
                    fate_ns=record.at_ns,
                    sent_order=record.sent_order,
                )


class Recording:
    """One recording that is being written: records wait until they are handed over."""

    def __init__(self, store: TraceStore) -> None:
        self.writer = DirectWriter(store._engine)
        self.id = self.writer.begin(info())
        self.waiting: list[Record] = []
        self.written = Written()
        self.open: dict[int, ScriptRun] = {}  # runs that go on, by app session
        self.steps: dict[int, int] = {}  # by run: how many it has made
        self.all = Written()  # what waits, too

    def emit(self, *records: Record) -> None:
        for record in records:
            self.waiting.append(record)
            self.all.add(record)

    def hand_over(self) -> None:
        self.writer.write(self.waiting)
        for record in self.waiting:
            self.written.add(record)
        self.waiting.clear()


class Interleaving(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "recordings.sqlite"
        self.store = TraceStore.open(path)
        self.readers = [self.store, TraceStore.open(path, create=False)]
        self.recordings = [Recording(self.store)]

    def teardown(self) -> None:
        try:
            for recording in self.recordings:
                recording.hand_over()
                recording.writer.finish(True)
                for n in recording.written.runs:
                    self._check_steps(self.readers[1], recording, n, 1, None)
                assert self.store.recording(recording.id).complete
        finally:
            for store in self.readers:
                store.close()
            self._folder.cleanup()

    def _any(self, number: int) -> Recording:
        return self.recordings[number % len(self.recordings)]

    # -- what happens in the apps -------------------------------------------------------------

    @precondition(lambda self: len(self.recordings) < 2)
    @rule()
    def another_recording_begins(self) -> None:
        self.recordings.append(Recording(self.store))

    @rule(which=Number, session=some.integers(1, SESSIONS))
    def a_run_begins(self, which: int, session: int) -> None:
        """A tab that runs already runs again: its run before is over."""
        recording = self._any(which)
        before = recording.open.pop(session, None)
        if before is not None:
            recording.emit(replace(before, outcome=Outcome.SUPERSEDED, ended_ns=before.n * 10**6))
        n = len(recording.steps) + 1
        recording.open[session] = run(n, app_session=session)
        recording.steps[n] = 0
        recording.emit(recording.open[session])

    @rule(which=Number, turns=some.lists(some.tuples(Number, some.integers(1, 70)), max_size=9))
    def runs_make_steps_in_turn(self, which: int, turns: list[tuple[int, int]]) -> None:
        """Also one that is over: its threads go on. Scripts of two kinds say the same each time."""
        recording = self._any(which)
        newest = list(recording.steps)[-4:]
        for number, count in turns if newest else ():
            n = newest[number % len(newest)]
            first = recording.steps[n] + 1
            recording.steps[n] += count
            rnd = random.Random(n * 1000 + first)
            recording.emit(part(rnd, n, range(first, first + count), 1000 * (n % 5 == 0)))

    @rule(which=Number, session=some.integers(1, SESSIONS), key=some.sampled_from("abc"))
    def a_run_writes(self, which: int, session: int, key: str) -> None:
        """To session state, and an element to the page."""
        recording = self._any(which)
        here = recording.open.get(session)
        if here is None:
            return
        number = len(recording.all.messages) + 1
        text, step = f"{number}", recording.steps[here.n]
        write = StateWrite(here.n, number, step, key, StateOp.SET, None, text, "app.py", 3)
        body = MessageBody(f"hash {number % 7}", b"body %d" % (number % 7))
        sent = message(number, here.n, body.hash, app_session=session)
        recording.emit(write, body, sent)

    @rule(which=Number, number=Number, fate=some.sampled_from(MessageFate))
    def a_message_is_settled(self, which: int, number: int, fate: MessageFate) -> None:
        recording = self._any(which)
        waiting = [m.n for m in recording.all.messages.values() if m.fate is MessageFate.PENDING]
        if waiting and fate is not MessageFate.PENDING:
            n = waiting[number % len(waiting)]
            order = n if fate is MessageFate.DELIVERED else None
            recording.emit(MessageSettled(n, fate, n * 9, order))

    @rule(which=Number, session=some.integers(1, SESSIONS))
    def a_run_ends(self, which: int, session: int) -> None:
        recording = self._any(which)
        here = recording.open.pop(session, None)
        if here is not None:
            steps = recording.steps[here.n]
            recording.emit(replace(here, outcome=Outcome.COMPLETED, ended_ns=here.n, steps=steps))

    @rule(which=Number)
    def what_waits_is_written(self, which: int) -> None:
        self._any(which).hand_over()

    # -- what readers find --------------------------------------------------------------------

    @rule(which=Number, reader=some.booleans(), number=Number, first=Number, length=Number)
    def steps_are_read(
        self, which: int, reader: bool, number: int, first: int, length: int
    ) -> None:
        recording = self._any(which)
        runs = list(recording.written.chunks)
        if runs:
            n = runs[number % len(runs)]
            first = first % recording.steps[n] + 1
            last = first + length % 50 if length % 3 else None
            self._check_steps(self.readers[reader], recording, n, first, last)

    def _check_steps(
        self, store: TraceStore, recording: Recording, n: int, first: int, last: int | None
    ) -> None:
        chunks = recording.written.chunks.get(n, [])
        steps = [step for chunk in chunks for step in chunk.steps]
        end = len(steps) if last is None else last
        found = store.steps(recording.id, n, first, last)
        assert list(found.steps) == steps[first - 1 : end]
        changes = [change for chunk in chunks for change in chunk.changes]
        assert list(found.changes) == [c for c in changes if first <= c.step <= end]
        window = store.step_window(recording.id, n, first)
        assert window.total == len(steps)

    @rule(which=Number, reader=some.booleans(), session=some.integers(1, SESSIONS), run=Number)
    def a_page_and_its_state_are_read(
        self, which: int, reader: bool, session: int, run: int
    ) -> None:
        recording, store = self._any(which), self.readers[reader]
        written = recording.written
        before = 1 + run % (len(recording.steps) + 1)
        last: dict[str, StateWrite] = {}
        for write in written.state:
            its_run = written.runs[write.run]
            if its_run.app_session == session and its_run.n < before:
                last[write.key] = write
        found = store.state_before(recording.id, session, before)
        assert found == sorted(last.values(), key=lambda write: (write.run, write.at_ns))
        of_run = [m for m in written.messages.values() if m.run == before]
        assert store.messages(recording.id, before) == sorted(of_run, key=lambda m: m.n)

    @invariant()
    def the_list_of_runs_is_whole(self) -> None:
        for recording in self.recordings:
            counts = self.store.counts(recording.id)
            assert counts["runs"] == len(recording.written.runs)
            assert counts["messages"] == len(recording.written.messages)
            ended = [r for r in recording.written.runs.values() if r.ended_ns is not None]
            assert counts["ended_runs"] == len(ended)


Interleaving.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    derandomize=True,
    phases=[Phase.generate],  # with Phase.shrink it takes minutes to find a small order that fails
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_any_order = Interleaving.TestCase
