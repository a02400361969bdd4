"""What a question is about: an element, a line, a key, a name, a run or a callback."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum

from ...model import ContainerWrite, WriteKind
from ...words.names import kind_words
from ...words.sentences import spans
from ..history import History
from ..run import Run
from ..texts import listed

_NEAR = 300  # runs that are searched for an element before anything else that has the name


class About(StrEnum):
    """What a question is about."""

    ELEMENT = "element"
    LINE = "line"
    KEY = "key"
    NAME = "name"
    RUN = "run"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `run` is the run in which it is asked.

    `step` of a name or key is the one that begins then, of a line the one up to which its last
    turn is meant; 0: the run's end.
    """

    about: About
    run: int
    name: str = ""
    message: int = 0
    file: str = ""
    line: int = 0
    step: int = 0


class UnknownSubject(LookupError):
    """Nothing of the recording has that name. The message names what comes near."""


def question_of(history: History, text: str, run: int | None = None) -> Question:
    """What is meant by `To pay`, `#12`, `app.py:16`, `cart`, `3` or `run 3`; of `run`, or the last.

    Raises UnknownSubject.
    """
    text = text.strip()
    if not history.runs:
        raise UnknownSubject("the recording has no run")
    asked = max(history.runs) if run is None else run
    if asked not in history.runs:
        raise UnknownSubject(f"there is no run {asked}: {_runs_of(history)}")
    if found := re.fullmatch(r"(?:run )?(\d+)", text):
        number = int(found[1])
        if number not in history.runs:
            raise UnknownSubject(f"there is no run {number}: {_runs_of(history)}")
        return Question(About.RUN, number)
    if found := re.fullmatch(r"#(\d+)", text):
        write = history.write_of_message.get(int(found[1]))
        if write is None:
            raise UnknownSubject(f"message {found[1]} wrote no element")
        return Question(About.ELEMENT, write.run, write.label, write.message)
    if found := re.fullmatch(r"(.+):(\d+)", text):
        return _line(history, found[1], int(found[2]), asked)
    at = history.runs[asked]
    write = _element(history, at, lambda name: name == text, _NEAR)
    if write is None:
        for about, known in _OTHERS:
            if known(history, at, text):
                return Question(about, asked, text)
    low = text.casefold()
    write = write or _element(history, at, lambda name: name.casefold() == low, _NEAR)
    write = write or _element(history, at, lambda name: low in name.casefold(), _NEAR)
    write = write or _element(history, at, lambda name: low in name.casefold())
    if write is not None:
        return Question(About.ELEMENT, write.run, text, write.message)
    raise UnknownSubject(_unknown(text, _names(history, at)))


def _runs_of(history: History) -> str:
    numbers = sorted(history.runs)
    are_all = numbers[-1] == len(numbers)
    return f"the runs {'are' if are_all else 'that are kept are'} {spans(numbers)}"


def question_about(
    history: History,
    about: About,
    *,
    run: int | None = None,
    step: int = 0,
    name: str = "",
    message: int = 0,
    line: int = 0,
) -> Question:
    """What is meant by somebody who pointed at it; `name` is a file's, a key's, a variable's.

    What is asked holds after step `step`; 0: at the run's end. Raises UnknownSubject.
    """
    if about is About.ELEMENT:
        return question_of(history, f"#{message}")
    if about is About.RUN:
        return question_of(history, str(run or 0))
    if not history.runs:
        raise UnknownSubject("the recording has no run")
    asked = max(history.runs) if run is None else run
    if asked not in history.runs:
        raise UnknownSubject(f"there is no run {asked}: {_runs_of(history)}")
    if about is About.LINE:
        return replace(_line(history, name, line, asked), step=step)
    if about is About.NAME and not _is_name(history, history.runs[asked], name):
        raise UnknownSubject(f"nothing is called {name!r} in run {asked}")
    if about is About.KEY and not _is_key(history, history.runs[asked], name):
        raise UnknownSubject(f"session state had no key {name!r} up to run {asked}")
    return Question(about, asked, name, step=step + 1 if step else 0)


def _line(history: History, file: str, line: int, run: int) -> Question:
    files = sorted(set(history.files.values()))
    fit = [f for f in files if f == file] or [f for f in files if f.endswith(f"/{file}")]
    if len(fit) != 1:
        several = "is more than one file" if fit else "is no file of the recording"
        raise UnknownSubject(f"{file} {several}: {listed(fit or files, 5)}")
    program = history.program_of_file(fit[0], run)
    if program is None:
        raise UnknownSubject(f"{fit[0]} is not known in run {run}")
    if program.at(line) is None:
        inside = [s for s in program.statements.values() if s.line <= line <= s.last]
        if not inside:
            near = sorted(program.statements, key=lambda other: abs(other - line))[:2]
            raise UnknownSubject(
                f"{fit[0]}:{line} is no statement; near it are {listed([str(n) for n in near])}"
            )
        line = inside[-1].line
    return Question(About.LINE, run, file=fit[0], line=line)


def _element(
    history: History, run: Run, fits: Callable[[str], bool], most: int = 0
) -> ContainerWrite | None:
    """The newest element up to a run, of the `most` runs before it (0: all), that a name fits."""
    for number in range(run.n, max(0, run.n - most) if most else 0, -1):
        earlier = history.runs.get(number)
        if earlier is None or earlier.record.app_session != run.record.app_session:
            continue
        # What shows a value is asked about sooner than a widget of the same name.
        for write in sorted(earlier.writes, key=lambda write: bool(write.widget)):
            if write.kind is not WriteKind.TRANSIENT and any(map(fits, _called(history, write))):
                return write
    return None


def _called(history: History, write: ContainerWrite) -> list[str]:
    widget = history.widget(write)
    names = (write.label, write.shows, kind_words(write.element), widget and widget.key)
    return [name for name in names if name]


def _is_key(history: History, run: Run, text: str) -> bool:
    if history.writes_of_key(run.record.app_session, text):
        return True
    return any(each.key == text for r in history.runs.values() for each in r.reads) or any(
        each.key == text for each in history.lost
    )


def _is_name(history: History, run: Run, text: str) -> bool:
    return any(name == text for _, name in run.changes_of_name)


def _is_function(history: History, run: Run, text: str) -> bool:
    return any(
        getattr(item.node, "name", None) == text
        for number in history.sources
        if (program := history.program(number)) is not None
        for item in program.statements.values()
    )


_OTHERS: tuple[tuple[About, Callable[[History, Run, str], bool]], ...] = (
    (About.KEY, _is_key),
    (About.NAME, _is_name),
    (About.CALLBACK, _is_function),
)


def _names(history: History, run: Run) -> list[str]:
    shown = [w.label or w.shows or w.element for _, w in history.shown(run)]
    keys = [w.key for r in history.runs_of(run.record.app_session) for w in r.state_writes]
    names = [name for _, name in run.changes_of_name]
    return list(dict.fromkeys([*shown, *keys, *names]))


def _unknown(text: str, names: Iterable[str]) -> str:
    known = list(names)
    low = {name.casefold(): name for name in known}
    near = [low[n] for n in get_close_matches(text.casefold(), low, 3, 0.5)]
    words = listed([f"`{n}`" for n in (near or known)], 3) or "nothing"
    return f"nothing is called {text!r}; " + ("near it are " if near else "there are ") + words
