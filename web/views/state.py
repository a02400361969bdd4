"""Session state at a moment, and the history of a key: JSON for the state table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.model import StateWrite
from rerun_trace.web.models import answers
from rerun_trace.web.server import query
from rerun_trace.web.views.answering import answer

if TYPE_CHECKING:
    from rerun_trace.web.server.reads import Reads

HISTORY = 200  # writes of a key that are sent


def blueprint(reads: Reads) -> Blueprint:
    """The views, below `/api/recordings/<recording>`."""
    views = Blueprint("state", __name__)
    store = reads.store

    @views.get("/runs/<int:number>/state")
    def state(recording: int, number: int) -> ResponseReturnValue:
        run = store.run(recording, number)
        before = store.state_before(recording, run.app_session, number)
        return answer(state_view(before, store.state_writes(recording, number)))

    @views.get("/state/history")
    def history(recording: int) -> ResponseReturnValue:
        key = request.args.get("key")
        if key is None:
            abort(400, "Which key? Ask with ?key=.")
        session = query.number("session", 0) or None
        store.recording(recording)  # or there is no such recording
        total, writes = store.state_history(recording, key, session=session, limit=HISTORY)
        return answer(history_view(key, total, writes))

    return views


def history_view(key: str, total: int, writes: Iterable[StateWrite]) -> answers.KeyHistory:
    """How often a key was written, and its newest writes, newest first."""
    return answers.KeyHistory(key=key, total=total, writes=[_write(item) for item in writes])


def state_view(before: Iterable[StateWrite], writes: Iterable[StateWrite]) -> answers.RunState:
    """Session state when a run began, from the last write of each key, and the run's own writes."""
    found = [
        answers.StateValue(
            key=item.key,
            value=item.new,
            run=item.run,
            step=item.step,
            op=item.op,
            file=item.file,
            line=item.line,
        )
        for item in before
        if item.new is not None
    ]
    found.sort(key=lambda value: value.key)
    return answers.RunState(before=found, writes=[_write(item) for item in writes])


def _write(item: StateWrite) -> answers.StateWrite:
    return answers.StateWrite(
        key=item.key,
        op=item.op,
        old=item.old,
        new=item.new,
        run=item.run,
        step=item.step,
        at_ns=item.at_ns,
        file=item.file,
        line=item.line,
    )
