"""A variable of the script's body was added to, and begins anew in the next run.

Holds when a name of the body gets its first value under no condition, a statement in a branch of a
button (or in a callback) adds to it, once in a run, and a later run gives it the first value again,
does not add to it, or adds to it from the start, and reads it.

Silent when nothing read it in that later run; when the branch belongs to a widget that keeps its
value, since the next run adds the same again; and when several statements or a loop add to it,
which is how a run builds a text or a list of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ...source.program import program_of
from ..changes import TRIGGERS, headers_of
from ..dependence import sources_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Place, Run
from ..texts import value_words

KIND = Kind(
    "RT102",
    "plain-variable-reset",
    Level.FAULT,
    Docs(
        "Add statefulness to apps",
        "https://docs.streamlit.io/develop/concepts/architecture/session-state",
    ),
)


class _Counted(NamedTuple):
    """A name of the body with the line of its first value and the one that adds to it."""

    name: str
    first: int
    adds: int
    function: str


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        before = _whole_before(run)
        if not run.whole or before is None or not before.known or not run.known:
            continue
        file = run.record.script
        program = run.history.program_of_file(file, run.n)
        if program is None or before.record.script != file:
            continue
        for each in counted(program.text):
            made = run if each.function != "<module>" else before
            if not made.callbacks and not any(w.element in TRIGGERS for w in made.writes):
                continue  # nothing in it is true for one run only
            if made.hits.get(Place(file, each.adds)) == 1 and run.ran(file, each.first):
                yield from _of(run, made, each, file)


def _whole_before(run: Run) -> Run | None:
    before = run.previous
    while before is not None and not before.whole:
        before = before.previous
    return before


@lru_cache(maxsize=1024)
def counted(text: str) -> tuple[_Counted, ...]:
    """The names of a script's body that exactly one statement adds to."""
    program = program_of(text)
    if program is None:
        return ()
    body = [s for s in program.statements.values() if s.function == "<module>"]
    first: dict[str, int] = {}
    for each in body:
        if not each.guards and not each.uses & each.binds and not each.calls:
            for name in each.binds - each.changes:
                first.setdefault(name, each.line)
    found = []
    for name, line in first.items():
        adds = [
            s
            for s in program.statements.values()
            if (name in s.changes or (name in s.binds and name in s.uses))
            and (s.function == "<module>" or name in s.globals or name not in s.binds)
        ]
        looped = any(g.field == "body" and hasattr(g.node, "iter") for s in adds for g in s.guards)
        hangs = adds and (adds[0].guards or adds[0].function != "<module>")
        if hangs and len(adds) == 1 and not looped and adds[0].line != line:
            found.append(_Counted(name, line, adds[0].line, adds[0].function))
    return tuple(found)


def _of(run: Run, made: Run, each: _Counted, file: str) -> Iterator[Finding]:
    add = next(iter(made.steps_at(file, each.adds)), 0)
    reset = next(iter(run.steps_at(file, each.first)), 0)
    if not add or not reset or not _for_one_run(made, add, each):
        return
    added = next((c.text for c in made.changes_of_step.get(add, ()) if c.name == each.name), None)
    start = run.value(run.module_frame, each.name, reset + 1)
    if added is None or start is None or added == start:
        return
    name = each.name
    reads = [
        n
        for n in run.steps_of_frame.get(run.module_frame, ())
        if n > reset and (statement := run.statement(n)) is not None and each.name in statement.uses
    ]
    if not reads:
        return
    read = next((n for n in reads if run.steps[n - 1].line != each.adds), reads[0])
    used = value_words(run.value(run.module_frame, name, read))
    old, new = value_words(added), value_words(start)
    at = run.place(read)
    when = f"in run {made.n}" if made is not run else "in a callback"
    yield Finding(
        KIND,
        run.n,
        file,
        each.first,
        f"`{name}` begins again at {new} in every run",
        f"Line {each.adds} made `{name}` {old} {when}. It is a plain variable, and every run "
        f"begins with fresh ones: line {each.first} set it to {new} again, which line "
        f"{at.line if at else each.first} then used.",
        f'Keep it in session state: `if "{name}" not in st.session_state: '
        f"st.session_state.{name} = {new}`, and use `st.session_state.{name}` from there on.",
        (
            Evidence(made.n, add, file, each.adds, f"`{name}` became {old}"),
            Evidence(run.n, reset, file, each.first, f"set to {new} again"),
            Evidence(run.n, read, file, at.line if at else None, f"used as {used}"),
        ),
        same=name,
    )


def _for_one_run(made: Run, step: int, each: _Counted) -> bool:
    """Whether what adds is a callback, or hangs on a button that is true for one run only."""
    if any(c.function == each.function for c in made.callbacks):
        return True
    for header in headers_of(made, step):
        used = sources_of(made, header).steps
        if any(w.element in TRIGGERS and made.step_of(w) in used for w in made.writes):
            return True
    return False
