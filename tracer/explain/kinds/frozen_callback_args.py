"""A callback was called with values that were made when its widget was drawn, and are old now.

Holds when a name or a key of state in the `args=` or `kwargs=` of a widget (or a name of the
script's body that the callback's own code reads) had its value from another widget or from session
state in the run that drew it, and that widget or key had another value when the callback ran: most
often the fields of a form whose submit button is given their values.

Silent when the values are equal, when the callback was given the new value in another argument, and
when the object itself was changed in place, so that the callback saw the change.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ...model import Callback, StateOp, WidgetChange
from ...source.program import own_nodes, state_key
from ..dependence import Via, definition, frame_of_name
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, drawn, last_drawn
from ..run import Run
from ..texts import listed, value_words

KIND = Kind(
    "RT205",
    "frozen-callback-args",
    Level.FAULT,
    Docs(
        "Understanding widget behavior",
        "https://docs.streamlit.io/develop/concepts/architecture/widget-behavior",
    ),
)


@dataclass(frozen=True)
class _Old:
    """A value that a callback was given, and what it was made from."""

    name: str  # as the source says it
    old: str
    new: str
    made: int  # the step that made it
    source: str  # what has another value now
    by_args: bool


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for callback in run.callbacks:
            if callback.widget_id and (callback.arguments or callback.closure):
                drawing = last_drawn(run, callback.widget_id)
                if drawing is None or not run.history.runs[drawing.run].known:
                    continue
                found = list(_old_values(episode, run, callback, drawing))
                if found:
                    yield _finding(run, callback, drawing, found[0], found[1:])


def _old_values(episode: Episode, run: Run, callback: Callback, drawing: Drawn) -> Iterator[_Old]:
    before = run.history.runs[drawing.run]
    step = before.step_of(drawing.write)
    frame = before.steps[step - 1].frame
    texts = {text for _, text in callback.arguments}
    changed = episode.interaction.changes if episode.interaction else ()
    changes = {change.widget_id: change for change in changed}
    changes.pop(callback.widget_id or "", None)
    names, keys = _given(before, step) if callback.arguments else ({}, {})
    for name in names:
        owner = frame_of_name(before, step, name) or frame
        yield from _from_widget(before, step, owner, name, texts, changes, by_args=True)
    for key, at in keys.items():
        old = run.history.state_value(before, key, at or step)
        new, op = _value_now(run, key)
        if old in texts and new is not None and op is not StateOp.IN_PLACE and new not in texts:
            assert old is not None
            yield _Old(f"st.session_state.{key}", old, new, at or step, f"`{key}`", True)
    for name, text in callback.closure:
        yield from _from_widget(
            before, step, before.module_frame, name, {text}, changes, by_args=False
        )


def _from_widget(
    run: Run,
    step: int,
    frame: int,
    name: str,
    texts: set[str],
    changes: dict[str, WidgetChange],
    *,
    by_args: bool,
) -> Iterator[_Old]:
    """The value of a name that a widget's call gave it, when the widget has another one now."""
    if not by_args:
        step = len(run.steps) + 1  # the name is looked up when the callback is called
    made = definition(run, step, frame, name)
    old = run.value(frame, name, step)
    if not made or old not in texts:
        return
    for each in drawn(run).values():
        change = changes.get(each.widget.widget_id)
        if change is None or each.write.value != old or run.step_of(each.write) != made:
            continue
        new = _text(change.new)
        if new != old and new not in texts:
            assert old is not None
            yield _Old(name, old, new, made, f"`{each.name}`", by_args)


def _given(run: Run, step: int) -> tuple[dict[str, None], dict[str, int]]:
    """The names and the keys of state in `args=` and `kwargs=` of a statement.

    Keys that a name was given directly are there, too, with the step that read them.
    """
    statement = run.statement(step)
    names: dict[str, None] = {}
    keys: dict[str, int] = {}
    for call in statement.call_nodes() if statement else ():
        for word in call.keywords:
            if word.arg not in ("args", "kwargs"):
                continue
            for node in own_nodes(word.value):
                key = state_key(node)
                if key is not None:
                    keys[key] = 0
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    names[node.id] = None
    for name in [*names]:
        frame = frame_of_name(run, step, name)
        made = definition(run, step, frame, name) if frame else 0
        source = run.statement(made) if made else None
        if source is not None and isinstance(source.node, ast.Assign):
            key = state_key(source.node.value)
            if key is not None:
                keys[key] = made
    return names, keys


def _value_now(run: Run, key: str) -> tuple[str | None, StateOp | None]:
    """A key's value as the callbacks of a run began, and what gave it that."""
    for write in reversed(run.history.writes_of_key(run.record.app_session, key)):
        if write.run < run.n or (
            write.run == run.n and write.op is StateOp.WIDGET and write.line is None
        ):
            return (write.new, write.op)
    return (None, None)


def _text(value: object) -> str:
    return repr(value)


def _finding(run: Run, callback: Callback, drawing: Drawn, old: _Old, more: list[_Old]) -> Finding:
    before, write = run.history.runs[drawing.run], drawing.write
    made = before.place(old.made)
    how = "was given" if old.by_args else "read"
    by_state = old.name.startswith("st.session_state.")
    where = (
        "Read it from `st.session_state` inside the callback instead of passing it."
        if by_state
        else f"Give {old.source} a `key=` and read `st.session_state[key]` inside the callback "
        f"instead of {'passing' if old.by_args else 'using'} `{old.name}`: that is its new value."
    )
    also = f"; {listed([f'`{each.name}`' for each in more])} likewise" if more else ""
    when = f"in run {before.n}, which drew `{drawing.name}`"
    why = (
        f"`args=` keeps what it was made of {when}, and the callback runs before the script does"
        if old.by_args
        else f"The name still has the value of run {before.n}: callbacks run before the script does"
    )
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"The callback of `{drawing.name}` got an old `{old.name}`",
        f"The callback of `{drawing.name}` {how} `{old.name}` as {value_words(old.old)}, while "
        f"{old.source} was {value_words(old.new)} already{also}. {why}, so it works with "
        "values that are one interaction behind.",
        where,
        (
            Evidence(
                before.n,
                old.made,
                made.file if made else write.file,
                made.line if made else write.line,
                f"`{old.name}` was {value_words(old.old)}",
            ),
            Evidence(
                before.n,
                before.step_of(write),
                write.file,
                write.line,
                f"drew `{drawing.name}` with its callback",
            ),
            Evidence(
                run.n,
                callback.step,
                callback.file,
                callback.line,
                f"`{callback.function}` {how} {value_words(old.old)}; {old.source} was "
                f"{value_words(old.new)}",
            ),
        ),
        same=(old.name, Via.ARGUMENT),
    )
