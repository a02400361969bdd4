"""A widget was drawn in the branch of a button, and using it made the button false.

Holds when a widget that the user used was drawn only in the branch of a button that was true (the
button stands in a condition that the widget hangs on, in its function or in those that called it),
and in the run that this caused the button was false and the widget was not drawn: neither it nor
what hangs on it ran.

Silent when the widget was drawn again (a flag in state kept the branch open; a fragment or a dialog
ran alone), when its callback ran or its key was read in that run, and when nothing hangs on it: a
widget whose value nobody has, or a button that does nothing but rerun, such as one that closes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...model import WidgetChange
from ..dependence import conditions_of, sources_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, drawn, drew, last_drawn
from ..run import Run

KIND = Kind(
    "RT201",
    "nested-button",
    Level.FAULT,
    Docs(
        "Button behavior and examples",
        "https://docs.streamlit.io/develop/concepts/design/buttons",
    ),
)
_TRIGGERS = ("button", "form_submit_button", "download_button", "chat_input")
_FALSE = ("False", "None", None)
_NOTHING = ("st.rerun", "rerun", "st.stop", "stop")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    interaction, run = episode.interaction, episode.first
    if interaction is None or not interaction.changes or not run.whole or not run.completed:
        return
    if any(callback.widget_id for callback in run.callbacks):
        return
    gone = [c for c in interaction.changes if drew(run, c.widget_id) is None]
    for change in sorted(gone, key=lambda each: each.element not in _TRIGGERS):
        inner = last_drawn(run, change.widget_id)
        if inner is None or _nothing_hangs_on(run, inner, change):
            continue
        before = run.history.runs[inner.run]
        for outer in _buttons_around(before, before.step_of(inner.write)):
            now = drew(run, outer.widget.widget_id)
            if now is not None and now.write.value in _FALSE:
                yield _finding(run, inner, outer, now)
                return


def _nothing_hangs_on(run: Run, inner: Drawn, change: WidgetChange) -> bool:
    if change.key and any(read.key == change.key and read.found for read in run.reads):
        return True
    before = run.history.runs[inner.run]
    statement = before.statement(before.step_of(inner.write))
    if statement is None:
        return False
    node = statement.node
    if isinstance(node, ast.Expr):  # nobody has its value, unless by its key
        return change.element in _TRIGGERS or not change.key
    if change.element not in _TRIGGERS:
        return False
    return isinstance(node, ast.If) and all(_is_rerun(each) for each in (*node.body, *node.orelse))


def _is_rerun(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    return ast.unparse(node.value.func) in _NOTHING


def _buttons_around(run: Run, step: int) -> Iterator[Drawn]:
    """The buttons that were true in the conditions that a step hung on, the nearest first."""
    true = [
        (run.step_of(each.write), each)
        for each in drawn(run).values()
        if each.widget.element in _TRIGGERS and each.write.value not in _FALSE
    ]
    while step and true:
        for condition in conditions_of(run, step):
            steps = sources_of(run, condition.origin).steps
            yield from (each for at, each in true if at in steps)
        step = run.caller(run.steps[step - 1].frame)


def _finding(run: Run, inner: Drawn, outer: Drawn, now: Drawn) -> Finding:
    at, button = inner.write, outer.write
    is_chat = outer.widget.element == "chat_input"
    is_press = inner.widget.element in _TRIGGERS
    used = "pressed" if is_press else "changed"
    true = "holds its message" if is_chat else "is true"
    after = "Pressing" if is_press else "Changing"
    before = run.history.runs[inner.run]
    return Finding(
        KIND,
        run.n,
        at.file,
        at.line,
        f"`{inner.name}` does nothing: it hangs on a button",
        f"`{inner.name}` (line {at.line}) was drawn only because `{outer.name}` (line "
        f"{button.line}) was used, and that {true} only in the run that it starts itself. {after} "
        f"`{inner.name}` started run {run.n}, in which `{outer.name}` was {now.write.value}: the "
        f"branch did not run, nothing came of it, and `{inner.name}` is gone from the page.",
        f"Let `{outer.name}` set a flag in `st.session_state` (in "
        f"{'its branch' if is_chat else 'its `on_click=` callback'}), and draw `{inner.name}` "
        f"while the flag is set. Clear the flag when `{inner.name}` is done.",
        (
            Evidence(
                before.n,
                before.step_of(button),
                button.file,
                button.line,
                f"`{outer.name}` was {button.value}",
            ),
            Evidence(
                before.n, before.step_of(at), at.file, at.line, f"drew `{inner.name}` in its branch"
            ),
            Evidence(run.n, 0, at.file, at.line, f"the user {used} `{inner.name}`"),
            Evidence(
                run.n,
                run.step_of(now.write),
                now.write.file,
                now.write.line,
                f"`{outer.name}` was {now.write.value}",
            ),
        ),
        also=((button.file, button.line),) if button.file and button.line else (),
        same=inner.widget.label,
    )
