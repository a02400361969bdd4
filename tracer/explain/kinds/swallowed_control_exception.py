"""`st.rerun`, `st.stop` or `st.switch_page` was called, and code of the app's took it for an error.

They end a run by raising an exception. Holds when the run went on after such a call: an `except`
took it whose body ran to its end, a `finally` left by `return`, `break` or `continue`, which drops
what was on its way out, or a `with` of `contextlib.suppress`.

Silent when only ways out ran after the call: a `finally`, the end of a `with`, a handler that let
the exception go on (`raise`) or asked for the same again. Silent for `st.stop` when the next thing
that Streamlit was asked for, still in the handler or right after it, stopped the run anyway.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from ...model import Outcome
from ...source.program import Statement, dotted, program_of
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
_ENDED_BY_IT = (Outcome.RERUN, Outcome.SWITCHED)
_ESCAPES = (ast.Return, ast.Break, ast.Continue)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        if run.known and run.ended and _may_hold(run):
            calls = _calls(run)
            for called in sorted(calls):
                taker = _taker(run, called, calls)
                if taker and not _let_go(run, called, taker):
                    yield _finding(run, called, taker)


def _may_hold(run: Run) -> bool:
    """Whether more was called that ends a run than the one thing that ended it."""
    asked = sum(request.allowed for request in run.requests)
    if asked > (run.record.outcome in _ENDED_BY_IT):
        return True
    return any(
        run.ran(source.file, line)
        for source in run.history.sources.values()
        for line in _stops(source.text)
    )


@lru_cache(maxsize=1024)
def _stops(text: str) -> frozenset[int]:
    """The lines of statements that call `st.stop`."""
    program = program_of(text) if "stop" in text else None  # parsing takes longer
    statements = program.statements.items() if program else ()
    return frozenset(line for line, found in statements if any(map(_is_stop, found.calls)))


def _is_stop(name: str) -> bool:
    return name.rpartition(".")[2] == "stop" and ("st" in name or name == "stop")


def _calls(run: Run) -> set[int]:
    """The steps that called one of them."""
    found = {run.step_of(request) for request in run.requests if request.allowed}
    for number, step in enumerate(run.steps, 1):
        program = run.program(number)
        if program and step.line in _stops(program.text):
            found.add(number)
    return found


def _taker(run: Run, called: int, calls: set[int]) -> int:
    """The step whose statement took the exception of a call; 0 when none did."""
    active = _active(run, called)
    handler = 0
    raised = False  # by the last statement of the handler
    for step in range(called + 1, len(run.steps) + 1):
        frame = run.steps[step - 1].frame
        statement = run.statement(step)
        if frame not in active:
            if step in calls:
                return 0  # asked for again on the way out
            continue  # called there, or of another thread
        if statement is None:
            return 0
        way = _way_out(statement, active[frame])
        if way and step in calls:
            return 0
        if way == "handlers":
            is_head = isinstance(statement.node, ast.ExceptHandler)
            handler = step if is_head or not handler else handler
            raised = is_head or isinstance(statement.node, ast.Raise)
        elif handler and not raised:
            return handler
        elif way == "finalbody" and _leaves(statement):
            return step
        elif way is None:
            return _taking_with(run, called, active, step)
    later = (request for request in run.requests if request.allowed)
    went_out = run.record.outcome in _ENDED_BY_IT and all(run.step_of(r) <= called for r in later)
    if went_out or run.record.outcome is Outcome.SUPERSEDED:
        return 0
    if handler and not raised:
        return handler
    return _taking_with(run, called, active, 0) if run.completed else 0


def _active(run: Run, called: int) -> dict[int, Statement]:
    """The statement at which each function was, by frame, outwards from a call."""
    found: dict[int, Statement] = {}
    step = called
    while step:
        statement, frame = run.statement(step), run.steps[step - 1].frame
        if statement is None or frame in found:
            break
        found[frame] = statement
        step = run.caller(frame)
    return found


def _way_out(statement: Statement, inside: Statement) -> str | None:
    """The suite on an exception's way out of `inside` that a statement is of, if it is."""
    fields = {id(guard.node): guard.field for guard in inside.guards}
    for guard in reversed(statement.guards):
        before = fields.get(id(guard.node), guard.field)
        if guard.field in ("handlers", "finalbody") and guard.field != before:
            return guard.field
    return None


def _taking_with(run: Run, called: int, active: dict[int, Statement], next_step: int) -> int:
    """The step of the `with suppress(...)` that took the exception of a call; 0: there is none.

    What ends a `with` is no step of its own, so it is told by what it is around, and the statement
    that ran next is not.
    """
    after = run.statement(next_step)
    still = {id(guard.node) for guard in after.guards} if after else set()
    for frame, inside in active.items():
        for guard in reversed(inside.guards):
            if id(guard.node) in still or not _suppresses(guard.node):
                continue
            steps = (n for n in reversed(run.steps_of_frame[frame]) if n < called)
            step = next((n for n in steps if run.steps[n - 1].line == guard.line), 0)
            if step:
                return step
        if next_step and frame == run.steps[next_step - 1].frame:
            break
    return 0


def _suppresses(node: ast.stmt) -> bool:
    return isinstance(node, ast.With) and any(
        isinstance(item.context_expr, ast.Call)
        and dotted(item.context_expr.func).rpartition(".")[2] == "suppress"
        for item in node.items
    )


def _leaves(statement: Statement) -> bool:
    """Whether a statement of a `finally` leaves it, and with it drops what was on its way out."""
    if not isinstance(statement.node, ast.Break | ast.Continue):
        return isinstance(statement.node, ast.Return)
    for guard in reversed(statement.guards):
        if guard.field == "finalbody":
            return True
        if isinstance(guard.node, _LOOPS) and guard.field == "body":
            return False
    return False


def _let_go(run: Run, called: int, taker: int) -> bool:
    """Whether a stop that was taken was made up for at once."""
    if any(run.step_of(request) == called for request in run.requests):
        return False
    # After `st.stop` the next element write or access of state stops the run again.
    node = _around(run, taker)
    last = len(run.steps) - (run.record.stopped_by == "script")
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1) if node else range(0)
    file = run.steps[taker - 1].file
    steps = run.steps[max(taker, called) - 1 : last]
    return all(each.file == file and each.line in lines for each in steps)


def _around(run: Run, taker: int) -> ast.stmt | ast.ExceptHandler | None:
    """The `except`, the `with`, or the `try` whose `finally` a taker is in."""
    statement = run.statement(taker)
    if statement is None or isinstance(statement.node, ast.match_case):
        return None
    tries = [guard.node for guard in statement.guards if guard.field == "finalbody"]
    return tries[-1] if tries and isinstance(statement.node, _ESCAPES) else statement.node


def _finding(run: Run, called: int, taker: int) -> Finding:
    call, place = run.place(called), run.place(taker)
    statement, taking = run.statement(called), run.statement(taker)
    names = [n for n in statement.calls if n.rpartition(".")[2] in _CALLS] if statement else []
    name = (names[-1] if names else "st.rerun") + "()"
    code = run.code(taker).partition("#")[0].rstrip()
    file = call.file if call else None
    line = call.line if call else None
    at = f"line {place.line}" if place else "the handler"
    if place and place.file != file:
        at += f" of {place.file}"
    stop = _is_stop(name.removesuffix("()"))
    halted = run.record.halted_line
    went = " to its end" if run.completed else ""
    went = f" to line {halted}, which stopped it after all" if stop and halted else went
    skipped = stop or run.record.outcome in _ENDED_BY_IT
    effect = (
        "The lines that it was to keep from running ran"
        if skipped
        else "No other run followed from it, so the page shows what this run drew"
    )
    took, remedy = _taking(taking, name)
    return Finding(
        KIND,
        run.n,
        file,
        line,
        f"`{name}` was caught by {at}",
        f"Line {line} called `{name}`, which ends a run by raising an exception. `{code}` "
        f"({at}) {took}, and the run went on{went}. {effect}.",
        remedy,
        (
            Evidence(run.n, called, file, line, f"called `{name}`"),
            Evidence(
                run.n,
                taker,
                place.file if place else None,
                place.line if place else None,
                f"`{code}` took it",
            ),
        ),
        same=name,
    )


def _taking(taking: Statement | None, name: str) -> tuple[str, str]:
    """What a taker did, in words, and what to write instead."""
    node = taking.node if taking else None
    if isinstance(node, _ESCAPES):
        word = type(node).__name__.lower()
        took = f"left the `finally` with it: a `{word}` there drops the exception"
        remedy = (
            f"Take the `{word}` out of the `finally`, to after the `try`. A `finally` that runs to "
            "its end lets the exception go on."
        )
        return took, remedy
    where = "with`." if isinstance(node, ast.With | ast.AsyncWith) else "try`, in its `else:`."
    remedy = (
        f"Call `{name}` after the `{where} Or catch `Exception` instead of everything: what "
        "Streamlit ends a run with is not an `Exception`."
    )
    return "took it for an error", remedy
