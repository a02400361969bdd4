"""Elements that show a variable of the script's body before a branch of the same run adds to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from ..model import WriteKind
from ..source.program import Program, program_of
from .changes import headers_of
from .dependence import sources_of
from .finding import Evidence, Finding, Kind
from .items import are_drawn, loop_over, of_name
from .run import Place, Run
from .texts import value_words


def stale_names(kind: Kind, run: Run) -> Iterator[Finding]:
    """What shows the value that a name had before the last run's branch added to it."""
    file = run.record.script
    program = run.history.program_of_file(file, run.n)
    for name, line in _added(program.text) if program and run.whole else ():
        if run.hits.get(Place(file, line)) == 1:
            yield from _of(kind, run, file, name, line)


@lru_cache(maxsize=1024)
def _added(text: str) -> tuple[tuple[str, int], ...]:
    """The statements of a body's branches that add to a name, outside of loops: name, line."""
    program = program_of(text)
    return tuple(
        (name, each.line)
        for each in (program.statements.values() if program else ())
        if each.function == "<module>"
        and any(guard.test is not None for guard in each.guards)
        and not any(hasattr(guard.node, "iter") for guard in each.guards)
        for name in sorted(each.changes | (each.binds & each.uses))
        if program and _may_be_used_before(program, name, each.line)
    )


def _may_be_used_before(program: Program, name: str, line: int) -> bool:
    """Whether anything can have shown a name of the body as it was above a line."""
    return any(
        name in each.uses
        and (
            each.function != "<module>"
            or each.line < line
            or any(isinstance(guard.node, ast.While) for guard in each.guards)
        )
        for each in program.statements.values()
    )


def _of(kind: Kind, run: Run, file: str, name: str, line: int) -> Iterator[Finding]:
    step = next(iter(run.steps_at(file, line)), 0)
    frame = run.module_frame
    new = next((c for c in run.changes_of_step.get(step, ()) if c.name == name), None)
    if not step or new is None or new.text is None or not _by_widget(run, step):
        return
    said: set[int | None] = set()
    for _, write in run.history.shown(run):
        at = run.step_of(write)
        if write.run != run.n or write.kind is WriteKind.BLOCK or write.line in said or at >= step:
            continue
        used = [link for link in sources_of(run, at).names() if link.name == name]
        old = run.value(frame, name, at)
        if not used or old is None or old == new.text:
            continue
        if loop_over(run, at, of_name(name)) and are_drawn(run, write, step, old, new.text):
            continue
        said.add(write.line)
        what = write.label or write.element.replace("_", " ")
        yield Finding(
            kind,
            run.n,
            write.file,
            write.line,
            f"`{what}` shows the old `{name}`: it changes further down",
            f"Line {write.line} drew `{what}` with `{name}` as {value_words(old)}; line {line} "
            f"then made it {value_words(new.text)}, in the same run. What is on the page already "
            "does not follow.",
            f"Draw `{what}` below line {line}, or keep `{name}` in session state and change it in "
            "a callback, which runs before the script's body.",
            (
                Evidence(run.n, at, write.file, write.line, f"drawn with {value_words(old)}"),
                Evidence(run.n, step, file, line, f"became {value_words(new.text)}"),
            ),
            same=(name, "name"),
        )


def _by_widget(run: Run, step: int) -> bool:
    """Whether a step hangs on a widget's value."""
    drew = {run.step_of(write) for write in run.writes if write.widget}
    return any(sources_of(run, header).steps & drew for header in headers_of(run, step))
