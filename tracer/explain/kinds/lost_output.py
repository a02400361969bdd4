"""An element was written right before a rerun, and nobody could read it.

Holds when a run wrote an element that was not there before, a rerun ended that run, and the run
that followed did not write it: it was thrown away before it was sent, or it was gone within half a
second.

Silent when the next run writes the same again (at the same line, or the same text from another
one), when the element was already there before the interaction (a page or a stage was left), for
what is meant to go (spinners, progress bars, empty places), and for what was shown long enough.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import ContainerWrite, InteractionKind, MessageFate, WriteKind
from ...words.sentences import duration
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..reruns import ending, follower
from ..run import Run

KIND = Kind(
    "RT503",
    "lost-output",
    Level.FAULT,
    Docs("st.rerun", "https://docs.streamlit.io/develop/api-reference/execution-flow/st.rerun"),
)
_READABLE_NS = 500_000_000
_GOES = ("empty", "spinner", "progress", "status", "dialog", "skeleton")
_STAYS = ("toast",)  # the browser shows it for some seconds once it was sent


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    interaction = episode.interaction
    if interaction is None or interaction.kind is InteractionKind.LOAD:
        return
    for run in episode.runs:
        request = ending(run)
        if request is None or request.scope == "page" or not run.known:
            continue
        second = follower(episode, run)
        if second is None or not second.ended or not second.known:
            continue
        for write in run.writes:
            if _is_new(run, write) and _lost(run, write, second):
                yield _finding(run, second, write, run.step_of(request))
                break


def _same(one: ContainerWrite, other: ContainerWrite) -> bool:
    if one.element != other.element:
        return False
    place = (one.file, one.line) == (other.file, other.line)
    return place or (one.label, one.shows) == (other.label, other.shows)


def _is_new(run: Run, write: ContainerWrite) -> bool:
    """Whether it is something to read that was not there before."""
    if write.kind is not WriteKind.ELEMENT or write.widget_id or write.element in _GOES:
        return False
    if write.line is None or not (write.label or write.shows):
        return False
    earlier, seen = run.previous, 0
    while earlier is not None and seen < 5:
        if any(_same(write, other) for other in earlier.writes):
            return False
        seen += earlier.whole
        earlier = earlier.previous
    return True


def _lost(run: Run, write: ContainerWrite, second: Run) -> bool:
    if any(_same(write, other) for other in second.writes):
        return False
    fate = run.history.fates.get(write.message)
    if fate is MessageFate.DISCARDED:
        return True
    if fate is not MessageFate.DELIVERED or write.element in _STAYS:
        return False
    return (second.record.ended_ns or 0) - write.at_ns < _READABLE_NS


def _finding(run: Run, second: Run, write: ContainerWrite, ended: int) -> Finding:
    place = run.place(ended)
    line = place.line if place else None
    name = write.label or write.shows or write.element.replace("_", " ")
    seen = run.history.delivered(write)
    gone = (second.record.ended_ns or 0) - write.at_ns
    how = (
        f"run {second.n}, which did not draw it, took it away after {duration(gone)}"
        if seen
        else f"run {second.n} began before it was sent, and Streamlit threw it away"
    )
    fix = "Keep the text in session state (`st.session_state.message = …`), and draw it in the run"
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"“{name}” is gone before anyone can read it",
        f"Line {write.line} wrote “{name}”, and line {line} called `st.rerun()` right after it: "
        f"{how}.",
        f'{fix} that follows: `if message := st.session_state.pop("message", None): …`. Or change '
        "the state in a callback, so that no rerun is needed and the element stays.",
        (
            Evidence(run.n, run.step_of(write), write.file, write.line, "written"),
            Evidence(run.n, ended, place.file if place else None, line, "`st.rerun()`"),
            Evidence(second.n, 0, None, None, "did not draw it"),
        ),
        same=write.element,
    )
