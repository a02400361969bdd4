"""A statement sets a key to its first value in every run, and so throws away what was stored.

Holds when a statement that hangs on no condition gives a key a value that depends on no state and
no widget, it gave it the same value in an earlier run, and what it replaces was stored since: in a
callback, in a branch, or by a person in a widget.

Silent when the value was the same, when the statement stands below `if key not in …` or any other
condition, and when the key is a message of one run: stored plainly, read by that run, and emptied;
or stored by a callback, read by the body, and taken back below.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from ...model import StateOp, StateWrite
from ..changes import by_body, by_browser, callback_of, deciding
from ..dependence import sources_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT101",
    "unguarded-init",
    Level.FAULT,
    Docs(
        "Add statefulness to apps",
        "https://docs.streamlit.io/develop/concepts/architecture/session-state",
    ),
)
_EMPTY = ("None", "''", "False", "[]", "{}")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for write in run.state_writes:
            if write.op is StateOp.SET and write.old not in (None, write.new):
                yield from _of(run, write)


def _of(run: Run, write: StateWrite) -> Iterator[Finding]:
    if not by_body(run, write):
        return
    stored, own = _before(run, write)
    if stored is None or own is None or stored is own or own.run == run.n:
        return
    if own.new != write.new or not _from_a_person(run, stored) or not _is_init(run, write):
        return
    if write.new in _EMPTY and (_is_message(run, stored) or _was_read(run, stored, write)):
        return
    made = run.history.runs[stored.run]
    where = f"line {stored.line}" if stored.line else "a widget"
    if stored.line and stored.file != write.file:
        where = f"{stored.file}:{stored.line}"
    key, old, new = write.key, value_words(write.old), value_words(write.new)
    yield Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{key}` is set to {new} again in every run",
        f"Line {write.line} runs in every run and sets `{key}` to {new}. In run {run.n} it threw "
        f"away {old}, which {where} had stored"
        + (f" in run {stored.run}." if stored.run != run.n else " in the same run."),
        f'Set it only once: `if "{key}" not in st.session_state:` above line {write.line}.',
        (
            Evidence(made.n, stored.step, stored.file, stored.line, f"`{key}` became {old}"),
            Evidence(run.n, run.step_of(write), write.file, write.line, f"set back to {new}"),
        ),
        same=key,
    )


def _before(run: Run, write: StateWrite) -> tuple[StateWrite | None, StateWrite | None]:
    """The change of the key before a write, and the last one by the write's own statement."""
    life = run.history.writes_of_key(run.record.app_session, write.key)
    at = bisect_left(life, (run.n, write.at_ns), key=lambda each: (each.run, each.at_ns))
    place = (write.file, write.line, write.op)
    for n in range(at - 1, -1, -1):
        if (life[n].file, life[n].line, life[n].op) == place:
            return life[at - 1], life[n]
    return None, None


def _from_a_person(run: Run, stored: StateWrite) -> bool:
    """Whether a value came from a callback, a widget, or a branch of the script."""
    made = run.history.runs.get(stored.run)
    if made is None or not made.known or stored.op in (StateOp.CLEANUP, StateOp.DELETE):
        return False
    if by_browser(stored) or callback_of(made, stored) is not None:
        return True
    return stored.line is not None and bool(deciding(made, made.step_of(stored)))


def _is_init(run: Run, write: StateWrite) -> bool:
    """Whether a statement runs under no condition, and its value depends on no state or widget."""
    step = run.step_of(write)
    if not run.known or run.statement(step) is None or deciding(run, step):
        return False
    used = sources_of(run, step)
    drew = {run.step_of(each) for each in run.writes if each.widget}
    return not used.keys() and not used.steps & drew


def _is_message(run: Run, stored: StateWrite) -> bool:
    """Whether a value was stored without regard to the one before, and read in its own run."""
    made = run.history.runs[stored.run]
    if stored.op is not StateOp.SET or callback_of(made, stored) or stored.new == "True":
        return False
    step = made.step_of(stored)
    used = sources_of(made, step).keys()
    if stored.key in used:
        return False
    return any(read.key == stored.key and read.step > step for read in made.reads)


def _was_read(run: Run, stored: StateWrite, write: StateWrite) -> bool:
    """Whether the body looked at what a callback had stored before it took it back."""
    made = callback_of(run, stored) if stored.run == run.n else None
    at = run.step_of(write)
    return made is not None and any(
        read.key == write.key and made.step < read.step < at for read in run.reads
    )
