"""A store that keeps one recording's records in memory: generated scripts need no database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.model import (
    AppSession,
    CacheAccess,
    Callback,
    ContainerWrite,
    DrawnWidget,
    Interaction,
    Limit,
    LineCount,
    MessageBody,
    MessageSettled,
    PageMessage,
    QueryChange,
    Record,
    RecordingInfo,
    RerunRequest,
    RunError,
    ScriptRun,
    Source,
    StateAttempt,
    StateRead,
    StateWrite,
    StepChunk,
)


class Memory:
    """A recorder's sink, and what one reads of a store. Drained once, at the end."""

    def open(self, info: RecordingInfo, drain: Callable[[], Sequence[Record]]) -> int:
        self._info, self._drain = info, drain
        return 1

    def wake(self, run_is_over: bool = False) -> bool:
        """Nothing to do: it is drained when it is closed."""
        return False

    def close(self, complete: bool = True) -> None:
        self._records: list[Record] = list(self._drain())

    def _all(self, kind: type[Any]) -> list[Any]:
        return [record for record in self._records if isinstance(record, kind)]

    def _steps(self, run: int) -> StepChunk:
        chunks = [chunk for chunk in self._all(StepChunk) if chunk.run == run]
        steps, frames, changes = (
            [each for chunk in chunks for each in getattr(chunk, name)]
            for name in ("steps", "frames", "changes")
        )
        return StepChunk(run, 1, steps, frames, changes)

    def _messages(self) -> list[PageMessage]:
        settled = {s.n: s for s in self._all(MessageSettled)}
        return [
            replace(m, fate=settled[m.n].fate, sent_order=settled[m.n].sent_order)
            if m.n in settled
            else m
            for m in self._all(PageMessage)
        ]

    def sent(self) -> list[bytes]:
        """The messages that the browser received, in order."""
        bodies = {body.hash: body.data for body in self._all(MessageBody)}
        delivered = [m for m in self._messages() if m.sent_order is not None]
        return [bodies[m.body] for m in sorted(delivered, key=lambda m: m.sent_order or 0)]

    def facts(self) -> RecordingFacts:
        runs = {run.n: run for run in self._all(ScriptRun)}  # written again when they end
        return RecordingFacts(
            info=replace(self._info, limits=tuple(limit.text for limit in self._all(Limit))),
            interactions=self._all(Interaction),
            runs=list(runs.values()),
            callbacks=self._all(Callback),
            rerun_requests=self._all(RerunRequest),
            state_writes=self._all(StateWrite),
            writes=self._all(ContainerWrite),
            errors=self._all(RunError),
            line_counts=self._all(LineCount),
            messages=self._messages(),
            sources=self._all(Source),
            app_sessions=self._all(AppSession),
            state_attempts=self._all(StateAttempt),
            state_reads=self._all(StateRead),
            query_changes=self._all(QueryChange),
            drawn_widgets=self._all(DrawnWidget),
            cache_accesses=self._all(CacheAccess),
            steps=self._steps,
        )
