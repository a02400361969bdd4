"""What an earlier run drew from values of session state that have changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..model import StateWrite
from .dependence import sources_of
from .history import Episode
from .run import Run
from .truth import holds, keys_of


class Old(NamedTuple):
    """A key's value as a step of an earlier run had it; None: the key was absent."""

    key: str
    value: str | None
    step: int


Changed = Mapping[str, StateWrite]
"""Keys that have another value now, each with its last change."""


def changed_in(episode: Episode) -> dict[str, StateWrite]:
    """The keys that have another value than before an interaction, with their last change."""
    found: dict[str, StateWrite] = {}
    first: dict[str, str | None] = {}
    for run in episode.runs:
        for write in run.state_writes:
            first.setdefault(write.key, write.old)
            found[write.key] = write
    return {key: write for key, write in found.items() if write.new != first[key]}


def shown_old(drew: Run, step: int, changed: Changed) -> Old | None:
    """The key of which an element shows another value than it has now: key, value, read."""
    for key, read in sources_of(drew, step).keys().items():
        if key in changed:
            old = drew.history.state_value(drew, key, read)
            if old is None:  # the statement may have given it its first value itself
                old = drew.history.state_value(drew, key, read + 1)
            if old != changed[key].new:
                return Old(key, old, read)
    return None


def stands_under(drew: Run, step: int, changed: Changed) -> Old | None:
    """The key that has turned round a condition that an element stands under."""
    statement = drew.statement(step)
    for guard in reversed(statement.guards if statement else ()):
        found = turned(drew, step, guard.line, changed) if guard.test is not None else None
        if found:
            return found
    return None


def turned(drew: Run, step: int, line: int, changed: Changed) -> Old | None:
    """The key by which a condition came to something else than it would now."""
    at = drew.steps[step - 1]
    header = next(
        (
            n
            for n in reversed(drew.steps_of_frame.get(at.frame, []))
            if n <= step and drew.steps[n - 1].line == line
        ),
        0,
    )
    statement = drew.statement(header)
    test = getattr(statement.node, "test", None) if statement else None
    if test is None:
        return None
    keys = keys_of(test)
    old = {key: drew.history.state_value(drew, key, header) for key in keys}
    new = old | {key: changed[key].new for key in keys & set(changed)}
    before, after = holds(test, old), holds(test, new)
    if before is None or after is None or before is after:
        return None
    key = next(key for key in sorted(keys) if old[key] != new[key])
    return Old(key, old[key], header)
