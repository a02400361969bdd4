"""A newer interaction ended a run half-way, before or in a branch that no later run takes up again.

Holds when a run was superseded in a branch that hangs on the button that was clicked (it is true in
no later run), with statements of that branch left to run. It is a fault when one of those would
have changed state, and a note when one would have called something other than Streamlit. Also when
it was superseded above such a branch, and the branch would have changed state.

Silent when nothing but drawing was cut, when the branch hangs on something that stays (a checkbox,
a value in state) or the same button was clicked again: the newer run does it again; and of runs
that reruns started without end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...model import InteractionKind, Outcome
from ...source.program import CHANGING, Guard, Statement, own_nodes, state_key
from ...words.ends import superseding
from ..finding import Certainty, Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..reruns import hangs_on_widget
from ..run import Run
from ..texts import listed

KIND = Kind(
    "RT305",
    "preempted",
    Level.FAULT,
    Docs(
        "Understanding widget behavior",
        "https://docs.streamlit.io/develop/concepts/architecture/widget-behavior",
    ),
)
_SOON = 200  # interactions
_TRIGGERS = ("button", "chat_input", "download_button")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    interaction = episode.interaction
    if interaction is None or interaction.kind is not InteractionKind.WIDGET:
        return
    run = episode.last
    if run.record.outcome is not Outcome.SUPERSEDED or not run.known or len(episode.runs) > 9:
        return
    step = len(run.steps)
    place, statement = run.place(step), run.statement(step)
    if place is None or statement is None or statement.line != run.record.halted_line:
        return
    clicked = {change.widget_id for change in interaction.changes}
    if clicked & _newer(run, interaction.n):
        return
    left = _left(run, statement, place.file)
    widget = hangs_on_widget(run, step, clicked)
    if widget is None:
        below = _below(run, statement, place.file, clicked)
        if stores := [each for each in below if _keys(each)]:
            yield _finding(run, step, below, stores)
        return
    if not left or widget.element not in _TRIGGERS:
        return
    called = statement.function != "<module>" and not statement.guards  # all of it hangs on it
    begun = [each for each in left if each.guards or called]
    stores = [each for each in begun if _keys(each)]
    if stores or any(_works(each) for each in begun):
        yield _finding(run, step, begun, stores)


def _newer(run: Run, interaction: int) -> set[str]:
    """The widgets of the interaction that ended the run; it came soon after its own."""
    known = run.history.interactions
    soon = [known[n] for n in range(interaction + 1, interaction + _SOON) if n in known]
    number = superseding(run.record, soon)
    return {change.widget_id for change in known[number].changes} if number else set()


def _works(statement: Statement) -> bool:
    """Whether a statement calls something that is not Streamlit's."""
    return any(name.partition(".")[0] not in ("st", "streamlit") for name in statement.calls)


def _left(run: Run, cut: Statement, file: str) -> list[Statement]:
    """The statements of the same function, from the cut on, that did not run."""
    program = run.history.program_of_file(file, run.n)
    if program is None:
        return []
    suites = {(guard.line, guard.field) for guard in cut.guards}
    return [
        each
        for line, each in sorted(program.statements.items())
        if line >= cut.line
        and each.function == cut.function
        and all((guard.line, guard.field) in suites for guard in each.guards)
        and (line == cut.line or not run.ran(file, line))
    ]


def _below(run: Run, cut: Statement, file: str, clicked: set[str]) -> list[Statement]:
    """The statements that hang on what was clicked, in branches that the run did not come to."""
    program, before = run.history.program_of_file(file, run.n), run.previous
    drawn = [*run.writes, *(before.writes if before is not None else ())]
    buttons = {
        write.line: header
        for write in drawn
        if write.widget_id in clicked and write.element in _TRIGGERS and write.file == file
        if program is not None and write.line and (header := program.at(write.line))
    }
    if program is None or not buttons:
        return []
    names = {name for header in buttons.values() for name in header.binds}
    changes = run.changes_of_name  # of two buttons on a line, one was not clicked
    names -= {name for (_, name), of in changes.items() if of[-1].text in ("False", "None")}

    def hangs(guard: Guard) -> bool:
        test = program.at(guard.line)
        on_it = guard.line in buttons or bool(test and test.uses & names)
        return on_it and guard.field == "body" and not run.ran(file, guard.line)

    return [
        each
        for line, each in sorted(program.statements.items())
        if line > cut.line and each.function == cut.function and any(map(hangs, each.guards))
    ]


def _keys(statement: Statement) -> list[str]:
    """The keys of state that a statement gives a value."""
    found = []
    for node in own_nodes(statement.node):
        changed: ast.AST = node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr not in CHANGING:
                continue
            changed = node.func.value
        elif not isinstance(node, ast.Attribute | ast.Subscript) or isinstance(node.ctx, ast.Load):
            continue
        if key := state_key(changed):
            found.append(key)
    return found


def _finding(run: Run, step: int, left: list[Statement], stores: list[Statement]) -> Finding:
    place = run.place(step)
    file, line = (place.file, place.line) if place else (None, None)
    keys = list(dict.fromkeys(key for each in stores for key in _keys(each)))
    named = listed([f"`{key}`" for key in keys])
    lines = [each.line for each in left if each.line != line]
    never = "That line was not finished"
    if lines:
        word = "Line" if len(lines) == 1 else "Lines"
        never = f"{word} {listed([str(n) for n in lines])} never ran"
    undone = f", so {named} was not stored" if keys else ""
    callback = next((c for c in run.callbacks if not c.error), None)
    if callback is not None and keys:
        undone += f", while what the callback `{callback.function}` did stays done"
    subject = named or "what the branch does"
    remedy = (
        f"Let the branch hang on a value in session state that stays until {subject} is done, "
        "instead of on the button: the newer run then takes the work up again. Or change state "
        "before the long work begins: any later access of state is where a run can be ended."
    )
    evidence = [Evidence(run.n, step, file, line, "the run was ended here")]
    evidence += [
        Evidence(run.n, 0, file, each.line, f"`{_keys(each)[0]}` was not stored") for each in stores
    ]
    return Finding(
        KIND,
        run.n,
        file,
        line,
        f"A newer interaction cut run {run.n} off at line {line}",
        f"Run {run.n} was in line {line} when another interaction came, and Streamlit ended it "
        f"there. {never}{undone}.",
        remedy,
        tuple(evidence),
        certainty=Certainty.INFERRED if keys else Certainty.OBSERVED,
        level=Level.FAULT if keys else Level.NOTE,
        same=tuple(keys),
    )
