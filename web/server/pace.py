"""How soon to tell of changes: at once, unless an app goes on and on by itself. Pure."""

from __future__ import annotations

AT_ONCE = 8  # runs of one interaction, or of interactions without a pause, are told as they come
PAUSE_S = 0.2  # without a change before an interaction: somebody did something
REST_S = 0.5  # between two times of telling what goes on and on


class Pace:
    """Decides when changes are told. Times are seconds on one clock.

    A page takes longer to show a change than an app that reruns without end needs to make the
    next one: told of each, page and server would take the processor away from the app.
    """

    def __init__(self) -> None:
        self._changed = self._told = float("-inf")
        self._interactions, self._runs = -1, 0
        self._goes_on = self._is_waiting = False

    def change(self, now: float, interactions: int, runs: int) -> None:
        """Something was changed; there are so many interactions and runs now."""
        if interactions != self._interactions and now - self._changed > PAUSE_S:
            self._runs = runs
        self._interactions, self._changed = interactions, now
        self._goes_on = runs - self._runs > AT_ONCE
        self._is_waiting = True

    def is_due(self, now: float) -> bool:
        """Whether to tell now what has been changed since it was told last."""
        return self._is_waiting and (not self._goes_on or now - self._told >= REST_S)

    def tell(self, now: float) -> None:
        """All changes are told now."""
        self._is_waiting, self._told = False, now
