"""Which statements count as executed: the same on every Python version and with both engines."""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import ENGINES, CodeRun, run_code

CASES = {
    "a call over several lines is one statement": (
        """
        def f(a, b):
            return a + b
        x = f(
            1,
            f(2,
              3),
        )
        y = x
        """,
        [1, 3, 2, 2, 8],
    ),
    "a with block counts once, not again at its exit": (
        """
        from contextlib import nullcontext
        with nullcontext() as a:
            b = 1
            c = 2
        d = 3
        for i in range(2):
            with nullcontext():
                e = i
        """,
        [1, 2, 3, 4, 5, 6, 7, 8, 6, 7, 8, 6],
    ),
    "a with block over several items and lines": (
        """
        from contextlib import nullcontext
        with (
            nullcontext() as a,
            nullcontext() as b,
        ):
            c = 1
        d = 2
        """,
        [1, 2, 6, 7],
    ),
    "decorators belong to the definition": (
        """
        def outer(f):
            return f
        @outer
        @outer
        def g(
            x,
        ):
            return x
        g(1)
        """,
        [1, 3, 2, 2, 9, 8],
    ),
    "loops count each turn of their header": (
        """
        total = 0
        for i in range(3):
            total += i
        while total > 1:
            total -= 1
        else:
            total = 9
        """,
        [1, 2, 3, 2, 3, 2, 3, 2, 4, 5, 4, 5, 4, 7],
    ),
    "an endless loop counts each turn": (
        """
        it = iter([1, 2, 3])
        try:
            while True:
                next(it)
        except StopIteration:
            done = True
        """,
        [1, 2, 3, 4, 3, 4, 3, 4, 3, 4, 5, 6],
    ),
    "comprehensions are part of their statement": (
        """
        a = [i for i in range(3)]
        b = {
            i: j
            for i in a
            for j in a
        }
        c = sum(i for i in a if i)
        """,
        [1, 2, 7],
    ),
    "a lambda counts when something else calls it": (
        """
        f = lambda x: x + 1
        y = f(1)
        z = sorted([2, 1], key=lambda v: v)
        """,
        [1, 2, 1, 3],
    ),
    "try, except, else, finally": (
        """
        def f(fail):
            try:
                if fail:
                    raise ValueError
            except ValueError as e:
                x = 1
            else:
                x = 2
            finally:
                y = 3
            return x
        f(True)
        f(False)
        """,
        [1, 12, 2, 3, 4, 5, 6, 10, 11, 13, 2, 3, 8, 10, 11],
    ),
    "a finally block on the way out of an exception": (
        """
        def f():
            try:
                raise KeyError
            finally:
                a = 1
                b = 2
        try:
            f()
        except KeyError:
            pass
        """,
        [1, 7, 8, 2, 3, 5, 6, 9, 10],
    ),
    "generators go on where they were": (
        """
        def g():
            x = 1
            yield x
            x = 2
            yield x
        for v in g():
            w = v
        """,
        [1, 6, 2, 3, 6 + 1, 6, 4, 5, 7, 6],
    ),
    "classes run their body once": (
        """
        class A:
            x = 1
            def m(self):
                return self.x
        a = A()
        a.m()
        """,
        [1, 2, 3, 5, 6, 4],
    ),
    "match": (
        """
        def f(v):
            match v:
                case 1:
                    r = "one"
                case [a, b]:
                    r = "pair"
                case _:
                    r = "other"
            return r
        f([1, 2])
        """,
        [1, 10, 2, 3, 5, 6, 9],
    ),
    "recursion": (
        """
        def fac(n):
            if n < 2:
                return 1
            return n * fac(n - 1)
        fac(3)
        """,
        [1, 5, 2, 4, 2, 4, 2, 3],
    ),
    "coroutines": (
        """
        import asyncio
        async def child():
            await asyncio.sleep(0)
            return 1
        async def main():
            x = await child()
            y = x
        asyncio.run(main())
        """,
        [1, 2, 5, 8, 6, 3, 4, 7],
    ),
    "conditions over several lines": (
        """
        a, b = True, False
        if (
            a
            and not b
        ):
            c = 1
        elif b:
            c = 2
        d = (1
             if a else
             2)
        """,
        [1, 2, 6, 9],
    ),
    "one line with two statements, and a function on one line": (
        """
        a = 1; b = 2
        def f(): return a
        f()
        """,
        [1, 2, 3, 2],
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_statements(case: str, engine: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    assert run_code(textwrap.dedent(text).lstrip("\n"), tmp_path, engine).lines() == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_executable_lines_are_first_lines_of_statements(engine: str, tmp_path: Path) -> None:
    text = textwrap.dedent(
        '''
        """Docstring."""
        import os

        @staticmethod
        def f(
            a,
        ):
            """Docstring."""
            return [
                i
                for i in a
            ]

        class A:
            b: int
            c: int = 1
        '''
    ).lstrip("\n")
    run = run_code(text, tmp_path, engine)
    assert run.source.executable == (1, 2, 4, 9, 14, 15, 16)
    assert {block.name for block in run.source.blocks} == {"<module>", "f", "A"}


@pytest.mark.parametrize("engine", ENGINES)
def test_calls_know_their_caller(engine: str, tmp_path: Path) -> None:
    run = run_code("def f():\n    g()\ndef g():\n    pass\nf()\ng()\n", tmp_path, engine)
    calls = [(frame.n, frame.parent, frame.function) for frame in run.frames]
    assert calls == [(1, 0, "<module>"), (2, 1, "f"), (3, 2, "g"), (4, 1, "g")]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_budget_keeps_the_first_hits_and_says_so(engine: str, tmp_path: Path) -> None:
    text = "n = 0\nfor i in range(5000):\n    n += 1\n    if i == 4998:\n        n = -1\nend = n\n"
    run = run_code(text, tmp_path, engine, line_hits=10)
    hits = {count.line: (count.hits, count.capped) for count in run.counts}
    assert hits[3] == (10, True)
    assert hits[5] == (1, False), "a line first reached late in a hot loop is still seen"
    assert run.lines()[-1] == 6
    assert any("10+" in limit.text for limit in run.limits)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_switched_off_is_back_in_the_next_run(engine: str, tmp_path: Path) -> None:
    text = "n = 0\nfor i in range(100):\n    n += f(n)\n"
    text = "def f(n):\n    return 1\n" + text
    run = run_code(text, tmp_path, engine, line_hits=5, calls=5, times=2)
    first, second = run.runs()
    assert [c.hits for c in first] == [c.hits for c in second]
    assert any(c.capped for c in first)
    calls = [frame.function for frame in run.frames]
    assert calls == ["<module>", *["f"] * 5] * 2


@pytest.mark.parametrize("engine", ENGINES)
def test_a_function_called_too_often_still_shows_its_rare_branch(
    engine: str, tmp_path: Path
) -> None:
    text = """
def f(i):
    if i == 900:
        return "rare"
    return i
def g(i):
    return f(i)
for i in range(1000):
    g(i)
"""
    run = run_code(text, tmp_path, engine, line_hits=5, calls=5)
    assert 4 in run.lines()
    assert len(run.frames) == 1 + 5 + 5


@pytest.mark.parametrize("engine", ENGINES)
def test_threads_belong_to_the_run_that_started_them(engine: str, tmp_path: Path) -> None:
    text = """
import threading
def work(out):
    out.append(1)
out = []
threads = [threading.Thread(target=work, args=(out,)) for _ in range(2)]
for thread in threads:
    thread.start()
    thread.join()
"""
    run = run_code(text, tmp_path, engine)
    assert sorted(frame.thread for frame in run.frames if frame.function == "work") == [1, 2]


@pytest.mark.parametrize("engine", ENGINES)
def test_values_are_told_with_the_step_after_which_they_hold(engine: str, tmp_path: Path) -> None:
    text = """
a = 1
b = [a]
b.append(2)
def f(x, *rest, k=3):
    y = x + k
    return y
a = f(b[1])
del b
"""
    run = run_code(text, tmp_path, engine)
    told = [(run.steps[c.step - 1].line if c.step else 0, c.name, c.text) for c in run.changes]
    assert told == [
        (2, "a", "1"),
        (3, "b", "[1]"),
        (4, "b", "[1, 2]"),
        (8, "x", "2"),
        (8, "k", "3"),
        (8, "rest", "()"),
        (6, "y", "5"),
        (7, "return", "5"),
        (7, "a", "5"),  # line 8 is done when the call that it makes has returned
        (9, "b", None),
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_interpreter_is_left_as_it_was(engine: str, tmp_path: Path) -> None:
    import sys

    def tools() -> list[str | None]:
        monitoring: Any = getattr(sys, "monitoring", None)
        return [] if monitoring is None else [monitoring.get_tool(n) for n in range(6)]

    before = tools()  # what measures these tests may be among them
    run_code("a = 1\n", tmp_path, engine)
    assert sys.gettrace() is None
    assert threading.gettrace() is None
    assert tools() == before


def test_a_refused_start_leaves_nothing_behind(tmp_path: Path) -> None:
    import sys

    import rerun_trace
    from rerun_trace.db.store import TraceStore
    from rerun_trace.tracer.errors import EngineUnavailable

    def debugger(frame: object, event: str, arg: object) -> None:
        return None

    sys.settrace(debugger)
    try:
        with pytest.raises(EngineUnavailable):
            rerun_trace.start(tmp_path / "db.sqlite", "settrace", app=__file__)
    finally:
        sys.settrace(None)
    with TraceStore.open(tmp_path / "db.sqlite") as store:
        assert store.recordings() == []
    assert "rerun-trace-writer" not in {thread.name for thread in threading.enumerate()}


def test_settrace_refuses_while_a_debugger_holds_it(tmp_path: Path) -> None:
    import sys

    from rerun_trace.tracer.errors import EngineUnavailable

    def debugger(frame: object, event: str, arg: object) -> None:
        return None

    sys.settrace(debugger)
    try:
        with pytest.raises(EngineUnavailable, match="in use"):
            run_code("a = 1\n", tmp_path, "settrace")
        assert sys.gettrace() is debugger
    finally:
        sys.settrace(None)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failure_of_ours_ends_the_recording_and_not_the_app(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rerun_trace.tracer.capture.steps import StepHooks

    def broken(self: StepHooks, *args: object) -> bool:
        raise RuntimeError("ours")

    monkeypatch.setattr(StepHooks, "line", broken)
    run: CodeRun = run_code("a = 1\nb = a + 1\n", tmp_path, engine)
    assert run.namespace["b"] == 2
    assert isinstance(run.recorder.error, RuntimeError)


def test_a_step_made_while_the_run_ends_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rerun_trace.tracer.capture.traces import RunTrace
    from rerun_trace.tracer.model import Step, StepChunk

    run = run_code("a = 1\n", tmp_path, "settrace")
    recorder = run.recorder
    trace = recorder.begin_run(2, True)
    trace.began -= 1  # s: it is not waited for
    cut = RunTrace.cut

    def late(run: RunTrace) -> StepChunk | None:
        chunk = cut(trace)
        if not trace.ended:
            trace.steps.append(Step(1, 1, 1, 1))
            recorder.end_run(trace)
        return chunk

    monkeypatch.setattr(RunTrace, "cut", late)
    records = [*recorder.drain(), *recorder.drain()]
    assert [len(r.steps) for r in records if isinstance(r, StepChunk)] == [1]


def test_too_many_waiting_records_are_dropped_and_counted(tmp_path: Path) -> None:
    from rerun_trace.tracer.model import CacheAccess, Limit

    recorder = run_code("a = 1\n", tmp_path, "settrace", pending=10).recorder
    for n in range(100):
        recorder.emit(CacheAccess(1, n, 0, "f", "data", True, 1))
    records = recorder.drain()
    assert len(records) < 20
    assert any("records dropped" in r.text for r in records if isinstance(r, Limit))


def test_what_a_page_message_says_is_read_when_it_is_drained(tmp_path: Path) -> None:
    from functools import partial

    from rerun_trace.tracer.model import CacheAccess, Limit, MessageBody, Record

    recorder = run_code("a = 1\n", tmp_path, "settrace", pending_bytes=100).recorder
    recorder.drain()
    made: list[tuple[int, bool]] = []

    def make(n: int, details: bool) -> Iterator[Record]:
        made.append((n, details))
        if details:
            yield MessageBody(f"{n}", b"")
        yield CacheAccess(1, n, 0, "f", "data", True, 1)

    recorder.emit_later(partial(make, 1), 70)
    recorder.emit(CacheAccess(1, 2, 0, "f", "data", True, 1))
    recorder.emit_later(partial(make, 3), 70)
    assert not made
    recorder.emit_later(partial(make, 4), 70)  # no room: 140 bytes wait already
    assert made == [(4, False)]
    *records, limit = recorder.drain()
    told = [r.hash if isinstance(r, MessageBody) else getattr(r, "at_ns", None) for r in records]
    assert told == [
        *("1", 1),
        2,
        *("3", 3),
        4,
    ]
    assert isinstance(limit, Limit)
    assert limit.text.startswith("1 records dropped")
    recorder.emit_later(partial(make, 5), 70)  # there is room again
    assert len(recorder.drain()) == 2


def test_the_first_record_after_each_drain_is_announced(tmp_path: Path) -> None:
    from rerun_trace.tracer.model import CacheAccess

    recorder = run_code("a = 1\n", tmp_path, "settrace").recorder
    recorder.drain()
    said: list[int] = []

    def wake(run_is_over: bool) -> bool:
        said.append(1)
        return False

    recorder.outbox.wake_with(wake)
    for _ in range(2):
        for n in range(3):
            recorder.emit(CacheAccess(1, n, 0, "f", "data", True, 1))
        recorder.drain()
    assert len(said) == 2


@pytest.mark.parametrize(
    ("is_at_rest", "drained_after", "naps"), [(True, 3, 3), (True, 99, 8), (False, 99, 0)]
)
def test_a_run_that_is_over_waits_briefly_for_a_sink_at_rest(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_at_rest: bool,
    drained_after: int,
    naps: int,
) -> None:
    from rerun_trace.tracer.model import CacheAccess

    recorder = run_code("a = 1\n", tmp_path, "settrace").recorder
    recorder.drain()
    recorder.emit(CacheAccess(1, 1, 0, "f", "data", True, 1))
    taken: list[float] = []

    def nap(seconds: float) -> None:
        taken.append(seconds)
        if len(taken) == drained_after:
            recorder.drain()

    monkeypatch.setattr("rerun_trace.tracer.capture.recorder.sleep", nap)
    recorder.outbox.wake_with(lambda run_is_over: run_is_over and is_at_rest)
    recorder.hand_over()
    assert len(taken) == naps
    assert sum(taken) < 0.002  # s: the app must not notice


def test_the_steps_of_a_short_run_come_in_one_piece(tmp_path: Path) -> None:
    from rerun_trace.tracer.model import Step, StepChunk

    def drained() -> list[int]:
        return [len(r.steps) for r in recorder.drain() if isinstance(r, StepChunk)]

    recorder = run_code("a = 1\n", tmp_path, "settrace").recorder
    recorder.drain()
    short, long, last = (recorder.begin_run(n, True) for n in (2, 3, 4))
    for run in (short, long, last):
        run.steps.append(Step(1, 1, 1, 1))
    assert drained() == []
    recorder.end_run(short)
    assert drained() == [1]
    long.began -= 1  # s
    assert drained() == [1]
    recorder.outbox.close()
    assert drained() == [1]


def test_what_can_never_run_is_not_executable(tmp_path: Path) -> None:
    """Python up to 3.11 keeps the code of functions whose definition it leaves out."""
    text = """
    def f():
        return 1
        def after():
            return lambda: (
                2
            )
    if True:
        f()
    else:
        class A:
            def g(self):
                return 3
    """
    run = run_code(textwrap.dedent(text).lstrip(), tmp_path, "auto")
    assert {block.name: block.lines for block in run.source.blocks} == {
        "<module>": (1, 7, 8),
        "f": (2,),
    }
