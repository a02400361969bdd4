"""A callback made in a loop read the loop's variable when it ran, not when it was made.

Holds when a callback's own code found a variable that the loop binds in which its widget was drawn
(the loop's own, or one that a statement of the loop makes of it), and the value that it read is not
the one that the variable had when the widget was drawn.

Silent when the value was bound by a default or an argument (then the code does not find it
elsewhere), when both values are equal, and for variables that gather something over the loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...model import Callback
from ..dependence import frame_of_name
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, last_drawn
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT206",
    "late-binding-closure",
    Level.FAULT,
    Docs(
        "Button behavior and examples",
        "https://docs.streamlit.io/develop/concepts/design/buttons",
    ),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for callback in run.callbacks:
            if callback.closure and callback.widget_id:
                drawing = last_drawn(run, callback.widget_id)
                if drawing is not None and run.history.runs[drawing.run].known:
                    yield from _of_callback(run, callback, drawing)


def _of_callback(run: Run, callback: Callback, drawing: Drawn) -> Iterator[Finding]:
    before = run.history.runs[drawing.run]
    step = before.step_of(drawing.write)
    loop, names = _loop_names(before, step)
    if not loop:
        return
    for name, read in callback.closure:
        frame = before.steps[step - 1].frame
        if name not in names or frame_of_name(before, step, name) != frame:
            continue
        meant = before.value(frame, name, step)
        if meant is not None and meant != read:
            yield _finding(run, callback, drawing, (name, loop), (meant, read))
            return


def _loop_names(run: Run, step: int) -> tuple[int, dict[str, int]]:
    """The innermost loop that a step is in, by its line, and the names that it makes anew."""
    statement, program = run.statement(step), run.program(step)
    if statement is None or program is None:
        return 0, {}
    loops = [g for g in statement.guards if isinstance(g.node, ast.For | ast.AsyncFor)]
    names: dict[str, int] = {}
    for guard in loops:
        assert isinstance(guard.node, ast.For | ast.AsyncFor)
        targets = {n.id for n in ast.walk(guard.node.target) if isinstance(n, ast.Name)}
        names |= dict.fromkeys(targets, guard.line)
        for each in program.below(guard.line, "body"):
            if each.uses & set(names) and not each.changes and not each.uses & each.binds:
                names |= dict.fromkeys(each.binds - set(names), each.line)
    return (loops[-1].line if loops else 0), names


def _finding(
    run: Run, callback: Callback, drawing: Drawn, what: tuple[str, int], values: tuple[str, str]
) -> Finding:
    (name, loop), (meant, read) = what, values
    write, before = drawing.write, run.history.runs[drawing.run]
    function = "the lambda" if callback.function == "<lambda>" else f"`{callback.function}`"
    file, line = callback.file, callback.line
    return Finding(
        KIND,
        run.n,
        file,
        line,
        f"`{drawing.name}` acted on another `{name}`",
        f"The callback of `{drawing.name}` read `{name}` as {value_words(read)}, though it was "
        f"drawn in the turn of the loop (line {loop}) in which `{name}` was {value_words(meant)}. "
        f"A function made in a loop reads the variable when it is called; by then the loop has "
        f"ended, so every widget of it acts on its last value.",
        f"Hand the value over when the widget is drawn: take `{name}` as a parameter of {function} "
        f"and pass `args=({name},)`, or bind it as a default (`{name}={name}`).",
        (
            Evidence(
                before.n,
                before.step_of(write),
                write.file,
                write.line,
                f"`{drawing.name}` drawn with `{name}` as {value_words(meant)}",
            ),
            Evidence(
                run.n,
                callback.step,
                file,
                line,
                f"its callback read `{name}` as {value_words(read)}",
            ),
        ),
        same=name,
    )
