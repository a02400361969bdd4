"""A branch that hangs on a widget that keeps its value changed the state again in a further run.

Holds when the same statement changed the same key in two runs, each time going on from the value
before (added to a list, counted), its condition depends on a widget whose value lasts, and the
interaction that caused the second run was with another widget.

Silent when the value did not change, when the condition depends on a button, too, and when the
person had just used the widget that it depends on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from ...model import InteractionKind, StateOp, StateWrite
from ..changes import TRIGGERS, by_body, headers_of
from ..dependence import sources_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT107",
    "upload-or-effect-repeated",
    Level.FAULT,
    Docs(
        "Understanding widget behavior",
        "https://docs.streamlit.io/develop/concepts/architecture/widget-behavior",
    ),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    interaction, run = episode.interaction, episode.first
    if interaction is None or interaction.kind is not InteractionKind.WIDGET or not run.known:
        return
    used = {change.widget_id for change in interaction.changes}
    for write in run.state_writes:
        adds = write.op in (StateOp.SET, StateOp.IN_PLACE) and write.old not in (None, write.new)
        if adds and by_body(run, write):
            earlier = _same_before(run, write)
            if earlier is not None:
                yield from _of(run, write, earlier, used)


def _same_before(run: Run, write: StateWrite) -> StateWrite | None:
    """The change before, by the same statement in an earlier run, which this one goes on from."""
    life = run.history.writes_of_key(run.record.app_session, write.key)
    at = bisect_left(life, (run.n, write.at_ns), key=lambda each: (each.run, each.at_ns))
    last = life[at - 1] if at else None
    place = (write.file, write.line)
    same = last is not None and (last.file, last.line) == place and last.run < run.n
    return last if same else None


def _of(run: Run, write: StateWrite, earlier: StateWrite, used: set[str]) -> Iterator[Finding]:
    step = run.step_of(write)
    if write.op is StateOp.SET and write.key not in sources_of(run, step).keys():  # noqa: SIM118
        return
    on: dict[str, str] = {}
    for header in headers_of(run, step):
        inside = sources_of(run, header).steps
        for each in run.writes:
            widget = run.history.widget(each)
            if widget is not None and run.step_of(each) in inside:
                if each.element in TRIGGERS or widget.form or widget.widget_id in used:
                    return
                on[widget.label or widget.key or widget.element] = each.value or ""
    if not on:
        return
    name, value = next(iter(on.items()))
    key, new = write.key, value_words(write.new)
    yield Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{key}` is changed again for the same `{name}`",
        f"Line {write.line} changed `{key}` in run {earlier.run} and again in run {run.n}, "
        f"to {new}: `{name}` still has the value {value_words(value)}, so its branch runs in "
        "every run, whichever widget caused it.",
        f"Do it in `on_change=` of `{name}`, which runs only when the value changes, or remember "
        "in session state for which value it was done.",
        (
            Evidence(
                earlier.run, earlier.step, write.file, write.line, "changed for the first time"
            ),
            Evidence(run.n, step, write.file, write.line, f"changed again, to {new}"),
        ),
        same=key,
    )
