"""The tools that are measured: rerun-trace's engines, and what people would use instead."""

from __future__ import annotations

import bdb
import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

NOTHING = "nothing, but is told of each line"
LINES, LINES_AND_VALUES = "each line, in order", "each line, in order, and values"


class Tool:
    """One tool in one process. It watches all threads, or the script's own from line to line."""

    def __init__(self, app: Path, folder: Path) -> None:
        """`app` is the script; what the tool keeps goes below `folder`."""
        self.app, self.folder = app, folder

    def start(self) -> None:
        """Before the app is driven."""

    def enter(self, frame: FrameType) -> None:
        """On the script's thread, before the first line of each run; `frame` is the script's."""

    def leave(self) -> None:
        """On the script's thread, after the last line."""

    def stop(self) -> None:
        """When the app is over: everything is on the disk afterwards."""


class RerunTrace(Tool):
    """Ours. `steps` is known after `stop`."""

    engine, values = "auto", True

    def start(self) -> None:
        import rerun_trace

        self._db = self.folder / "recording.sqlite"
        self._recording = rerun_trace.start(self._db, self.engine, app=self.app, values=self.values)

    def stop(self) -> None:
        self._recording.stop()
        error = self._recording.recorder.error
        if error is not None:
            raise error

    def steps(self) -> tuple[int, int]:
        """Steps that were kept, and the bytes of steps, calls and values that they took."""
        import sqlite3

        with contextlib.closing(sqlite3.connect(self._db)) as database:
            count, size = database.execute(
                "SELECT coalesce(sum(steps), 0), "
                "coalesce(sum(length(data) + coalesce(length(frames), 0)), 0) FROM step_chunks"
            ).fetchone()
        return int(count), int(size)


class NothingByMonitoring(Tool):
    """What no tool that is told of each line can go below: a function that does nothing."""

    def start(self) -> None:
        monitoring: Any = vars(sys)["monitoring"]
        self._monitoring, events = monitoring, monitoring.events
        monitoring.use_tool_id(monitoring.PROFILER_ID, "nothing")

        def on_start(code: CodeType, offset: int) -> Any:
            if code.co_filename == str(self.app):
                monitoring.set_local_events(monitoring.PROFILER_ID, code, events.LINE)
            return monitoring.DISABLE

        monitoring.register_callback(monitoring.PROFILER_ID, events.PY_START, on_start)
        monitoring.register_callback(monitoring.PROFILER_ID, events.LINE, lambda code, line: None)
        monitoring.set_events(monitoring.PROFILER_ID, events.PY_START)

    def stop(self) -> None:
        self._monitoring.set_events(self._monitoring.PROFILER_ID, 0)
        self._monitoring.free_tool_id(self._monitoring.PROFILER_ID)


class NothingBySettrace(Tool):
    """The same for `sys.settrace`."""

    def enter(self, frame: FrameType) -> None:
        file = str(self.app)

        def on_line(frame: FrameType, event: str, arg: Any) -> Any:
            return on_line

        def on_call(frame: FrameType, event: str, arg: Any) -> Any:
            return on_line if frame.f_code.co_filename == file else None

        frame.f_trace = on_line
        sys.settrace(on_call)

    def leave(self) -> None:
        sys.settrace(None)


class Coverage(Tool):
    core = "ctrace"

    def start(self) -> None:
        import coverage

        os.environ["COVERAGE_CORE"] = self.core
        self._coverage = coverage.Coverage(
            data_file=str(self.folder / "coverage"), include=[str(self.app)], config_file=False
        )
        self._coverage.start()

    def stop(self) -> None:
        self._coverage.stop()
        self._coverage.save()


class VizTracer(Tool):
    def start(self) -> None:
        from viztracer import VizTracer as Tracer

        self._tracer = Tracer(output_file=str(self.folder / "trace.json"), verbose=0)
        self._tracer.start()

    def stop(self) -> None:
        self._tracer.stop()
        self._tracer.save()


class Pyinstrument(Tool):
    def start(self) -> None:
        self._runs = 0

    def enter(self, frame: FrameType) -> None:
        from pyinstrument import Profiler

        self._runs += 1
        self._profiler = Profiler(async_mode="disabled")
        self._profiler.start()

    def leave(self) -> None:
        session = self._profiler.stop()
        session.save(str(self.folder / f"{self._runs}.pyisession"))


class Snoop(Tool):
    def start(self) -> None:
        import snoop

        self._out = (self.folder / "snoop.txt").open("w")
        snoop.install(builtins=False, out=self._out, color=False)

    def enter(self, frame: FrameType) -> None:
        import snoop

        self._tracer = snoop.snoop()
        above, walk = 0, sys._getframe(0)
        while walk is not frame and walk.f_back is not None:
            walk, above = walk.f_back, above + 1
        self._tracer.__enter__(context=above)
        self._above = above

    def leave(self) -> None:
        self._tracer.__exit__(None, None, None, context=self._above)

    def stop(self) -> None:
        self._out.close()


class Birdseye(Tool):
    def start(self) -> None:
        os.environ["BIRDSEYE_DB"] = f"sqlite:///{self.folder / 'birdseye.sqlite'}"
        from birdseye import eye

        self._eye = eye

    def run(self, text: str) -> None:
        """Run a script's text as birdseye compiles it."""
        names = {"__name__": "__main__"}
        self._eye.exec_string(text, str(self.app), names, names, deep=True)


class Hunter(Tool):
    def start(self) -> None:
        import hunter

        self._out = (self.folder / "hunter.txt").open("w")
        self._tracer = hunter.trace(
            filename=str(self.app), action=hunter.CodePrinter(stream=self._out)
        )

    def stop(self) -> None:
        self._tracer.stop()
        self._out.close()


class Bdb(Tool):
    """The least that a stepper on `bdb` does: at each line of the script, all variables as text."""

    def start(self) -> None:
        self._out = (self.folder / "steps.txt").open("w")

    def enter(self, frame: FrameType) -> None:
        stepper = _Stepper(str(self.app), self._out.write)
        stepper.reset()
        frame.f_trace = stepper.trace_dispatch
        stepper.set_step()
        sys.settrace(stepper.trace_dispatch)

    def leave(self) -> None:
        sys.settrace(None)

    def stop(self) -> None:
        self._out.close()


class _Stepper(bdb.Bdb):
    def __init__(self, file: str, write: Callable[[str], Any]) -> None:
        super().__init__()
        self._file, self._write = file, write

    def dispatch_call(self, frame: FrameType, arg: Any) -> Any:
        # Without this it would step through Streamlit and pandas as well.
        if frame.f_code.co_filename != self._file:
            return None
        return super().dispatch_call(frame, arg)

    def user_line(self, frame: FrameType) -> None:
        texts = {name: repr(value) for name, value in frame.f_locals.items() if name[:2] != "__"}
        self._write(f"{frame.f_lineno} {texts}\n")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A tool under a name, and what it records."""

    name: str
    make: Callable[[Path, Path], Tool]
    records: str
    ours: bool = False
    oldest_python: tuple[int, int] = (3, 11)


def _ours(engine: str, values: bool) -> Contestant:
    kind = type("Ours", (RerunTrace,), {"engine": engine, "values": values})
    return Contestant(
        f"rerun-trace, {engine}" + ("" if values else ", no values"),
        kind,
        LINES_AND_VALUES if values else LINES,
        ours=True,
        oldest_python=(3, 12) if engine == "monitoring" else (3, 11),
    )


CONTESTANTS = {
    contestant.name: contestant
    for contestant in (
        _ours("monitoring", True),
        _ours("monitoring", False),
        _ours("settrace", True),
        _ours("settrace", False),
        Contestant("does nothing, monitoring", NothingByMonitoring, NOTHING, oldest_python=(3, 12)),
        Contestant("does nothing, settrace", NothingBySettrace, NOTHING),
        Contestant(
            "coverage.py, monitoring",
            type("Coverage", (Coverage,), {"core": "sysmon"}),
            "which lines ran",
            oldest_python=(3, 12),
        ),
        Contestant("coverage.py, C", Coverage, "which lines ran"),
        Contestant("VizTracer", VizTracer, "calls, with times"),
        Contestant("pyinstrument", Pyinstrument, "a sample each ms"),
        Contestant("hunter", Hunter, LINES),
        Contestant("bdb", Bdb, LINES_AND_VALUES),
        Contestant("snoop", Snoop, LINES_AND_VALUES + ", of the script alone"),
        Contestant("birdseye", Birdseye, "each expression's first and last values"),
    )
    if sys.version_info >= contestant.oldest_python
}
