"""The page reads in another order than it was written.

Holds when an element was written into a plain container after other elements had been written
below that: one that shows what a widget gave that stands below it, one that is added to what the
container holds already, or the first that it gets.

Silent for what is laid out side by side or apart (columns, tabs, the sidebar, expanders, forms),
for places that hold one element (`st.empty()`), and for events (what a button or a chat input adds
above). Said once, where it is met first.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import ContainerWrite, WriteKind
from ..changes import TRIGGERS
from ..dependence import sources_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..reruns import hung_on
from ..run import Run

KIND = Kind(
    "RT502",
    "out-of-order-write",
    Level.NOTE,
    Docs("st.container", "https://docs.streamlit.io/develop/api-reference/layout/st.container"),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        late = [write for write in run.writes if _is_late(write)]
        if not late or not run.whole or not run.completed or not run.known:
            continue
        before = _late_before(run)
        boxes = {w.path: w for w in run.writes if w.kind is WriteKind.BLOCK}
        said: set[tuple[int, ...]] = set()
        for write in late:
            box = boxes.get(write.path[:-1])
            if box is None or box.path in said or (write.file, write.line) in before:
                continue
            if not _is_plain(box, boxes) or _was_there(run, write):
                continue
            found = _of(run, box, write)
            if found is not None:
                said.add(box.path)
                yield found


def _is_late(write: ContainerWrite) -> bool:
    kind = write.kind is WriteKind.ELEMENT and write.element != "empty"
    return kind and write.out_of_order and write.line is not None and write.fragment is None


def _late_before(run: Run) -> set[tuple[str | None, int | None]]:
    """What the whole run before wrote out of order, too: that was said then."""
    earlier = run.previous
    while earlier is not None and not (earlier.whole and earlier.completed):
        earlier = earlier.previous
    return {(w.file, w.line) for w in earlier.writes if _is_late(w)} if earlier else set()


def _is_plain(box: ContainerWrite, boxes: dict[tuple[int, ...], ContainerWrite]) -> bool:
    """Whether a block stands in the flow of the page, as all that it stands in."""
    around = (boxes.get(box.path[:n]) for n in range(2, len(box.path) + 1))
    return all(
        each is None or (each.element == "container" and each.fragment is None) for each in around
    )


def _was_there(run: Run, write: ContainerWrite) -> bool:
    """Whether it took the place of what was there: an empty place, an element that changes."""
    return any(other.path == write.path and other.message < write.message for other in run.writes)


def _of(run: Run, box: ContainerWrite, write: ContainerWrite) -> Finding | None:
    below = [
        other
        for other in run.writes
        if box.message < other.message < write.message
        and other.kind is WriteKind.ELEMENT
        and other.element != "empty"
        and other.path[0] == box.path[0]
        and other.path > box.path
        and other.path[: len(box.path)] != box.path
    ]
    inside = [o for o in run.writes if o.path[:-1] == box.path and o.message < write.message]
    step = run.step_of(write)
    if not below or _is_event(run, step):
        return None
    if inside and any(other.message > inside[-1].message for other in below):
        return _added(run, box, write, below[-1])
    used = sources_of(run, step).steps
    for other in below:
        if other.widget_id and other.element not in TRIGGERS and run.step_of(other) in used:
            return _computed(run, box, write, other)
    return None if inside else _filled(run, box, write, below[-1])


def _is_event(run: Run, step: int) -> bool:
    """Whether a button, a submit or a chat input let it be written."""
    drawn = {run.step_of(w) for w in run.writes if w.element in TRIGGERS}
    return bool(drawn) and any(link.origin in drawn for link in hung_on(run, step))


def _name(write: ContainerWrite) -> str:
    return write.label or write.element.replace("_", " ")


def _computed(
    run: Run, box: ContainerWrite, write: ContainerWrite, widget: ContainerWrite
) -> Finding:
    name, other = _name(write), _name(widget)
    return _finding(
        run,
        box,
        write,
        widget,
        f"`{name}` reads above what it is computed from",
        f"Line {write.line} wrote `{name}` into the container of line {box.line}, so it stands "
        f"above `{other}` (line {widget.line}), from which it was computed. The page reads the "
        "other way round than the script ran: until that line is reached, the container is empty.",
        f"Write line {write.line} below line {widget.line}, without the container, if the page is "
        f"to read as the script runs. If `{name}` is meant to come first, leave it: that is what a "
        "container is for.",
    )


def _added(run: Run, box: ContainerWrite, write: ContainerWrite, below: ContainerWrite) -> Finding:
    name, other = _name(write), _name(below)
    return _finding(
        run,
        box,
        write,
        below,
        f"`{name}` reads above what was written before it",
        f"The container of line {box.line} was filled, line {below.line} wrote `{other}` below it, "
        f"and then line {write.line} added `{name}` to the container: on the page it stands above "
        f"`{other}`.",
        f"Move line {write.line} up to the other lines that fill the container, if nothing in "
        "between is needed for it; then the script reads as the page does.",
    )


def _filled(run: Run, box: ContainerWrite, write: ContainerWrite, below: ContainerWrite) -> Finding:
    name, other = _name(write), _name(below)
    return _finding(
        run,
        box,
        write,
        below,
        f"`{name}` reads above what was written before it",
        f"Line {write.line} wrote `{name}` into the container of line {box.line}, after line "
        f"{below.line} had written `{other}` below that: the page reads in another order than the "
        "script ran.",
        f"Leave it, if `{name}` is meant to come first: that is what a container is for. Else "
        f"write line {write.line} without the container.",
    )


def _finding(
    run: Run,
    box: ContainerWrite,
    write: ContainerWrite,
    other: ContainerWrite,
    title: str,
    text: str,
    remedy: str,
) -> Finding:
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        title,
        text,
        remedy,
        (
            Evidence(run.n, run.step_of(box), box.file, box.line, "made the container"),
            Evidence(run.n, run.step_of(other), other.file, other.line, f"wrote `{_name(other)}`"),
            Evidence(run.n, run.step_of(write), write.file, write.line, "wrote into the container"),
        ),
        also=((box.file, box.line),) if box.file and box.line else (),
        same=box.line,
    )
