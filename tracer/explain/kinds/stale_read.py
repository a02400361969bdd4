"""An element shows a value that a later statement of the same run changed.

Holds when an element used a value of session state, or of a variable of the script's body, in the
run after which the interaction came to rest; a statement that ran after it, in the same run, gave
the key or the variable another value; and the element is on the page with the old one.

Silent when a further run of the interaction drew the element again, when the new value equals the
old one, when the change came from a callback (those run before the body), and when the value was
changed only by drawing the widget that owns the key.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import ContainerWrite, StateOp, StateWrite
from ..dependence import Via, sources_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode, Run
from ..texts import value_words

KIND = Kind(
    "RT103",
    "stale-read",
    Level.FAULT,
    Docs(
        "Button behavior and examples",
        "https://docs.streamlit.io/develop/concepts/design/buttons",
    ),
    patchable=True,
)
_CHANGES = (StateOp.SET, StateOp.DELETE, StateOp.IN_PLACE)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    run = episode.last
    if not episode.settled or not run.known:
        return
    later = [write for write in run.state_writes if _counts(run, write)]
    if later:
        shown = [(write, run.step_of(write)) for _, write in run.history.shown(run)]
        for write, step in shown:
            if write.run == run.n:
                yield from _of_state(run, write, step, later)


def _counts(run: Run, write: StateWrite) -> bool:
    """Whether a change of state was made by the body, and made a difference."""
    in_body = write.line is not None and write.step >= _body_begins(run)
    return in_body and write.op in _CHANGES and write.old != write.new


def _body_begins(run: Run) -> int:
    return min(run.steps_of_frame.get(run.module_frame, [1]))


def _of_state(
    run: Run, write: ContainerWrite, step: int, later: list[StateWrite]
) -> Iterator[Finding]:
    for key, read in sources_of(run, step, conditions=True).keys().items():
        changed = [w for w in later if w.key == key and w.step > write.step]
        if not changed or changed[-1].new == run.history.state_value(run, key, read):
            continue
        new = changed[-1]
        old = run.history.state_value(run, key, read)
        name = write.label or write.element.replace("_", " ")
        yield Finding(
            KIND,
            run.n,
            write.file,
            write.line,
            f"`{name}` shows the old `{key}`: it changes further down",
            f"Line {write.line} drew `{name}` with `{key}` as {value_words(old)}; line {new.line} "
            f"then set it to {value_words(new.new)}, in the same run. No further run followed, so "
            "the page stays one step behind until the next interaction.",
            f"Change `{key}` before it is drawn: in a callback (`on_click=`, `on_change=`), "
            f"which runs before the script's body, or by moving line {new.line} above line "
            f"{write.line}.",
            (
                Evidence(run.n, step, write.file, write.line, f"drawn with {value_words(old)}"),
                Evidence(run.n, new.step, new.file, new.line, f"set to {value_words(new.new)}"),
            ),
            same=(key, Via.STATE),
        )
