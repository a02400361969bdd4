"""Why a script run started, what it did and how it ended, in a few sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rerun_trace.tracer.analysis.coverage import FileCoverage, ending
from rerun_trace.tracer.analysis.sight import sight_words
from rerun_trace.tracer.model import (
    CacheAccess,
    Callback,
    ContainerWrite,
    Interaction,
    MessageFate,
    Outcome,
    RerunRequest,
    RunError,
    ScriptRun,
    StateWrite,
    TriggerType,
)
from rerun_trace.web import words
from rerun_trace.web.timeline import fate_word

Piece = dict[str, Any]
"""A part of a sentence: `text`, and where it leads: a `step` (of `run`, if given), a `run`'s end,
or a `line` of a `file`."""


@dataclass(frozen=True)
class RunRecords:
    """Everything that belongs to one run, plus the request that triggered it and who came next."""

    run: ScriptRun
    interaction: Interaction | None
    coverage: Sequence[FileCoverage]
    callbacks: Sequence[Callback]
    requests: Sequence[RerunRequest]
    state_writes: Sequence[StateWrite]
    writes: Sequence[ContainerWrite]
    fates: Mapping[int, MessageFate]
    errors: Sequence[RunError]
    cache: Sequence[CacheAccess]
    triggering: Sequence[RerunRequest] = ()
    next_runs: Sequence[ScriptRun] = ()
    superseded_by: int | None = None
    app: str = ""  # the recording's script
    last_seen: tuple[str | None, int | None] = (None, None)  # where sight of its lines was lost

    @property
    def main(self) -> str:
        """The script that called the page that ran, by `st.navigation`; else empty."""
        ran = {item.file for item in self.coverage if item.executed}
        return self.app if self.app != self.run.script and self.app in ran else ""


def story(records: RunRecords) -> Iterable[list[Piece]]:
    """Why the run started, what it did and how it ended: sentences, as lists of pieces."""
    yield _beginning(records)
    if records.callbacks:
        yield _callbacks(records)
    yield from _end(records)
    for request in records.requests:
        if not request.allowed:
            refusal = f": {request.refusal.rstrip('.')}" if request.refusal else ""
            yield [
                _piece("A rerun asked for at "),
                _at(request.file, request.line, request.step),
                _piece(f" was refused{refusal}."),
            ]
    if records.writes:
        yield _writes(records)
    blind = sight_words(records.run, *records.last_seen)
    if blind is not None:
        yield [_piece(blind)]
    if not records.run.detailed:
        yield [_piece("Only the run itself was kept: its lines and writes are not known.")]


def _beginning(records: RunRecords) -> list[Piece]:
    run = records.run
    ran = words.what_ran(run, records.main)
    if run.trigger_type is TriggerType.RERUN:
        request = next((item for item in records.triggering if item.allowed), None)
        call = "st.switch_page()" if request and request.scope == "page" else "st.rerun()"
        where = []
        if request is not None:
            at = _at(request.file, request.line, request.step)
            where = [_piece(" at "), {**at, "run": run.trigger}]
        return [
            _piece(f"Run {run.trigger}", run=run.trigger),
            _piece(f" called {call}"),
            *where,
            _piece(f", so Streamlit ran {ran}."),
        ]
    if records.interaction is None:
        return [_piece(f"Streamlit ran {ran}; the interaction behind it was not recorded.")]
    sentence = words.interaction_sentence(records.interaction)
    again = ran.replace("from the top", "again from the top") if run.interaction else ran
    return [_piece(sentence, step=0), _piece(f", so Streamlit ran {again}.")]


def _callbacks(records: RunRecords) -> list[Piece]:
    pieces = [_piece("Before the script's first line, the callback ")]
    for index, callback in enumerate(records.callbacks):
        if index:
            pieces.append(_piece(", then "))
        pieces.append(
            _piece(
                f"{callback.function}()",
                step=min(callback.step + 1, records.run.steps),
                file=callback.file,
                line=callback.line,
            ),
        )
        if callback.error:
            pieces.append(_piece(f" (it raised {words.shorten(callback.error)})"))
    return [*pieces, _piece(" ran.")]


def _end(records: RunRecords) -> Iterable[list[Piece]]:
    run = records.run
    last = next((item.step for item in records.requests if item.allowed), run.steps)
    here = _at(run.halted_file, run.halted_line, last)
    first = {**here, "text": here["text"].capitalize()}
    never = _never_ran(records)
    following = [
        piece
        for item in records.next_runs[:1]
        for piece in (_piece(", and "), _piece(f"run {item.n}", run=item.n), _piece(" started"))
    ]
    stop = _piece(".")
    match run.outcome:
        case Outcome.COMPLETED:
            yield [_piece("It ran to its end"), *following, stop]
        case Outcome.RERUN:
            yield [
                first,
                _piece(" called st.rerun(): this run stopped there"),
                *never,
                *following,
                stop,
            ]
        case Outcome.SWITCHED:
            yield [
                first,
                _piece(" called st.switch_page(): this run stopped there"),
                *never,
                *following,
                stop,
            ]
        case Outcome.STOPPED if run.halted_line:
            yield [first, _piece(" stopped the run"), *never, stop]
        case Outcome.STOPPED:
            yield [_piece("It was stopped from the browser.")]
        case Outcome.SUPERSEDED:
            by = records.superseded_by
            who = "A newer interaction" if by is None else f"Interaction {by}"
            yield [
                _piece(f"{who} came before it was done: it ended at "),
                here,
                *never,
                *following,
                stop,
            ]
        case Outcome.ERROR:
            error = records.errors[-1].type if records.errors else "An error"
            yield [_piece(f"{error} ended it at "), here, *never, stop]
        case Outcome.COMPILE_ERROR:
            yield [_piece("The script could not be compiled, so no line of it ran.")]
        case Outcome.RUNNING:
            if run.ended_ns is None:
                yield [_piece("It has not ended so far.")]
            else:
                yield [_piece("How it ended is not known.")]


def _never_ran(records: RunRecords) -> list[Piece]:
    """The lines that the halt kept from running: those that it names as the reason."""
    run = records.run
    reason = ending(run, run.halted_file or "", records.superseded_by)
    lines = [
        item.line
        for coverage in records.coverage
        if coverage.file == run.halted_file
        for item in coverage.not_run
        if item.reason == reason
    ]
    if not lines:
        return []
    if len(lines) == 1:
        text = f"line {lines[0]}"
    else:
        text = f"{len(lines)} statements from line {lines[0]} on"
    return [_piece(", "), _piece(text, file=run.halted_file, line=lines[0]), _piece(" never ran")]


def _writes(records: RunRecords) -> list[Piece]:
    total = len(records.writes)
    fates = [fate_word(records.fates.get(write.message)) for write in records.writes]
    lost = fates.count("discarded")
    late = [write for write in records.writes if write.out_of_order]
    pieces = [
        _piece("It wrote "),
        _piece(_count(total, "element"), step=records.writes[0].step),
    ]
    if lost == total:
        pieces.append(
            _piece(", which the browser never saw" if total > 1 else "; the browser never saw it")
        )
    elif lost:
        first = records.writes[fates.index("discarded")]
        pieces += [
            _piece("; the browser never saw "),
            _piece(f"{lost} of them", step=first.step),
        ]
    if late:
        pieces += [
            _piece("; "),
            _piece(f"{len(late)} landed", step=late[0].step),
            _piece(" above something written before"),
        ]
    return [*pieces, _piece(".")]


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _at(file: str | None, line: int | None, step: int) -> Piece:
    if line is None:
        return _piece("a line that is not known")
    return _piece(f"line {line}", step=step, file=file, line=line)


def _piece(text: str, **target: Any) -> Piece:
    return {"text": text, **target}
