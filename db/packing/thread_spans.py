"""When threads of the user's ran in a run: found in the steps as they are written. No SQL here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rerun_trace.tracer.model import StepChunk

# A thread may outlive its run: spans of this many runs are kept open to grow.
_KEPT_RUNS = 100


@dataclass(slots=True)
class ThreadSpan:
    """From the first to the last recorded step of a thread in a run, `steps` of them its own.

    `thread` is 1-based in the run: the script's own thread, 0, has no span. `function` is the
    outermost function of the user's on it, the first one when it was given several.
    """

    run: int
    thread: int
    function: str
    first_step: int
    last_step: int
    started_ns: int
    ended_ns: int
    steps: int


@dataclass(slots=True)
class _Threads:
    """Those of one run: its spans by thread and by frame."""

    spans: dict[int, ThreadSpan] = field(default_factory=dict)
    frames: dict[int, ThreadSpan] = field(default_factory=dict)


class ThreadSpans:
    """The spans of one recording, which grow with its chunks."""

    def __init__(self) -> None:
        self._runs: dict[int, _Threads] = {}  # the one that was heard of last at the end

    def take(self, chunk: StepChunk) -> Iterable[ThreadSpan]:
        """The spans that have steps in `chunk`, as they are with them."""
        own = self._runs.pop(chunk.run, None) or _Threads()
        for frame in chunk.frames:
            if frame.thread:
                fresh = ThreadSpan(chunk.run, frame.thread, frame.function, 0, 0, 0, 0, 0)
                own.frames[frame.n] = own.spans.setdefault(frame.thread, fresh)
        if not own.frames:
            return ()
        self._runs[chunk.run] = own
        if len(self._runs) > _KEPT_RUNS:
            del self._runs[next(iter(self._runs))]
        grown: dict[int, ThreadSpan] = {}
        for number, step in enumerate(chunk.steps, chunk.first_step):
            span = own.frames.get(step.frame)
            if span is None:
                continue
            if not span.steps:
                span.first_step, span.started_ns = number, step.at_ns
            span.last_step, span.ended_ns = number, step.at_ns
            span.steps += 1
            grown[span.thread] = span
        return grown.values()
