"""An interaction ran the script twice where a callback would have needed one run.

Holds when a branch that hangs on the widget that was used stored something and called `st.rerun`,
and the run that followed came to rest with the same widgets at the same calls: it did nothing but
show what the first one had stored.

Silent when the second run drew other widgets (a stage was switched, a dialog closed), when the
first one took long (half a second or more: a person is shown that it works), when it wrote to the
page in that branch, when nothing was stored (the rerun reads data afresh), in a fragment that asks
for a run of the whole app (a callback would not give that), and when the page is switched.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import InteractionKind, StateOp, StateWrite
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..reruns import body_begins, ending, follower, hangs_on_widget
from ..run import Run
from ..texts import listed

KIND = Kind(
    "RT303",
    "rerun-instead-of-callback",
    Level.HINT,
    Docs("st.rerun", "https://docs.streamlit.io/develop/api-reference/execution-flow/st.rerun"),
)
_STORED = (StateOp.SET, StateOp.DELETE, StateOp.IN_PLACE)
_LONG_NS = 500_000_000
_SUBMITS = {"chat_input": "on_submit", "button": "on_click", "download_button": "on_click"}


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    interaction = episode.interaction
    if interaction is None or interaction.kind is not InteractionKind.WIDGET:
        return
    run = episode.first
    second = follower(episode, run)
    request = ending(run)
    if request is None or second is None or not (run.known and second.completed and second.known):
        return
    scope_fits = run.whole if request.scope == "app" else request.scope == "fragment"
    if not scope_fits or second.requests or _took_ns(run) >= _LONG_NS:
        return
    step = run.step_of(request)
    widget = hangs_on_widget(run, step, {change.widget_id for change in interaction.changes})
    if widget is None:
        return
    drawn = run.step_of(widget)
    stored = [
        write
        for write in run.state_writes
        if write.op in _STORED
        and write.line is not None
        and write.step >= max(drawn, body_begins(run))
    ]
    wrote = any(write.step > drawn and run.step_of(write) > drawn for write in run.writes)
    if not stored or wrote or not _same_widgets(run, second):
        return
    yield _finding(run, second, step, widget.label or "the widget", widget.element, stored)


def _took_ns(run: Run) -> int:
    return (run.record.ended_ns or 0) - (run.record.body_started_ns or run.record.started_ns)


def _same_widgets(run: Run, second: Run) -> bool:
    """Whether the second run drew widgets by the same calls as the page had before."""

    def calls(of: Run) -> set[tuple[str | None, int | None]]:
        return {(w.file, w.line) for w in of.writes if w.widget_id is not None}

    before = run.previous
    while before is not None and (not before.completed or before.record.kind != run.record.kind):
        before = before.previous
    return before is not None and calls(before) == calls(second)


def _finding(
    run: Run, second: Run, step: int, label: str, element: str, stored: list[StateWrite]
) -> Finding:
    place = run.place(step)
    first = stored[0]
    keys = listed([f"`{key}`" for key in dict.fromkeys(write.key for write in stored)])
    option = _SUBMITS.get(element, "on_change")
    lines = len(run.steps)
    statements = "statement" if lines == 1 else "statements"
    return Finding(
        KIND,
        run.n,
        place.file if place else None,
        place.line if place else None,
        f"`{label}` needs two runs where one would do",
        f"Line {first.line} stored {keys}, and line {place.line if place else '?'} called "
        f"`st.rerun()`, so that what was drawn above shows it. Run {run.n} ({lines} {statements}) "
        f"was thrown away, and run {second.n} did it all again.",
        f"Store {keys} in a callback (`{option}=`) of `{label}`: it runs before the script draws "
        "anything, so that one run shows the new value, and `st.rerun()` can go. Or draw what "
        f"shows {keys} further down, or in a container that is filled afterwards.",
        (
            Evidence(run.n, run.step_of(first), first.file, first.line, f"stored {keys}"),
            Evidence(
                run.n,
                step,
                place.file if place else None,
                place.line if place else None,
                f"`st.rerun()` ended run {run.n}",
            ),
            Evidence(second.n, 0, None, None, "drew the page again"),
        ),
        same=label,
    )
