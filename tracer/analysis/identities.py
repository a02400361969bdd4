"""The identity that a widget's call drew when it last ran. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rerun_trace.tracer.model import ContainerWrite, DrawnWidget, ScriptRun

_Call = tuple[str | None, int | None, str, int]
"""File, line and kind of element of a call, and how many calls there were before at that place."""


def previous_identities(
    runs: Sequence[ScriptRun],
    writes: Iterable[ContainerWrite],
    widgets: Mapping[int, DrawnWidget],
) -> dict[int, int]:
    """The identity that each call drew when it last ran, by the number of its page message.

    A call is its line, its kind of element, and its place among the same calls of its run: the
    third one of a loop is compared with the third one of the loop before. Runs of other app
    sessions do not count. A call that did not run before is left out.
    """
    sessions = {run.n: run.app_session for run in runs}
    last: dict[int, dict[_Call, int]] = {}  # by app session
    found: dict[int, int] = {}
    seen: dict[tuple[str | None, int | None, str], int] = {}
    run = 0
    for write in writes:
        if write.run != run:
            run, seen = write.run, {}
        widget = widgets.get(write.widget or 0)
        if widget is None:
            continue
        place = (write.file, write.line, write.element)
        seen[place] = seen.get(place, 0) + 1
        call = (*place, seen[place])
        known = last.setdefault(sessions.get(run, 0), {})
        if call in known:
            found[write.message] = known[call]
        known[call] = widget.identity
    return found
