"""Who asked for a script run."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import TriggerType


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a run: by an interaction, or by a run with `st.rerun` or `st.switch_page`."""

    trigger: TriggerType
    n: int  # of the interaction, or of the run
    switches: bool = False


def trigger_of(requests: tuple[Request, ...]) -> Request:
    """The cause of a run: the newest interaction among what was asked for, else the rerun."""
    for request in reversed(requests):
        if request.trigger is TriggerType.INTERACTION:
            return request
    return requests[-1] if requests else Request(TriggerType.INTERACTION, 0)
