"""`why`: the chain from something that happened back to what made it happen."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import ContainerWrite
from ...words.names import kind_words
from ...words.sentences import shorten, times, what_ran
from ..dependence import definition
from ..history import History
from ..run import Run
from ..texts import value_words
from .asking import About, Question
from .chain import Chain, ChainLink
from .values import (
    at,
    back_from,
    callback_at,
    of_definition,
    of_key,
    of_trigger,
    why_it_ran,
)
from .walk import Node, follow


def why(history: History, question: Question) -> Chain:
    """The answer. A question that cannot be answered from what is recorded has one link."""
    run = history.runs[question.run]
    match question.about:
        case About.ELEMENT:
            write = history.write_of_message[question.message]
            return follow(
                f"Why does the page show {_called(write)}?", _element(run, write), history
            )
        case About.LINE:
            title = f"Why did {question.file}:{question.line} run in run {run.n}?"
            return follow(title, _line(run, question), history)
        case About.KEY:
            step = question.step or len(run.steps) + 1
            title = f"Why does `{question.name}` have this value after run {run.n}?"
            return follow(title, of_key(run, question.name, step), history)
        case About.NAME:
            title = f"Why does `{question.name}` have this value in run {run.n}?"
            return follow(title, _name(run, question), history)
        case About.RUN:
            return follow(f"Why did run {run.n} start?", _run(run), history)
        case About.CALLBACK:
            title = f"Why was `{question.name}` called?"
            return follow(title, _callback(history, question), history)


def _called(write: ContainerWrite) -> str:
    kind = kind_words(write.element)
    return f"the {kind}" + (f" `{shorten(write.label, 40)}`" if write.label else "")


def _element(run: Run, write: ContainerWrite) -> Node:
    step = run.step_of(write)
    known = 0 < step <= len(run.steps)
    code = run.code(step) if known else ""
    shows = write.shows or (write.value if write.widget else None)
    name = _called(write)
    name = name[0].upper() + name[1:]
    text = f"{name} shows {value_words(shows)}" if shows else name
    text += (f": `{code}` drew it." if shows else f" was drawn by `{code}`.") if code else "."
    if not known and run.record.detailed:
        text += " Streamlit wrote it by itself, before a line of the script ran."
    elif not known:
        text += " The run's steps were not kept, so what it used is not known."

    def further() -> Iterator[Node]:
        if known:
            found = [*back_from(run, step), *why_it_ran(run, step)]
            yield from found or [_constant(run, step)]

    link = ChainLink(text, run.n, step, write.file, write.line, shows)
    return Node(link, ("element", write.message), None, further)


def _constant(run: Run, step: int) -> Node:
    text = "The line reads no value and stands in no branch: all that it shows is in the source."
    return Node(at(run, step, text), "constant")


def _line(run: Run, question: Question) -> Node:
    steps = run.steps_at(question.file, question.line)
    if not steps:
        text = f"Line {question.line} did not run in run {run.n}: ask why not."
        link = ChainLink(text, run.n, 0, question.file, question.line, None, True)
        return Node(link, "line")
    step = max((each for each in steps if each <= question.step), default=steps[-1])
    text = f"`{run.code(step)}` ran {times(len(steps))}."

    def further() -> Iterator[Node]:
        inside = list(why_it_ran(run, step))
        yield from inside
        frame = run.steps[step - 1].frame
        caller = run.caller(frame)
        if caller:
            name = run.frames[frame].function
            text = f"`{name}` was called: `{run.code(caller)}`."
            yield Node(
                at(run, caller, text), ("call", caller), None, lambda: _called_from(run, caller)
            )
        elif not inside:
            yield from of_trigger(run)

    return Node(at(run, step, text), "line", None, further)


def _called_from(run: Run, caller: int) -> Iterator[Node]:
    yield from list(why_it_ran(run, caller)) or of_trigger(run)


def _name(run: Run, question: Question) -> Node:
    end = question.step or len(run.steps) + 1
    frames = [frame for frame, name in run.changes_of_name if name == question.name]
    frame = run.module_frame if run.module_frame in frames else frames[-1]
    value = run.value(frame, question.name, end)
    step = definition(run, end, frame, question.name)
    found = of_definition(run, step, question.name, value) if step else None
    if found is not None:
        return found
    change = run.changes_of_name[frame, question.name][-1]
    own = run.steps_of_frame.get(frame, [change.step])
    text = f"`{question.name}` was {value_words(value)} in `{run.frames[frame].function}`."
    caller = run.caller(frame)
    return Node(
        at(run, own[0], text, value),
        "name",
        None,
        (lambda: back_from(run, caller)) if caller else (lambda: of_trigger(run)),
    )


def _run(run: Run) -> Node:
    text = f"Run {run.n} executed {what_ran(run.record)}."
    return Node(ChainLink(text, run.n), ("run", run.n), None, lambda: of_trigger(run))


def _callback(history: History, question: Question) -> Node:
    for n in range(question.run, 0, -1):
        run = history.runs.get(n)
        for callback in run.callbacks if run else ():
            if run is not None and callback.function.rpartition(".")[2] == question.name:
                for frame in run.frames:
                    found = callback_at(run, frame)
                    if found is not None:
                        return found
                text = f"`{question.name}` was called as a callback in run {n}."
                link = ChainLink(text, n, callback.step, callback.file, callback.line)
                return Node(link, "callback", None, lambda run=run: of_trigger(run))  # type: ignore[misc]
    text = f"`{question.name}` was never called as a callback: ask why not."
    return Node(ChainLink(text, question.run, end=True), "callback")
