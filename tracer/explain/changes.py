"""Who changed session state in a run, and which conditions a step hangs on."""

from __future__ import annotations

import ast

from ..model import Callback, StateOp, StateWrite
from .run import Run

TRIGGERS = ("button", "download_button", "form_submit_button", "chat_input")
"""Widgets whose value is there for one run only."""
_DECIDING = (ast.If, ast.While, ast.Match, ast.ExceptHandler)


def callback_of(run: Run, write: StateWrite) -> Callback | None:
    """The callback that made a change; None when the body, Streamlit or the browser did."""
    if write.line is None:
        return None
    return next((c for c in run.callbacks if c.started_ns <= write.at_ns <= c.ended_ns), None)


def by_body(run: Run, write: StateWrite) -> bool:
    """Whether a statement of the body (or of a function that it called) made a change."""
    return write.line is not None and callback_of(run, write) is None


def by_browser(write: StateWrite) -> bool:
    """Whether a person gave the value to a widget."""
    return write.op is StateOp.WIDGET and write.line is None


def deciding(run: Run, step: int) -> list[tuple[int, int]]:
    """The conditions that a step hangs on, with those of its callers.

    File numbers and lines of `if`, `while`, `match` and `except`, innermost first; `for` and
    `with` are none.
    """
    found: list[tuple[int, int]] = []
    while step:
        file = run.steps[step - 1].file
        statement = run.statement(step)
        for guard in reversed(statement.guards if statement else ()):
            if isinstance(guard.node, _DECIDING) or guard.field in ("handlers", "orelse"):
                found.append((file, guard.line))
        step = run.caller(run.steps[step - 1].frame)
    return found


def headers_of(run: Run, step: int) -> list[int]:
    """The steps of the conditions that a step hangs on, innermost first."""
    found, steps = [], run.steps
    for file, line in deciding(run, step):
        run.doubt.of_line(run.history.files.get(file), line)
        for earlier in range(step - 1, 0, -1):
            if steps[earlier - 1].line == line and steps[earlier - 1].file == file:
                found.append(earlier)
                break
    return found
