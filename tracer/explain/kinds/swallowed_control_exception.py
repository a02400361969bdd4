"""`st.rerun`, `st.stop` or `st.switch_page` was called, and an `except` of the app's took it.

They end a run by raising an exception. Holds when the next thing that ran after such a call is an
`except` of the user's that takes everything (a bare one, `BaseException`), and the run went on.

Silent when only `finally` or the end of a `with` ran on the way out, when the handler let the
exception go on (`raise`), and for `st.stop` when the next thing that Streamlit was asked for, still
in the handler or right after it, stopped the run anyway.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from ...model import Outcome
from ...source.program import dotted, program_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run

KIND = Kind(
    "RT301",
    "swallowed-control-exception",
    Level.FAULT,
    Docs("st.rerun", "https://docs.streamlit.io/develop/api-reference/execution-flow/st.rerun"),
)
_CALLS = ("rerun", "stop", "switch_page")
_TAKES = ("BaseException", "RerunException", "StopException", "ScriptControlException")
_MAY_TAKE = re.compile(r"\bexcept\s*:|" + "|".join(_TAKES))  # parsing takes longer
_PASSING = (ast.With, ast.AsyncWith, ast.Try)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        if run.known and _may_hold(run):
            for step in range(2, len(run.steps) + 1):
                called = _call_before(run, step) if _is_taker(run, step) else 0
                if called and not _let_go(run, called, step):
                    yield _finding(run, called, step)


def _may_hold(run: Run) -> bool:
    """Whether a line ran on which an `except` stands that takes everything."""
    return any(
        run.ran(source.file, line)
        for source in run.history.sources.values()
        for line in _takers(source.text)
    )


@lru_cache(maxsize=1024)
def _takers(text: str) -> frozenset[int]:
    """The lines on which an `except` stands that takes everything."""
    program = program_of(text) if _MAY_TAKE.search(text) else None
    statements = program.statements.items() if program else ()
    return frozenset(
        line
        for line, found in statements
        if isinstance(found.node, ast.ExceptHandler) and _takes(found.node)
    )


def _takes(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(dotted(each).rpartition(".")[2] in _TAKES for each in types)


def _is_taker(run: Run, step: int) -> bool:
    program = run.program(step)
    return program is not None and run.steps[step - 1].line in _takers(program.text)


def _call_before(run: Run, step: int) -> int:
    """The step that called one of them, when nothing but ways out ran between it and a handler."""
    at = step - 1
    thread = _thread(run, step)
    while at > 0:
        statement = run.statement(at)
        if statement is None or _thread(run, at) != thread:
            return 0
        asked = any(run.step_of(request) == at and request.allowed for request in run.requests)
        stops = any(
            name.rpartition(".")[2] == "stop" and ("st" in name or name == "stop")
            for name in statement.calls
        )
        if asked or stops:
            return at
        in_finally = any(guard.field == "finalbody" for guard in statement.guards)
        if not in_finally and not isinstance(statement.node, (ast.ExceptHandler, *_PASSING)):
            return 0
        at -= 1
    return 0


def _thread(run: Run, step: int) -> int:
    frame = run.frames.get(run.steps[step - 1].frame)
    return frame.thread if frame else 0


def _let_go(run: Run, called: int, step: int) -> bool:
    """Whether the handler raises, or a stop that it took was made up for at once."""
    handler = run.statement(step)
    node = handler.node if handler else None
    if not isinstance(node, ast.ExceptHandler) or isinstance(node.body[-1], ast.Raise):
        return True
    if any(run.step_of(request) == called for request in run.requests):
        return False
    # After `st.stop` the next element write or access of state stops the run again.
    last = len(run.steps) - (run.record.stopped_by == "script")
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    file = run.steps[step - 1].file
    return all(each.file == file and each.line in lines for each in run.steps[step - 1 : last])


def _finding(run: Run, called: int, step: int) -> Finding:
    call, handler = run.place(called), run.place(step)
    statement = run.statement(called)
    names = [n for n in statement.calls if n.rpartition(".")[2] in _CALLS] if statement else []
    name = (names[-1] if names else "st.rerun") + "()"
    bare = run.code(step).partition("#")[0].rstrip()
    file = call.file if call else None
    line = call.line if call else None
    at = f"line {handler.line}" if handler else "the handler"
    if handler and handler.file != file:
        at += f" of {handler.file}"
    stop = name.endswith("stop()")
    halted = run.record.halted_line
    went = " to its end" if run.record.outcome is Outcome.COMPLETED else ""
    went = f" to line {halted}, which stopped it after all" if stop and halted else went
    effect = (
        "The lines that it was to keep from running ran"
        if stop
        else "No other run followed from it, so the page shows what this run drew"
    )
    return Finding(
        KIND,
        run.n,
        file,
        line,
        f"`{name}` was caught by {at}",
        f"Line {line} called `{name}`, which ends a run by raising an exception. `{bare}` "
        f"({at}) took it for an error, and the run went on{went}. {effect}.",
        f"Call `{name}` after the `try`, in its `else:`. Or catch `Exception` instead of "
        "everything: what Streamlit ends a run with is not an `Exception`.",
        (
            Evidence(run.n, called, file, line, f"called `{name}`"),
            Evidence(
                run.n,
                step,
                handler.file if handler else None,
                handler.line if handler else None,
                f"`{bare}` took it",
            ),
        ),
        same=name,
    )
