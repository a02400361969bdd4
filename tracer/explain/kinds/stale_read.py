"""An element shows a value that a later statement of the same run changed.

Holds when an element, or the branch that it stands in, used a value of session state in the
run after which the interaction came to rest; a statement that ran after it, in the same run, gave
the key another value; and the element is on the page with the old one.

The branch may also be one that the old value kept from being drawn, and the new one opens for sure.

Silent when a further run of the interaction drew the element again, when the new value equals the
old one, when the change came from a callback (those run before the body), and when the value was
changed only by drawing the widget that owns the key. Also where the value before is meant: the key
says so (`last_…`), the change stands in the very branch that it ends (shown once), it is compared
to notice a change, every run counts it on, or every run sets it below to what stands in the source
(taken back once it was shown, or meant for the next run). And where a loop drew item by item, and
the branch that added items draws those itself, as a chat does; and a widget whose own value was
stored, for it to begin with the next time.

Of a variable of the body only what a branch of a widget adds to it counts: names are used again.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...model import ContainerWrite, StateOp, StateWrite, WriteKind
from ..changes import by_body, deciding, headers_of
from ..dependence import Via, sources_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..items import are_drawn, loop_over, of_key
from ..left_out import left_out
from ..names import stale_names
from ..run import Run
from ..texts import called, fitting, value_words

KIND = Kind(
    "RT103",
    "stale-read",
    Level.FAULT,
    Docs(
        "Button behavior and examples",
        "https://docs.streamlit.io/develop/concepts/design/buttons",
    ),
)
_BEFORE = re.compile(r"(?i)(?:^|_)(?:prev|previous|last|old|before|former|earlier)(?:_|$)")
_CHANGES = (StateOp.SET, StateOp.DELETE, StateOp.IN_PLACE)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    run = episode.last
    if not episode.settled or not run.known:
        return
    later = [write for write in run.state_writes if _counts(run, write)]
    said: set[tuple[str | None, int | None, str]] = set()
    if later:
        changed, keys = max(write.step for write in later), {write.key for write in later}
        read = min((read.step for read in run.reads if read.key in keys), default=changed)
        for _, write in run.history.shown(run):
            between = read <= write.step < changed
            if between and write.run == run.n and write.kind is not WriteKind.BLOCK:
                yield from _of_state(run, write, run.step_of(write), later, said)
        named = [write for write in later if not _BEFORE.search(write.key)]
        yield from left_out(KIND, run, named)
    places = {place[:2] for place in said}  # a name for what is in state is not said twice
    yield from (each for each in stale_names(KIND, run) if (each.file, each.line) not in places)


def _counts(run: Run, write: StateWrite) -> bool:
    """Whether a change of state was made by the body, and made a difference."""
    return by_body(run, write) and write.op in _CHANGES and write.old != write.new


def _is_meant(run: Run, key: str, step: int, direct: bool, change: StateWrite) -> bool:
    """Whether an app shows the value before on purpose: as such, once, or to notice a change."""
    at = run.step_of(change)
    around = set(deciding(run, step))
    if _BEFORE.search(key):
        return True
    for header in headers_of(run, at):
        if (run.steps[header - 1].file, run.steps[header - 1].line) not in around:
            return False
        if key in sources_of(run, header).keys():  # noqa: SIM118
            return True
    if _is_literal(run, at):
        return True
    return not direct or key in sources_of(run, at).keys()  # noqa: SIM118


def _is_literal(run: Run, step: int) -> bool:
    """Whether a statement gives a value that stands in the source."""
    statement = run.statement(step)
    node = statement.node if statement else None
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    try:
        ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _of_state(
    run: Run,
    write: ContainerWrite,
    step: int,
    later: list[StateWrite],
    said: set[tuple[str | None, int | None, str]],
) -> Iterator[Finding]:
    for key, read in sources_of(run, step, conditions=True).keys().items():
        if (write.file, write.line, key) in said:
            continue
        changed = [w for w in later if w.key == key and w.step > write.step]
        if not changed or changed[-1].new == run.history.state_value(run, key, read):
            continue
        new = changed[-1]
        direct = key in sources_of(run, step).keys()  # noqa: SIM118
        if _is_meant(run, key, step, direct, new):
            continue
        old = run.history.state_value(run, key, read)
        if write.widget_id and step in sources_of(run, run.step_of(new)).steps:
            continue  # it shows its own value, which is what was stored
        loop = loop_over(run, step, of_key(key))
        if loop and are_drawn(run, write, run.step_of(new), old, new.new):
            continue
        said.add((write.file, write.line, key))
        was = f"with `{key}` as {value_words(old)}" if old is not None else f"without `{key}`"
        became = f"set it to {value_words(new.new)}" if new.new is not None else "deleted it"
        name = called(write)
        yield Finding(
            KIND,
            run.n,
            write.file,
            write.line,
            fitting(
                f"`{name}` shows the old `{key}`: it changes further down",
                f"`{name}` shows the old `{key}`",
            ),
            f"Line {write.line} drew `{name}` {was}; line {new.line} then {became}, in the same "
            "run. No further run followed, so the page stays one step behind until the next "
            "interaction.",
            f"Change `{key}` before it is drawn: in a callback (`on_click=`, `on_change=`), "
            f"which runs before the script's body, or by moving line {new.line} above line "
            f"{write.line}.",
            (
                Evidence(run.n, step, write.file, write.line, f"drawn {was}"),
                Evidence(run.n, new.step, new.file, new.line, became.replace(" it", "", 1)),
            ),
            same=(key, Via.STATE),
        )
