"""What a branch would have drawn, had the run known the value that it gave a key further down."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..model import StateWrite
from ..source.program import Statement
from .changes import deciding, headers_of
from .finding import Evidence, Finding, Kind
from .items import of_branch
from .reruns import hangs_on_widget
from .run import Run
from .texts import listed, value_words
from .truth import holds, keys_of

_NOTICES = ("alert", "toast", "balloons", "snow", "spinner", "transient", "exception", "empty")
_DRAW_NOTHING = ("rerun", "stop", "switch_page", "session_state", "query_params", "cache_data")


def left_out(kind: Kind, run: Run, later: list[StateWrite]) -> Iterator[Finding]:
    """Branches that an old value closed, in the run that an interaction came to rest with.

    Told only when the new value opens them for sure, they would have drawn something, and the
    change hangs on the widget that was just used, in a branch that draws nothing of its own.
    """
    used = {change.widget_id for change in run.interaction.changes} if run.interaction else set()
    last = {write.key: write for write in later}
    said: set[int] = set()
    for read in run.reads if used else ():
        change = last.get(read.key)
        if change is None or read.step >= change.step or read.step in said:
            continue
        header = run.statement(read.step)
        if header is None or not _is_closed(run, read.step, header, set(last)):
            continue
        at = run.step_of(change)
        around = deciding(run, read.step)
        further = [n for n in headers_of(run, at) if _place(run, n) not in around]
        if not further or hangs_on_widget(run, at, used) is None or _draws(run, at):
            continue
        said.add(read.step)
        yield _finding(
            kind,
            run,
            read.step,
            header,
            change,
            run.history.state_value(run, change.key, read.step),
        )


def _place(run: Run, step: int) -> tuple[int, int]:
    return run.steps[step - 1].file, run.steps[step - 1].line


def _is_closed(run: Run, step: int, header: Statement, changed: set[str]) -> bool:
    """Whether a condition did not hold, would hold now, and has something to draw."""
    node, place = header.node, run.place(step)
    if not isinstance(node, ast.If) or node.orelse or place is None:
        return False
    if any(guard.test is not None and keys_of(guard.test) & changed for guard in header.guards):
        return False
    keys = keys_of(node.test)
    end = len(run.steps) + 1
    old = {key: run.history.state_value(run, key, step) for key in keys}
    new = {key: run.history.state_value(run, key, end) for key in keys}
    if holds(node.test, old) is not False or holds(node.test, new) is not True:
        return False
    return not run.ran(place.file, node.body[0].lineno) and any(map(_may_draw, _below(run, step)))


def _below(run: Run, step: int) -> list[Statement]:
    program = run.program(step)
    return program.below(run.steps[step - 1].line, "body") if program else []


def _may_draw(statement: Statement) -> bool:
    """Whether a statement calls Streamlit to draw something."""
    parts = [name.split(".") for name in statement.calls]
    return any(
        part[0] in ("st", "streamlit") and len(part) > 1 and part[1] not in _DRAW_NOTHING
        for part in parts
    )


def _draws(run: Run, change: int) -> bool:
    """Whether the branch of a change draws what it is about itself."""
    return any(each.element not in _NOTICES for each in of_branch(run, 0, change))


def _finding(
    kind: Kind, run: Run, step: int, header: Statement, change: StateWrite, old: str | None
) -> Finding:
    place, key = run.place(step), change.key
    file, line = (place.file, place.line) if place else (None, None)
    lines = [str(each.line) for each in _below(run, step) if _may_draw(each)]
    what = f"line{'s' * (len(lines) > 1)} {listed(lines)}"
    return Finding(
        kind,
        run.n,
        file,
        line,
        f"Line {line} went by the old `{key}`: it changes further down",
        f"Line {line} left out what {what} would draw, with `{key}` as {value_words(old)}; line "
        f"{change.line} then set it to {value_words(change.new)}, in the same run. No further run "
        f"followed, so that is missing on the page until the next interaction.",
        f"Change `{key}` before line {line} asks for it: in a callback (`on_click=`, "
        f"`on_change=`), which runs before the script's body, or by moving line {change.line} "
        f"above line {line}.",
        (
            Evidence(run.n, step, file, line, f"did not hold with {value_words(old)}"),
            Evidence(
                run.n, change.step, change.file, change.line, f"set to {value_words(change.new)}"
            ),
        ),
        same=(key, "left out"),
    )
