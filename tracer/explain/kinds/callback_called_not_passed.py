"""A callback was called where the widget is drawn, instead of being passed.

Holds when a statement that drew a widget gives `on_click=`, `on_change=`, `on_submit=` or
`on_select=` the result of a call, and the call came back with something that cannot be called: a
function of the user's returned it, or a method that changes its object and returns None was called.

Silent when the call returned a function, a `partial` or another object that may be callable, and
when it is not known what it returned.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from ...source.program import dotted, program_of
from ..finding import Certainty, Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, drawn
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT207",
    "callback-called-not-passed",
    Level.FAULT,
    Docs(
        "Button behavior and examples",
        "https://docs.streamlit.io/develop/concepts/design/buttons",
    ),
)
_EVENTS = frozenset(("on_click", "on_change", "on_submit", "on_select", "on_dismiss"))
_RETURN_NONE = frozenset(
    ("append", "extend", "insert", "remove", "clear", "sort", "reverse", "update", "add", "discard")
)
_MAY_CALL = re.compile(r"\bon_\w+\s*=\s*[\w.]+\s*\(")  # parsing takes longer
_PLAIN = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        lines = {
            (source.file, line)
            for source in run.history.sources.values()
            for line in _calls(source.text)
        }
        if not lines or not run.known:
            continue
        for each in drawn(run).values():
            if (each.call.file, each.call.line) in lines:
                yield from _of_widget(run, each)


@lru_cache(maxsize=1024)
def _calls(text: str) -> dict[int, list[tuple[str, ast.Call]]]:
    """Where a parameter for a callback is given the result of a call, by line."""
    found: dict[int, list[tuple[str, ast.Call]]] = {}
    program = program_of(text) if _MAY_CALL.search(text) else None
    for line, statement in program.statements.items() if program else ():
        for call in statement.call_nodes():
            for word in call.keywords:
                if word.arg in _EVENTS and isinstance(word.value, ast.Call):
                    found.setdefault(line, []).append((word.arg, word.value))
    return found


def _of_widget(run: Run, each: Drawn) -> Iterator[Finding]:
    step = run.step_of(each.write)
    program = run.program(step)
    if program is None or each.call.line is None:
        return
    for event, call in _calls(program.text).get(each.call.line, ()):
        name = dotted(call.func)
        inside = [
            frame
            for frame in run.frames_called(step)
            if run.frames[frame].function == name.rpartition(".")[2]
        ]
        if inside:
            text = _returned(run, inside[0])
            if not _is_plain(text):
                continue
            certainty, ran = Certainty.OBSERVED, run.steps_of_frame[inside[0]][0]
        elif isinstance(call.func, ast.Attribute) and call.func.attr in _RETURN_NONE:
            text, certainty, ran = "None", Certainty.INFERRED, step
        else:
            continue
        yield _finding(run, each, event, program.segment(call), name, call, text, certainty, ran)


def _returned(run: Run, frame: int) -> str:
    """The text of what a call returned."""
    for change in reversed(run.chunk.changes):
        if change.frame == frame and change.scope == "return":
            return change.text or "None"
    return "None"


def _is_plain(text: str) -> bool:
    """Whether a value's text is one of plain data, which nobody can call; a word may be meant."""
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return isinstance(node, _PLAIN) and not (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _finding(
    run: Run,
    each: Drawn,
    event: str,
    code: str,
    name: str,
    call: ast.Call,
    text: str,
    certainty: Certainty,
    ran: int,
) -> Finding:
    write, place = each.write, run.place(ran)
    given = [ast.unparse(arg) for arg in call.args]
    words = [f"{w.arg}={ast.unparse(w.value)}" for w in call.keywords if w.arg]
    remedy = f"Pass `{name or 'the function'}` without calling it: `{event}={name}`"
    if given:
        remedy += f", with `args=({', '.join(given)}{',' if len(given) == 1 else ''})`"
    if words:
        remedy += f", with `kwargs=dict({', '.join(words)})`"
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{each.name}` calls its callback while it is drawn",
        f"`{event}={code}` in line {write.line} calls `{name}` each time `{each.name}` is drawn, "
        f"also on the first load, and hands over what it returns: {value_words(text)}. So what it "
        f"does happens in every run, and using `{each.name}` calls nothing.",
        remedy + ". Streamlit then calls it when the widget is used, before the script's body.",
        (
            Evidence(
                run.n,
                ran,
                place.file if place else write.file,
                place.line if place else write.line,
                f"`{code}` ran in run {run.n} while `{each.name}` was drawn",
            ),
            Evidence(
                run.n,
                run.step_of(write),
                write.file,
                write.line,
                f"`{event}` was given {value_words(text)}",
            ),
        ),
        certainty,
        same=event,
    )
