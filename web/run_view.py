"""One script run in full, as the run panel and the source panel show it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rerun_trace.tracer.analysis.coverage import FileCoverage
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
"""A part of a sentence: `text`, and what it points at: `run`, or `line` with `file`."""


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


def run_view(records: RunRecords) -> dict[str, Any]:
    """The run as JSON-ready data. Times in ns; files relative to the app's folder."""
    run = records.run
    return {
        "n": run.n,
        "app_session": run.app_session,
        "kind": run.kind,
        "script": run.script,
        "fragments": run.fragments,
        "outcome": run.outcome,
        "end": words.outcome_text(run),
        "cause": words.trigger_text(run, records.interaction),
        "trigger": {"type": run.trigger_type, "number": run.trigger},
        "interaction": run.interaction,
        "started_ns": run.started_ns,
        "ended_ns": run.ended_ns,
        "duration": words.duration(None if run.ended_ns is None else run.ended_ns - run.started_ns),
        "detailed": run.detailed,
        "steps": run.steps,
        "dropped_steps": run.dropped_steps,
        "story": list(story(records)),
        "callbacks": [_plain(item) for item in records.callbacks],
        "requests": [_plain(item) for item in records.requests],
        "state_writes": [_plain(item) for item in records.state_writes],
        "writes": [
            {**_plain(write), "fate": fate_word(records.fates.get(write.message))}
            for write in records.writes
        ],
        "errors": [_plain(item) for item in records.errors],
        "cache": [
            {**_plain(item), "duration": words.duration(item.duration_ns)} for item in records.cache
        ],
        "files": [_file(coverage) for coverage in records.coverage],
    }


def story(records: RunRecords) -> Iterable[list[Piece]]:
    """Why the run started, what it did and how it ended: sentences, as lists of pieces."""
    yield _beginning(records)
    if records.callbacks:
        yield _callbacks(records.callbacks)
    yield from _end(records)
    for request in records.requests:
        if not request.allowed:
            refusal = f": {request.refusal.rstrip('.')}" if request.refusal else ""
            yield [
                _piece("A rerun asked for at "),
                _at(request.file, request.line),
                _piece(f" was refused{refusal}."),
            ]
    if records.writes:
        yield [_piece(_writes_sentence(records))]
    if not records.run.detailed:
        yield [_piece("Only the run itself was kept: its lines and writes are not known.")]


def _beginning(records: RunRecords) -> list[Piece]:
    run = records.run
    ran = words.what_ran(run)
    if run.trigger_type is TriggerType.RERUN:
        request = next((item for item in records.triggering if item.allowed), None)
        call = "st.switch_page()" if request and request.scope == "page" else "st.rerun()"
        where = [_piece(" at "), _at(request.file, request.line)] if request else []
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
    return [_piece(f"{sentence}, so Streamlit ran {again}.")]


def _callbacks(callbacks: Sequence[Callback]) -> list[Piece]:
    pieces = [_piece("Before the script's first line, the callback ")]
    for index, callback in enumerate(callbacks):
        if index:
            pieces.append(_piece(", then "))
        pieces.append(
            _piece(f"{callback.function}()", file=callback.file, line=callback.line),
        )
        if callback.error:
            pieces.append(_piece(f" (it raised {words.shorten(callback.error)})"))
    return [*pieces, _piece(" ran.")]


def _end(records: RunRecords) -> Iterable[list[Piece]]:
    run = records.run
    here = _at(run.halted_file, run.halted_line)
    first = {**here, "text": here["text"].capitalize()}
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
            yield [first, _piece(" called st.rerun(): this run stopped there"), *following, stop]
        case Outcome.SWITCHED:
            yield [
                first,
                _piece(" called st.switch_page(): this run stopped there"),
                *following,
                stop,
            ]
        case Outcome.STOPPED if run.halted_line:
            yield [first, _piece(" stopped the run.")]
        case Outcome.STOPPED:
            yield [_piece("It was stopped from the browser.")]
        case Outcome.SUPERSEDED:
            by = records.superseded_by
            who = "A newer interaction" if by is None else f"Interaction {by}"
            yield [_piece(f"{who} came before it was done: it ended at "), here, *following, stop]
        case Outcome.ERROR:
            error = records.errors[-1].type if records.errors else "An error"
            yield [_piece(f"{error} ended it at "), here, stop]
        case Outcome.COMPILE_ERROR:
            yield [_piece("The script could not be compiled, so no line of it ran.")]
        case Outcome.RUNNING:
            yield [_piece("No end of it was recorded.")]


def _writes_sentence(records: RunRecords) -> str:
    total = len(records.writes)
    fates = [fate_word(records.fates.get(write.message)) for write in records.writes]
    lost = fates.count("discarded")
    late = sum(write.out_of_order for write in records.writes)
    text = f"It wrote {_count(total, 'element')}"
    if lost == total:
        text += ", which the browser never saw" if total > 1 else "; the browser never saw it"
    elif lost:
        text += f"; the browser never saw {lost} of them"
    if late:
        text += f"; {late} landed above something written before"
    return text + "."


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _at(file: str | None, line: int | None) -> Piece:
    if line is None:
        return _piece("a line that is not known")
    return _piece(f"line {line}", file=file, line=line)


def _piece(text: str, **target: Any) -> Piece:
    return {"text": text, **target}


def _plain(record: Any) -> dict[str, Any]:
    return asdict(record)


def _file(coverage: FileCoverage) -> dict[str, Any]:
    return {
        "file_no": coverage.file_no,
        "file": coverage.file,
        "executed": [[item.line, item.hits, item.capped] for item in coverage.executed],
        "not_run": [[item.line, item.reason] for item in coverage.not_run],
        "halting_line": coverage.halting_line,
        "halting_text": coverage.halting_text,
    }
