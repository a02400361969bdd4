"""What an engine switches off, and when it is switched on again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from support import ENGINES, run_code

from rerun_trace.tracer.capture.budget import Budget
from rerun_trace.tracer.capture.engines import choose_engine
from rerun_trace.tracer.capture.recorder import Recorder
from rerun_trace.tracer.capture.scope import Scope
from rerun_trace.tracer.model import LineCount, StepChunk

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_a_second_recording_meets_the_code_of_the_first(engine: str, tmp_path: Path) -> None:
    # GIVEN a function that a recording knows, and that no other code ran since
    function: FunctionType = run_code(
        "def f(a):\n    return a\nf(1)\n", tmp_path, engine
    ).namespace["f"]
    # WHEN another recording of the same process calls it
    chosen = choose_engine(engine).engine
    recorder = Recorder(Scope(str(tmp_path)), chosen)
    chosen.start(recorder.hooks, [])
    try:
        run = recorder.begin_run(1, True)
        function(1)
        recorder.end_run(run)
    finally:
        chosen.stop()
    # THEN it is recorded
    chunks = [record for record in recorder.drain() if isinstance(record, StepChunk)]
    assert [step.line for chunk in chunks for step in chunk.steps] == [2]


FEW = """
def few(n):
    if n == 7:
        n = -n
    return n
for n in range(9):
    few(n)
"""


def test_a_line_that_runs_late_is_kept_though_its_function_was_called_too_often(
    engine: str, tmp_path: Path
) -> None:
    run = run_code(FEW, tmp_path, engine, line_hits=3, calls=3)
    assert {count.line for count in run.counts} == {2, 3, 4, 5, 6, 7}
    assert [(c.line, c.hits, c.capped) for c in run.counts if c.line in (3, 4)] == [
        (3, 3, True),
        (4, 1, False),
    ]


def test_what_was_switched_off_altogether_comes_back_with_the_next_run(
    engine: str, tmp_path: Path
) -> None:
    text = "def f(a):\n    return a\nfor n in range(9):\n    f(n)\n"
    run = run_code(text, tmp_path, engine, times=3, line_hits=3, calls=3)
    first, *others = [
        [(c.line, c.hits, c.capped) for c in counts if c.line == 2] for counts in run.runs()
    ]
    assert first == [(2, 3, True)]
    assert others == [first, first]
    assert len(run.frames) == 3 * (1 + 3)  # each run's module and its first three calls


LOOP = """
def loop(times):
    for n in range(times):
        total = n
"""


class ScriptThread:
    """A thread that does one thing after the other, as Streamlit's script threads do."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._asked, self._done = threading.Semaphore(0), threading.Semaphore(0)
        self._job: Callable[[], Any] | None = None
        self._result: Any = None
        self._thread.start()

    def do(self, job: Callable[..., Any], *args: Any) -> Any:
        """Do it on that thread, and wait until it is done."""
        self._job = lambda: job(*args)
        self._asked.release()
        assert self._done.acquire(timeout=10)
        return self._result

    def end(self) -> None:
        self._job = None
        self._asked.release()
        self._thread.join(10)

    def _work(self) -> None:
        while self._asked.acquire() and self._job is not None:
            self._result = self._job()
            self._done.release()


def test_two_tabs_that_run_at_once_are_both_seen(engine: str, tmp_path: Path) -> None:
    # GIVEN two runs of the same script that go on at the same time, each on a thread of its own
    path = tmp_path / "loop.py"
    path.write_text(LOOP)
    loop: dict[str, Any] = {}
    chosen = choose_engine(engine).engine
    recorder = Recorder(Scope(str(tmp_path)), chosen, budget=Budget(line_hits=5))
    chosen.start(recorder.hooks, [])
    try:
        exec(compile(LOOP, str(path), "exec", dont_inherit=True), loop)
        tabs = [ScriptThread(), ScriptThread()]
        runs = [tab.do(recorder.begin_run, n, True) for n, tab in enumerate(tabs, 1)]
        # WHEN the first executes a line far too often, and then the second executes it for once
        tabs[0].do(loop["loop"], 50)
        tabs[1].do(loop["loop"], 2)
        # ... and the second tab runs again, while the first one's run still goes on
        tabs[1].do(recorder.end_run, runs[1])
        again = tabs[1].do(recorder.begin_run, 3, True)
        tabs[0].do(loop["loop"], 50)
        tabs[1].do(loop["loop"], 3)
        tabs[1].do(recorder.end_run, again)
        tabs[0].do(recorder.end_run, runs[0])
        for tab in tabs:
            tab.end()
    finally:
        chosen.stop()
    # THEN nothing was switched off that the other one needed
    records = recorder.drain()
    counts = [r for r in records if isinstance(r, LineCount) and r.line == 4]
    assert [(c.run, c.hits, c.capped) for c in sorted(counts, key=lambda c: c.run)] == [
        (1, 5, True),
        (2, 2, False),
        (3, 3, False),
    ]
    chunks = [r for r in records if isinstance(r, StepChunk) and r.run == 2]
    assert [step.line for chunk in chunks for step in chunk.steps] == [3, 4, 3, 4, 3]
