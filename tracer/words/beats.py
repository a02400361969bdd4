"""A beat in words: one telling event of an interaction, in a short sentence. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import (
    Callback,
    ContainerWrite,
    Interaction,
    Outcome,
    RunError,
    RunKind,
    ScriptRun,
    StateOp,
    StateWrite,
    WriteKind,
)
from . import names
from . import sentences as words
from .ends import RunEnd
from .outcomes import ENDED

_LONGEST = 48  # characters of a label or a value


def arrives(interaction: Interaction) -> str:
    """It comes from the browser."""
    return f"{words.interaction_sentence(interaction)}."


def callback_runs(callback: Callback) -> str:
    """Before the script's first line."""
    failed = f", and fails with {callback.error}" if callback.error else ""
    return f"{callback.function} runs, before line 1 of the script{failed}."


def run_starts(run: ScriptRun, asked_by: int | None) -> str:
    """`asked_by`: the run whose rerun request it answers."""
    by = f", as run {asked_by} asked" if asked_by is not None else ""
    if run.kind is RunKind.FRAGMENT:
        return f"Run {run.n} starts: {words.what_ran(run)}{by}."
    return f"Run {run.n} starts from the top{by}."


def element_appears(write: ContainerWrite, lost: bool) -> str:
    """`lost`: the browser never got it."""
    shown = words.shorten(write.shows or "", _LONGEST)
    text = words.shorten(write.label, _LONGEST)
    said = f": “{text}”" if text else f": {shown}" if shown else ""
    if text and shown and shown != text:
        said += f", {shown}"
    above = " above what was there" if write.out_of_order else ""
    unseen = " The browser never gets it." if lost else ""
    return f"The {names.kind_words(write.element)} is drawn{above}{said}.{unseen}"


def place_kept(write: ContainerWrite) -> str:
    """Something will be written into it later."""
    what = "container" if write.kind is WriteKind.BLOCK else "place"
    return f"A {what} keeps its place on the page, still empty."


def elements_appear(names: Sequence[str]) -> str:
    """Several at once: where there is no room for each."""
    shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    are = "is" if len(names) == 1 else "are"
    return f"{words.count(len(names), 'more element')} {are} drawn: {shown}."


def key_changes(write: StateWrite) -> str:
    """A key of session state."""
    new = words.shorten(write.new, _LONGEST) if write.new is not None else ""
    if write.op is StateOp.CLEANUP:
        return f"{write.key} is dropped: its widget was not drawn."
    if write.new is None:
        return f"{write.key} is deleted."
    if write.op is StateOp.WIDGET and write.line is None:
        return f"{write.key} is {new} now: the browser sent it."
    if write.old is None:
        return f"{write.key} is set to {new}."
    return f"{write.key} changes to {new}."


def keys_change(keys: Sequence[str]) -> str:
    """Several at once: where there is no room for each."""
    shown = ", ".join(keys[:3]) + (", …" if len(keys) > 3 else "")
    return f"{words.count(len(keys), 'more change')} of session state: {shown}."


def run_ends(end: RunEnd, error: RunError | None, following: ScriptRun | None) -> str:
    """`following`: the run that starts because this one asked for it."""
    run = end.run
    at = f" at {end.place(run.script)}" if end.line else ""
    then = f"; run {following.n} starts" if following is not None else ""
    match run.outcome:
        case Outcome.COMPLETED:
            text = f"Run {run.n} ends: the script is at its end" + then
        case Outcome.RERUN:
            text = f"Run {run.n} stops{at}" + (then or f": {end.call}")
        case Outcome.ERROR if error is not None:
            said = words.shorten(error.message, _LONGEST)
            text = f"Run {run.n} ends with {error.type}{at}" + (f": {said}" if said else "")
        case Outcome.RUNNING:
            text = f"Run {run.n} has no end in the recording"
        case Outcome.COMPILE_ERROR:
            text = f"Run {run.n}: the script {ENDED[run.outcome]}"
        case _:
            text = f"Run {run.n} is {end.short()}{then}"
            if run.outcome is Outcome.SWITCHED:
                text = f"Run {run.n} leaves for another page{at}{then}"
    return f"{text.rstrip('.')}."


def runs_left_out(number: int) -> str:
    """Of a long chain of runs, those in the middle."""
    return f"{words.count(number, 'more run')} in between."
