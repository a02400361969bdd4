"""Elements from before stay on the page, in a place that was used again or not filled.

Holds when a run made a block anew at a place where it had made one before (a loop that fills
`st.empty()` with a container in each pass), filled it with fewer elements, and the surplus of
before still stands in it after the run. Holds, too, when a long run had drawn something new and
elements that it does not draw stayed beside it for a second or more: they go only when it ends. And
when `st.stop()` or an exception ended a run before it filled an `st.empty()` again, which so keeps
what was to be replaced.

Silent when as much was drawn as before, when the place was emptied in between and the browser got
that, for what changes itself (`st.status`), when a long run says that it works (a spinner, a
progress bar), and when the page was switched.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import ContainerWrite, Outcome, WriteKind
from ...words.sentences import duration
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..remaining import Beside, beside
from ..run import Run
from ..texts import listed
from ..unfilled import Unfilled, unfilled

KIND = Kind(
    "RT501",
    "leftover-elements",
    Level.NOTE,
    Docs("st.empty", "https://docs.streamlit.io/develop/api-reference/layout/st.empty"),
)
_GOES_ON = (Outcome.RERUN, Outcome.SWITCHED)
_HOLDING = ("container", "column", "columns", "form", "tab", "tabs")
_LONG_NS = 1_000_000_000
_WORKING = ("spinner", "progress", "status", "toast", "skeleton", "transient")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        if run.known and run.ended and run.record.outcome not in _GOES_ON:
            yield from _in_reused_places(run)
            yield from _beside_new_ones(run)
            yield from (_kept(run, found) for found in unfilled(run))


# A place that is used again


def _in_reused_places(run: Run) -> Iterator[Finding]:
    again = [block for block in _made_again(run) if _had_more(run, block)]
    said: set[int] = set()  # of the outermost place that was used again
    shown = list(run.history.shown(run)) if again else []
    for block in again:
        left = [
            write
            for node, write in shown
            if node.message < block.message
            and node.message not in said
            and len(node.path) > len(block.path)
            and node.path[: len(block.path)] == block.path
            and write.run == run.n
        ]
        said |= {write.message for write in left}
        if left:
            yield _reused(run, block, left)


def _made_again(run: Run) -> list[ContainerWrite]:
    """The blocks of a run that took the place of another one: the last ones that were filled.

    In a run that was cut short the last one may not have been.
    """
    made: dict[tuple[int, ...], list[ContainerWrite]] = {}
    for write in run.writes:
        if write.kind is WriteKind.BLOCK and write.element in _HOLDING and write.line is not None:
            made.setdefault(write.path, []).append(write)
    last = -1 if run.completed else -2
    return [blocks[last] for blocks in made.values() if len(blocks) > -last]


def _had_more(run: Run, block: ContainerWrite) -> bool:
    """Whether more was written into a place before than since the block was made last."""
    inside = len(block.path)
    own = [w for w in run.writes if w.path[:inside] == block.path and len(w.path) > inside]
    since = {write.path for write in own if write.message > block.message}
    before = {write.path for write in own if write.message < block.message}
    return not before <= since


def _reused(run: Run, block: ContainerWrite, left: list[ContainerWrite]) -> Finding:
    names = listed([f"`{_name(write)}`" for write in left])
    first = left[0]
    stays, stands = ("stays", "stands") if len(left) == 1 else ("stay", "stand")
    return Finding(
        KIND,
        run.n,
        block.file,
        block.line,
        f"{names} {stays} from an earlier pass",
        f"Line {block.line} filled the same place again with fewer elements, so {names} of an "
        f"earlier pass (line {first.line}) still {stands} in it. Streamlit replaces what is in a "
        "place one by one, and takes a surplus away only at the end of a run that did not write "
        "it.",
        "Draw as many elements each time: `st.empty()` where there is nothing to show, such as in "
        f"an `else` of what draws {names}. To empty the place alone helps only if the browser gets "
        "that before it is filled again.",
        (
            Evidence(run.n, run.step_of(first), first.file, first.line, f"wrote {names}"),
            Evidence(run.n, run.step_of(block), block.file, block.line, "used the place again"),
        ),
        also=((first.file, first.line),) if first.file and first.line else (),
        same=first.line,
    )


# A long run


def _beside_new_ones(run: Run) -> Iterator[Finding]:
    record = run.record
    if not run.whole or not run.completed or (record.ended_ns or 0) - record.started_ns < _LONG_NS:
        return
    before = run.previous
    if before is None or not before.known:
        return
    if any(write.element in _WORKING for write in run.writes):
        return
    found = beside(before, run)
    if found is not None and found.ns >= _LONG_NS:
        yield _long(run, before, found)


def _long(run: Run, before: Run, found: Beside) -> Finding:
    """The place is what was written last before the longest wait."""
    writes = {write.message: write for write in run.writes}
    write = writes.get(found.last.n) or writes.get(found.new.n) or run.writes[0]
    labels = [f"`{node.label or node.element.replace('_', ' ')}`" for node in found.left]
    names, took = listed(labels, 2), duration(found.ns)
    what = labels[0] if len(labels) == 1 else f"{len(labels)} elements"
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"{what} of run {before.n} stayed for {took}",
        f"Run {run.n} had drawn `{found.new.label or found.new.element}` already, and {names} of "
        f"run {before.n}, which it does not draw, stood beside it for {took}. What a run does "
        f"not draw goes only when it ends; after line {write.line} it worked for "
        f"{duration(found.wait_ns)}.",
        "Draw what comes and goes into one place: `view = st.empty()`, then `with "
        "view.container(): …`; an empty place takes the old content away at once. And say that the "
        "app works: `with st.spinner(…):` around the slow part.",
        (
            Evidence(before.n, 0, None, None, f"run {before.n} drew {names}"),
            Evidence(
                run.n, run.step_of(write), write.file, write.line, "the last one before the wait"
            ),
        ),
        same="long",
    )


# A run that was ended early


def _kept(run: Run, found: Unfilled) -> Finding:
    write, made, line = found
    name, end = _name(write), run.record.halted_line
    how = "`st.stop()`" if run.record.outcome is Outcome.STOPPED else "an exception"
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{name}` stays: the run ended before it was replaced",
        f"Line {write.line} wrote `{name}` into the place of line {made.line}, which line {line} "
        f"would have filled again. But {how} ended the run at line {end}, and what a place holds "
        "then stays on the page.",
        f"Fill the place before the run can end at line {end}, or empty it there. What only says "
        "that work goes on belongs into `with st.spinner(…):`, which goes however the block ends.",
        (
            Evidence(run.n, run.step_of(made), made.file, made.line, "made the place"),
            Evidence(run.n, run.step_of(write), write.file, write.line, f"wrote `{name}`"),
            Evidence(run.n, len(run.steps), run.record.halted_file, end, "the run ended here"),
        ),
        same="kept",
    )


def _name(write: ContainerWrite) -> str:
    return write.label or write.element.replace("_", " ")
