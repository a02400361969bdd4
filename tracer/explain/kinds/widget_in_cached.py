"""A widget stands in a cached function, and a call that the cache answered did not run it.

Holds when a run in which the function ran drew a widget in it, and a later call of the same
statement was a hit: the function did not run, so the widget was not drawn, or its value was not
read.

Silent for elements that are no widgets (Streamlit draws those again from the cache).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import CacheAccess, ContainerWrite
from ..dependence import values_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import drew
from ..run import Run

KIND = Kind(
    "RT602",
    "widget-in-cached",
    Level.FAULT,
    Docs(
        "Caching overview",
        "https://docs.streamlit.io/develop/concepts/architecture/caching",
    ),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for function in {access.function for access in run.cache if access.hit}:
            hit = next(a for a in run.cache if a.hit and a.function == function)
            missed = _missed(run, hit)
            if missed is None:
                continue
            before, widgets = missed
            for write in widgets:
                yield _finding(before, run, hit, write)


def _missed(run: Run, hit: CacheAccess) -> tuple[Run, list[ContainerWrite]] | None:
    """The newest run before in which a call of the function was a miss, with its widgets.

    Best one in which the call used the same values.
    """
    other = None
    for before in run.history.missed(run, hit.function):
        miss = next(a for a in before.cache if not a.hit and a.function == hit.function)
        found = _widgets_in(before, hit.function)
        if not found:
            return None
        if _values(before, miss) == _values(run, hit):
            return before, found
        other = other or (before, found)
    return other


def _values(run: Run, access: CacheAccess) -> dict[str, str]:
    step = run.step_of(access)
    return values_of(run, step) if step else {}


def _widgets_in(run: Run, function: str) -> list[ContainerWrite]:
    """The widgets that a run drew in a function or in what it called."""
    if not run.known or not any(write.widget for write in run.writes):
        return []
    name = function.rpartition(".")[2]
    found = []
    for write in run.writes:
        if not write.widget:
            continue
        step = run.step_of(write)
        frame = run.frames.get(run.steps[step - 1].frame) if 0 < step <= len(run.steps) else None
        while frame is not None and frame.function != name:
            frame = run.frames.get(frame.parent)
        if frame is not None:
            found.append(write)
    return found


def _finding(before: Run, run: Run, hit: CacheAccess, write: ContainerWrite) -> Finding:
    widget = run.history.widgets[write.widget or 0]
    name = widget.label or widget.element.replace("_", " ")
    function = hit.function.rpartition(".")[2]
    again = drew(run, widget.widget_id) is not None
    effect = (
        f"what the user does with `{name}` changes nothing"
        if again
        else f"`{name}` is not on the page"
    )
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{name}` stands in the cached `{function}`",
        f"`{function}` drew `{name}` in line {write.line} when it ran in run {before.n}. In run "
        f"{run.n} the cache answered the call in line {hit.line}, so the function did not run: "
        f"{effect}, and the result is the one of run {before.n}.",
        f"Draw `{name}` outside of `{function}`, and pass its value to it as an argument: then "
        "the cache keeps a result for each value.",
        (
            Evidence(
                before.n,
                before.step_of(write),
                write.file,
                write.line,
                f"`{function}` ran, and drew `{name}`",
            ),
            Evidence(
                run.n,
                run.step_of(hit),
                hit.file,
                hit.line,
                f"the call of `{function}` was answered by the cache",
            ),
        ),
        same=widget.label or widget.key,
    )
