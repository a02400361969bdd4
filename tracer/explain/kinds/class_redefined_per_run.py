"""An object in session state is of a class that the script defined in an earlier run.

Holds when `isinstance` with a class of the script's body was false for a value that an earlier run
stored, though the value is of a class with that name: each run makes the class anew.

Silent when the class stands in a module, and when the value was stored by the same run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from ...source.program import program_of
from ..dependence import sources_of
from ..finding import Certainty, Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Place, Run

KIND = Kind(
    "RT108",
    "class-redefined-per-run",
    Level.FAULT,
    Docs(
        "Add statefulness to apps",
        "https://docs.streamlit.io/develop/concepts/architecture/session-state",
    ),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        file = run.record.script
        program = run.history.program_of_file(file, run.n) if run.known else None
        for line, name in _tests(program.text) if program else ():
            if run.hits.get(Place(file, line)) == 1:
                yield from _of(run, file, line, name)


@lru_cache(maxsize=1024)
def _tests(text: str) -> tuple[tuple[int, str], ...]:
    """The lines that ask whether something is of a class of the script's body, with the class."""
    program = program_of(text)
    if program is None:
        return ()
    statements = program.statements.values()
    classes = {
        s.node.name
        for s in statements
        if isinstance(s.node, ast.ClassDef) and s.function == "<module>"
    }
    found = []
    for each in statements if classes else ():
        test = each.node.test if isinstance(each.node, ast.If) else None
        if isinstance(each.node, ast.Assign):
            test = each.node.value
        if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and len(test.args) == 2:
            asked = test.args[1]
            named = isinstance(asked, ast.Name) and asked.id in classes
            if test.func.id == "isinstance" and isinstance(asked, ast.Name) and named:
                found.append((each.line, asked.id))
    return tuple(found)


def _of(run: Run, file: str, line: int, name: str) -> Iterator[Finding]:
    step = next(iter(run.steps_at(file, line)), 0)
    if not step or not _was_false(run, step):
        return
    for key, read in sources_of(run, step).keys().items():
        stored = run.history.last_write(run, key, read)
        if (
            stored is None
            or stored.run >= run.n
            or not (stored.new or "")
            .lstrip("<")
            .startswith((f"{name}(", f"{name}:", f"{name} ", f"{name}>", f"{name}."))
        ):
            continue
        yield Finding(
            KIND,
            run.n,
            file,
            line,
            f"`{key}` is of the `{name}` of an earlier run",
            f"`{key}` was stored in run {stored.run}, as an object of `{name}`. The script defines "
            f"`{name}` anew in every run, and the one of run {run.n} is another class: "
            f"`isinstance` in line {line} was false.",
            f"Move `class {name}` into a module of its own and import it: a module is loaded once, "
            "not in every run. Or keep plain data, such as a dictionary, in session state.",
            (
                Evidence(stored.run, stored.step, stored.file, stored.line, f"`{key}` was stored"),
                Evidence(run.n, step, file, line, "`isinstance` was false"),
            ),
            certainty=Certainty.INFERRED,
            same=key,
        )


def _was_false(run: Run, step: int) -> bool:
    statement = run.statement(step)
    if statement is None:
        return False
    if isinstance(statement.node, ast.If):
        own = run.steps_of_frame[run.steps[step - 1].frame]
        after = own.index(step) + 1
        first = statement.node.body[0].lineno
        return after >= len(own) or run.steps[own[after] - 1].line != first
    return any(change.text == "False" for change in run.changes_of_step.get(step, ()))
