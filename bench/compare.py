"""How long a comparison takes: its ratio to driving one of its variants untraced, in one run.

    python bench/compare.py [--rounds 3]

Three variants with five interactions each, compared as `rerun-trace compare` does it (processes,
recordings, the comparison, its figures and verdicts), against one process that drives one of them
without a recording. What is printed is the median of the ratios of the rounds, with their range.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rerun_trace.comparing import Variant, compared, drive_variants, name_variants, title_of
from rerun_trace.db.reading.recording import read_recording
from rerun_trace.db.store import TraceStore
from rerun_trace.processes import AppProcess
from rerun_trace.tracer.analysis.comparison import VariantRecordings, compare_variants
from rerun_trace.tracer.driver.scenario import Scenario, ScenarioStep, plain_steps
from rerun_trace.tracer.model import Comparison

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
STEPS = Scenario(tuple(ScenarioStep("click", "button#0") for _ in range(5)))
LIMIT = 6.0


def untraced(variant: Variant) -> float:
    """Seconds to drive one variant without a recording."""
    start = time.perf_counter()
    steps = plain_steps(variant.scenario.steps)
    with AppProcess(
        "drive", app=variant.path, steps=steps, idle_timeout_s=30.0, traced=False
    ) as process:
        reports = list(process)
        process.wait(10)
    assert any("done" in report and not report["failed_step"] for report in reports), reports
    return time.perf_counter() - start


def comparison(variants: Sequence[Variant], db: Path) -> float:
    """Seconds of a whole comparison."""
    start = time.perf_counter()
    with TraceStore.open(db) as store:
        driven = drive_variants(variants, db=store.address, engine="auto", idle_timeout_s=30.0)
        assert [each.failed for each in driven] == [None] * len(variants), driven
        steps = tuple(plain_steps(STEPS.steps))
        found = compared(variants, driven)
        store.add_comparison(Comparison(title_of(variants), datetime.now(UTC), steps, found))
        compare_variants(
            [
                VariantRecordings(each.name, [read_recording(store, id) for id in each.recordings])
                for each in found
            ]
        )
    return time.perf_counter() - start


def main() -> None:
    """Print the ratio; the exit code is 1 when it is too high."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    apps = [str(SAMPLES / name) for name in ("rerun.py", "callback.py", "container.py")]
    variants = [replace(each, scenario=STEPS) for each in name_variants(apps)]
    ratios, alone = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        for n in range(options.rounds):
            alone = untraced(variants[0])
            ratios.append(comparison(variants, Path(folder) / f"{n}.sqlite") / alone)
    ratio = statistics.median(ratios)
    print(
        f"Python {sys.version.split()[0]}: 3 variants, 5 interactions each  x{ratio:.2f}"
        f"  ({min(ratios):.2f}-{max(ratios):.2f}, limit {LIMIT:g})  one untraced {alone:.2f} s"
    )
    sys.exit(ratio >= LIMIT)


if __name__ == "__main__":
    main()
