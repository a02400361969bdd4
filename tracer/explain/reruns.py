"""Which call ended a run, which run followed from it, and what it hung on."""

from __future__ import annotations

from ..model import ContainerWrite, Outcome, RerunRequest, TriggerType
from .dependence import Link, Via, links, sources_of
from .history import Episode
from .run import Run

_ASKED = (Outcome.RERUN, Outcome.SWITCHED)


def ending(run: Run) -> RerunRequest | None:
    """The call of `st.rerun` or `st.switch_page` that ended a run's body."""
    record = run.record
    if record.outcome not in _ASKED:
        return None
    for request in reversed(run.requests):
        if request.allowed and (request.file, request.line) == (
            record.halted_file,
            record.halted_line,
        ):
            return request
    return None


def follower(episode: Episode, run: Run) -> Run | None:
    """The run of an interaction that another one asked for."""
    for other in episode.runs:
        if other.record.trigger_type is TriggerType.RERUN and other.record.trigger == run.n:
            return other
    return None


def body_begins(run: Run) -> int:
    """The first step that no callback made."""
    return min(run.steps_of_frame.get(run.module_frame, [1]))


def hung_on(run: Run, step: int) -> list[Link]:
    """What decided that a step ran: the headers around it and around its callers, and what they
    used, nearest first."""
    found: list[Link] = []
    while step:
        for condition in links(run, step, conditions=True):
            if condition.via is Via.CONDITION:
                found.append(condition)
                found += sources_of(run, condition.origin, conditions=True).links
        step = run.caller(run.steps[step - 1].frame)
    return found


def hangs_on_widget(run: Run, step: int, widgets: set[str]) -> ContainerWrite | None:
    """The drawing of one of some widgets that decided whether a step ran."""
    drawn = [write for write in run.writes if write.widget_id in widgets]
    if not drawn:
        return None
    origins = {link.origin for link in hung_on(run, step)}
    for write in drawn:
        if run.step_of(write) in origins:
            return write
    return None
