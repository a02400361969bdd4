"""What an engine switches off, and when it is switched on again."""

from __future__ import annotations

from pathlib import Path
from types import FunctionType

import pytest
from support import ENGINES, run_code

from rerun_trace.tracer.capture.engine import choose_engine
from rerun_trace.tracer.capture.recorder import Recorder
from rerun_trace.tracer.capture.scope import Scope
from rerun_trace.tracer.model import StepChunk

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_a_second_recording_meets_the_code_of_the_first(engine: str, tmp_path: Path) -> None:
    # GIVEN a function that a recording knows, and that no other code ran since
    function: FunctionType = run_code(
        "def f(a):\n    return a\nf(1)\n", tmp_path, engine
    ).namespace["f"]
    # WHEN another recording of the same process calls it
    chosen = choose_engine(engine).engine
    recorder = Recorder(Scope(str(tmp_path)), chosen)
    chosen.start(recorder, [])
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
