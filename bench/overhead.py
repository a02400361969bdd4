"""How much slower a script runs when it is recorded: ratios from one run, traced and not in turn.

    python bench/overhead.py [--rounds 5] [--runs 8]

Each workload is timed inside the script itself, from its first line to its last; what is compared
is the median of a drive's later runs (imports and caches are warm), and what is printed is the
median of the ratios of neighbouring drives, with their range. The machine's noise hits both sides.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import types
from pathlib import Path

import rerun_trace
from rerun_trace.tracer.host.driver import drive
from rerun_trace.tracer.host.scenario import Scenario, ScenarioStep

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
ENGINES = ["monitoring", "settrace"] if sys.version_info >= (3, 12) else ["settrace"]
HOT_LOOP = """
import streamlit as st
total = 0
for i in range(1_000_000):
    total += i
st.write(total)
"""
CALLS = """
import streamlit as st
def add(a, b):
    return a + b
total = 0
for i in range(200_000):
    total = add(total, i)
st.write(total)
"""


class Clock(types.ModuleType):
    """What the timed scripts import as `bench_clock`."""

    def __init__(self) -> None:
        super().__init__("bench_clock")
        self.times: list[float] = []
        self._began = 0.0

    def begin(self) -> None:
        self._began = time.perf_counter()

    def end(self) -> None:
        self.times.append(time.perf_counter() - self._began)


def timed_drive(app: Path, runs: int, clock: Clock, engine: str | None, values: bool) -> float:
    """Median seconds of a warm run of the script."""
    clock.times.clear()
    steps = Scenario(tuple(ScenarioStep("rerun") for _ in range(runs)))
    if engine is None:
        drive(app, steps)
    else:
        with (
            tempfile.TemporaryDirectory() as folder,
            rerun_trace.start(Path(folder) / "bench.sqlite", engine, app=app, values=values),
        ):
            drive(app, steps)
    return statistics.median(clock.times[2:])


def main() -> None:
    """Print one line a workload and engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=8)
    options = parser.parse_args()
    clock = Clock()
    sys.modules["bench_clock"] = clock
    workloads = {
        "dashboard": (SAMPLES / "dashboard.py").read_text(),
        "hot loop, 1,000,000": HOT_LOOP,
        "200,000 calls": CALLS,
    }
    print(f"Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in workloads.items():
            app = Path(folder) / "app.py"
            app.write_text(f"import bench_clock; bench_clock.begin()\n{text}\nbench_clock.end()\n")
            for engine in ENGINES:
                for values in (True, False):
                    ratios, plain = [], 0.0
                    for _ in range(options.rounds):
                        plain = timed_drive(app, options.runs, clock, None, True)
                        traced = timed_drive(app, options.runs, clock, engine, values)
                        ratios.append(traced / plain)
                    print(
                        f"{name:20} {engine:10} values {'on ' if values else 'off'}"
                        f"  x{statistics.median(ratios):.2f}"
                        f"  ({min(ratios):.2f}-{max(ratios):.2f})  untraced {plain * 1e3:.1f} ms",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
