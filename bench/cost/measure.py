"""One measurement, in a process of its own: the app driven untraced, with a tool, untraced again.

    python -m bench.cost.measure WORKLOAD TOOL RUNS

Prints a line of JSON each time that it knows more, so that a tool which is too slow can be cut off
after the runs that it managed.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
import types
from pathlib import Path
from types import TracebackType
from typing import Any

from rerun_trace.tracer.driver.driver import drive
from rerun_trace.tracer.driver.scenario import Scenario, ScenarioStep

from .contestants import CONTESTANTS, Birdseye, RerunTrace, Tool
from .workloads import WORKLOADS

COLD = 2  # interactions until imports and caches are warm


class Clock:
    """Entered by the script around all of itself: seconds of script in each interaction.

    `times` are by the clock on the wall, `cpu` is what the script's thread computed in them.
    """

    def __init__(self) -> None:
        self.times: list[float] = []
        self.cpu: list[float] = []
        self.tool: Tool | None = None
        self.raised: str | None = None  # an error of the script's; what Streamlit raises is none
        self._began = self._cpu_began = 0.0

    def __enter__(self) -> None:
        if self.tool is not None:
            self.tool.enter(sys._getframe(1))
        self._cpu_began = time.thread_time()
        self._began = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.times[-1] += time.perf_counter() - self._began
        self.cpu[-1] += time.thread_time() - self._cpu_began
        if isinstance(error, Exception):
            self.raised = f"the script raises {type(error).__name__}"
        if self.tool is not None:
            self.tool.leave()

    def interaction(self, *ignored: object) -> None:
        """The next one begins."""
        if len(self.times) > COLD and self.tool is not None:
            say(times=self.times[COLD:], cpu=self.cpu[COLD:])
        self.times.append(0.0)
        self.cpu.append(0.0)

    def take(self) -> tuple[list[float], list[float]]:
        """The warm interactions so far; begins again."""
        taken = self.times[COLD:], self.cpu[COLD:]
        self.times, self.cpu = [], []
        return taken


def say(**known: Any) -> None:
    print(json.dumps(known), flush=True)


def main(workload_name: str, tool_name: str, runs: int) -> None:
    workload, contestant = WORKLOADS[workload_name], CONTESTANTS[tool_name]
    clock = Clock()
    module: Any = types.ModuleType("bench_clock")
    module.run = clock
    sys.modules["bench_clock"] = module
    step = ScenarioStep("click", "button#0") if workload.click else ScenarioStep("rerun")
    steps = Scenario((step,) * (COLD - 1 + runs))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        app, kept = folder / "app" / "app.py", folder / "kept"
        app.parent.mkdir()
        kept.mkdir()
        app.write_text(workload.app())
        drive(app, steps, on_step=clock.interaction)
        untraced, untraced_cpu = clock.take()
        say(untraced=untraced, untraced_cpu=untraced_cpu, peak_before=peak())
        tool = contestant.make(app, kept)
        if isinstance(tool, Birdseye):
            app.write_text(workload.app(birdseye=True))
            module.birdseye = lambda: tool.run(workload.text)
        tool.start()
        clock.tool = tool
        drive(app, steps, idle_timeout_s=1000, on_step=clock.interaction)
        drives = len(clock.times)
        times, cpu = clock.take()
        writer = peak_of_children()
        began = time.perf_counter()
        tool.stop()
        stopping = time.perf_counter() - began
        if clock.raised:
            sys.exit(clock.raised)
        disk = sum(path.stat().st_size for path in kept.rglob("*") if path.is_file())
        count, size = tool.steps() if isinstance(tool, RerunTrace) else (None, None)
        say(
            times=times,
            cpu=cpu,
            peak_after=peak(),
            peak_writer=writer,
            stopping=stopping,
            disk=disk,
            interactions=drives,
            steps=count,
            step_bytes=size,
        )
        # A process gets slower as it goes on: what is untraced stands on both sides.
        clock.tool = None
        app.write_text(workload.app())
        drive(app, steps, on_step=clock.interaction)
        after, after_cpu = clock.take()
        say(untraced=untraced + after, untraced_cpu=untraced_cpu + after_cpu)


def peak() -> int:
    """Most memory that this process has had so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def peak_of_children() -> int:
    """Most memory that one of this process's children has had so far, in bytes.

    Not `RUSAGE_CHILDREN`: that counts what a child shared with its parent before it became another
    program.
    """
    peaks = [0]
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            known = dict(line.split(":", 1) for line in path.read_text().splitlines())
        except OSError:
            continue  # it ended
        if int(known["PPid"]) == os.getpid() and "VmHWM" in known:
            peaks.append(int(known["VmHWM"].split()[0]) * 1024)
    return max(peaks)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
