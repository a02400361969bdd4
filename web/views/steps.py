"""The steps of a run, a window at a time: JSON for the stepper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rerun_trace.web.models import answers
from rerun_trace.web.models.timeline import columns
from rerun_trace.web.server import query
from rerun_trace.web.views.answering import answer

if TYPE_CHECKING:
    from rerun_trace.db.reading.windows import StepWindow
    from rerun_trace.web.server.reads import Reads

_MOST_LINES = 1000


def blueprint(reads: Reads) -> Blueprint:
    """The view, below `/api/recordings/<recording>`."""
    views = Blueprint("steps", __name__)
    store = reads.store

    @views.get("/runs/<int:number>/steps")
    def steps(recording: int, number: int) -> ResponseReturnValue:
        store.run(recording, number)  # or there is no such run
        return answer(steps_view(store.step_window(recording, number, query.number("at", 1))))

    @views.get("/runs/<int:number>/at")
    def at(recording: int, number: int) -> ResponseReturnValue:
        store.run(recording, number)  # or there is no such run
        file_no, lines = query.number("file_no", 1), set(query.numbers("line", _MOST_LINES))
        after = query.number("after", 0)
        step = store.find_step(recording, number, file_no, lines, after)
        if step is None and after:
            step = store.find_step(recording, number, file_no, lines)
        return answer(answers.StepAt(step=step))

    return views


def steps_view(window: StepWindow) -> answers.StepWindow:
    """The window as the stepper takes it."""
    return answers.StepWindow(
        first=window.first,
        last=window.last,
        total=window.total,
        steps=answers.StepColumns(**columns(window.steps, "at_ns", "file", "line", "frame")),
        frames=[answers.Frame(**frame._asdict()) for frame in window.frames],
        base=[(c.frame, c.name, c.scope, c.text or "", c.step) for c in window.base],
        changes=answers.ValueChanges(
            **columns(window.changes, "step", "frame", "name", "scope", "text")
        ),
        before=answers.LineHits(
            file=[file for file, _, _ in window.hits],
            line=[line for _, line, _ in window.hits],
            hits=[hits for _, _, hits in window.hits],
        ),
    )
