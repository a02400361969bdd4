"""`why_not`: the nearest thing that would have let happen what did not happen."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ...analysis.coverage import Cause, cover_run
from ...model import AttemptFate, ContainerWrite, DrawnWidget, MessageFate, StateOp, StateWrite
from ...source.program import Statement
from ...words.ends import superseding
from ...words.names import fragment_words
from ...words.sentences import interaction_sentence
from ..dependence import sources_of
from ..history import History
from ..run import Run
from ..texts import listed, value_words
from .asking import About, Question
from .chain import Chain, ChainLink
from .values import at, back_from, of_trigger, of_write, why_it_ran
from .walk import Node, follow


def why_not(history: History, question: Question) -> Chain:
    """The answer; where the thing did happen, that is the answer."""
    run = history.runs[question.run]
    match question.about:
        case About.LINE:
            title = f"Why did {question.file}:{question.line} not run in run {run.n}?"
            return follow(title, of_line(run, question.file, question.line), history)
        case About.ELEMENT:
            write = history.write_of_message[question.message]
            widget = history.widget(write)
            name = write.label or write.element
            if widget is not None:
                title = f"Why did a change of `{name}` start no run?"
                return follow(title, _widget(run, write, widget), history)
            title = f"Why does `{name}` not show the new value?"
            return follow(title, _value(run, write), history)
        case About.CALLBACK:
            title = f"Why was `{question.name}` not called?"
            return follow(title, _callback(run, question.name), history)
        case About.KEY | About.NAME:
            title = f"Why is the new value of `{question.name}` not there?"
            return follow(title, _key(run, question.name), history)
        case About.RUN:
            return follow(f"Why not run {run.n}?", _said(run, f"Run {run.n} did run."), history)


def _said(run: Run, text: str, file: str | None = None, line: int | None = None) -> Node:
    return Node(ChainLink(text, run.n, 0, file, line, None, True), text)


def _one(make: Callable[..., Node], *arguments: Any) -> list[Node]:
    return [make(*arguments)]


# A line


def of_line(run: Run, file: str, line: int, depth: int = 0) -> Node:
    """What kept a line from running."""
    history = run.history
    statement = history.statement(file, line, run.n)
    if not run.record.detailed:
        return _said(run, f"Of run {run.n} only its start and end were kept.", file, line)
    if run.ran(file, line) or statement is None:
        return _said(run, f"Line {line} did run in run {run.n}.", file, line)
    found = {
        item.line: item
        for coverage in cover_run(
            run.record,
            history.sources.values(),
            run.line_counts,
            superseding(run.record, history.interactions.values()),
            requests=run.requests,
            cache=run.cache,
        )
        if coverage.file == file
        for item in coverage.not_run
    }
    why = found.get(line)
    if why is None:
        return _said(run, f"{file} had no part in run {run.n}.", file, line)
    if why.cause is Cause.BRANCH:
        return _of_branch(run, file, statement) or _said(
            run, f"Line {line} did not run: {why.reason}.", file, line
        )
    if why.cause is Cause.NOT_CALLED:
        return _of_call(run, file, statement, depth)
    if why.cause is Cause.CACHED:
        name = statement.function
        text = f"Line {line} is in `{name}`, whose call was answered by the cache."
        node = _said(run, text, file, line)
        step = next((run.step_of(a) for a in run.cache if a.hit and _same(a.function, name)), 0)
        if step:
            node.further = lambda: back_from(run, step)
        return node
    if why.cause is Cause.OUTSIDE:
        text = f"Line {line} did not run: run {run.n} executed only {fragment_words(run.record)}."
        node = _said(run, text, file, line)
        node.further = lambda: of_trigger(run)
        return node
    text = f"Line {line} did not run: {why.reason}."
    node = _said(run, text, file, line)
    node.further = lambda: _end(run)
    return node


def _same(function: str, name: str) -> bool:
    return function.rpartition(".")[2] == name


def _end(run: Run) -> Iterator[Node]:
    """The statement that ended a run, and the branch that it stood in."""
    record = run.record
    steps = run.steps_at(record.halted_file, record.halted_line)
    if steps:
        step = steps[-1]
        text = f"`{run.code(step)}` ended run {run.n}."
        yield Node(at(run, step, text), ("end", step), None, lambda: why_it_ran(run, step))


def _of_branch(run: Run, file: str, statement: Statement) -> Node | None:
    """The outermost header that went another way, with the value that its condition had."""
    for guard in statement.guards:
        if not run.ran(file, guard.line):
            continue
        header = run.history.statement(file, guard.line, run.n)
        steps = run.steps_at(file, guard.line)
        if header is None or not steps:
            continue
        if _suite_ran(run, file, guard.line, guard.field):
            continue
        step = steps[-1]
        program = run.history.program_of_file(file, run.n)
        test = guard.test
        if test is not None and program is not None:
            truth = "false" if guard.field == "body" else "true"
            text = f"Line {statement.line} did not run: `{program.segment(test)}` was {truth}."
        elif isinstance(guard.node, ast.For | ast.AsyncFor) and guard.field == "body":
            truth = None
            text = f"Line {statement.line} did not run: `{run.code(step)}` had no round."
        else:
            truth = None
            text = f"Line {statement.line} did not run: `{run.code(step)}` went another way."
        link = at(run, step, text, truth)
        return Node(link, ("branch", step), None, partial(back_from, run, step))
    return None


def _suite_ran(run: Run, file: str, header: int, field: str) -> bool:
    program = run.history.program_of_file(file, run.n)
    return program is not None and any(
        run.ran(file, item.line) for item in program.below(header, field)
    )


def _of_call(run: Run, file: str, statement: Statement, depth: int) -> Node:
    name = statement.function
    program = run.history.program_of_file(file, run.n)
    calls = [
        item
        for item in (program.statements.values() if program else ())
        if name in {call.rpartition(".")[2] for call in item.calls}
    ]
    as_callback = [
        item
        for item in (program.statements.values() if program else ())
        if item not in calls and name in item.uses
    ]
    text = f"Line {statement.line} is in `{name}`, which nobody called in run {run.n}."
    node = _said(run, text, file, statement.line)
    if calls and depth < 5:
        node.further = lambda: (of_line(run, file, item.line, depth + 1) for item in calls)
    elif as_callback:
        node.further = lambda: [_callback(run, name)]
    return node


# A widget, a callback


def _drawing(run: Run, write: ContainerWrite) -> str:
    """The text of the call that drew a widget, all its lines."""
    statement = run.history.statement(write.file, write.line, run.n)
    program = run.history.program_of_file(write.file, run.n)
    if statement is None or program is None:
        return ""
    return "\n".join(program.lines[statement.line - 1 : statement.last])


def _widget(run: Run, write: ContainerWrite, widget: DrawnWidget) -> Node:
    name = f"`{write.label or write.element.replace('_', ' ')}`"
    code = _drawing(run, write)
    history = run.history
    made = dict(widget.made_of)
    text, file, line = "", write.file, write.line
    if made.get("disabled") == "True":
        text = f"{name} is disabled: nobody can change it."
    elif widget.form and "form_submit" not in code:
        text = (
            f"{name} stands in the form `{widget.form}`: its value waits in the browser until the "
            "form is submitted."
        )
    elif made.get("ignore_rerun") == "True" or '"ignore"' in code or "'ignore'" in code:
        text = f'{name} was drawn with "ignore": its changes start no run.'
    taken = {n: each for each in history.runs.values() for n in each.record.took}
    for interaction in history.interactions.values():
        if text or all(change.widget_id != write.widget_id for change in interaction.changes):
            continue
        episode = history.episodes.get(interaction.n)
        taking = taken.get(interaction.n)
        sentence = interaction_sentence(interaction)
        if taking is not None and interaction.fragment in taking.record.fragments_gone:
            text = f"{sentence}, but the fragment of {name} was gone when run {taking.n} started."
        elif taking is not None and taking.record.interaction != interaction.n:
            text = f"{sentence}, and Streamlit merged that into run {taking.n}."
        elif episode is None and taking is None:
            text = f"{sentence}, and no run of its own followed."
    if not text:
        started = [
            str(episode.first.n)
            for episode in history.episodes_of(run.record.app_session)
            if episode.interaction
            and any(c.widget_id == write.widget_id for c in episode.interaction.changes)
        ]
        text = (
            f"Changes of {name} did start runs: {listed(started)}."
            if started
            else f"Nobody changed {name} in this recording."
        )
    return _said(run, text, file, line)


def _callback(run: Run, name: str) -> Node:
    history = run.history
    called = [r.n for r in history.runs.values() for c in r.callbacks if _same(c.function, name)]
    if run.n in called:
        return _said(run, f"`{name}` was called in run {run.n}.")
    for number in history.sources:
        program = history.program(number)
        for item in program.statements.values() if program else ():
            for call in item.call_nodes():
                if not any(
                    (each.arg or "").startswith("on_") and getattr(each.value, "id", "") == name
                    for each in call.keywords
                ):
                    continue
                file, line = history.files[number], item.line
                drawn = [
                    w
                    for r in history.runs.values()
                    for w in r.writes
                    if (w.file, w.line) == (file, line) and w.widget
                ]
                if not drawn:
                    text = f"`{name}` is the callback of a widget that was never drawn."
                    node = _said(run, text, file, line)
                    node.further = partial(_one, of_line, run, file, line)
                    return node
                label = f"`{drawn[-1].label or drawn[-1].element}`"
                act = "clicked" if "button" in drawn[-1].element else "changed"
                where = f"run {run.n}" if called else "any run of this recording"
                text = f"`{name}` is the callback of {label}, which was not {act} for {where}."
                return _said(run, text, file, line)
    return _said(run, f"`{name}` is not passed to any widget as a callback.")


# A value


def _value(run: Run, write: ContainerWrite) -> Node:
    """What an element does not show: the new value of a key that it used."""
    history = run.history
    name = f"`{write.label or write.element}`"
    fate = history.fates.get(write.message)
    if fate not in (None, MessageFate.DELIVERED, MessageFate.PENDING):
        return _said(
            run,
            f"{name} was written in run {run.n}, and {fate}: the browser never got it.",
            write.file,
            write.line,
        )
    step = run.step_of(write)
    for key, read in sources_of(run, step, conditions=True).keys().items():
        later = [
            w
            for w in history.writes_of_key(run.record.app_session, key)
            if (w.run, w.step) > (run.n, read) and w.op is not StateOp.WIDGET
        ]
        if later:
            return _set_later(run, write, name, key, later[0].run == run.n, later[0])
        found = _elsewhere(run, key)
        if found is not None:
            return found
    text = f"{name} shows what run {run.n} gave it: nothing that it used was changed later."
    node = _said(run, text, write.file, write.line)
    node.further = lambda: back_from(run, step)
    return node


def _set_later(
    run: Run, write: ContainerWrite, name: str, key: str, same: bool, change: StateWrite
) -> Node:
    when = "later in the same run" if same else f"only in run {change.run}"
    text = (
        f"{name} was drawn with the `{key}` of that moment; it became "
        f"{value_words(change.new)} {when}."
    )
    node = _said(run, text, write.file, write.line)
    node.further = lambda: [of_write(run, change)]
    return node


def _elsewhere(run: Run, key: str) -> Node | None:
    """A value that came to nothing here: of a thread, refused, or of another app session."""
    history = run.history
    for attempt in (*history.lost, *(a for r in history.runs.values() for a in r.attempts)):
        if attempt.key == key:
            by = (
                "a thread without the run's context set it, and that is no app session's state"
                if attempt.fate is AttemptFate.LOST
                else f"Streamlit refused it: {attempt.reason}"
            )
            text = f"`{key}` = {value_words(attempt.value)} was lost: {by}."
            return _said(run, text, attempt.file, attempt.line)
    for other in history.runs.values():
        for w in other.state_writes:
            if w.key == key and other.record.app_session != run.record.app_session:
                text = (
                    f"`{key}` became {value_words(w.new)} in app session "
                    f"{other.record.app_session}; this page is of app session "
                    f"{run.record.app_session}, and each has its own state."
                )
                return _said(run, text, w.file, w.line)
    return None


def _key(run: Run, key: str) -> Node:
    writes = [w for w in run.history.writes_of_key(run.record.app_session, key) if w.run <= run.n]
    if len(writes) > 1 and writes[-1].op is not StateOp.WIDGET:
        old, new = writes[-2], writes[-1]
        text = f"`{key}` was {value_words(old.new)} until run {new.run}, where it was overwritten."
        node = _said(run, text, old.file, old.line)
        node.further = lambda: [of_write(run, new)]
        return node
    found = _elsewhere(run, key)
    if found is not None:
        return found
    if writes:
        return of_write(run, writes[-1])
    return _said(run, f"Nothing stored `{key}` up to run {run.n}.")
