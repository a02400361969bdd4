"""When a page is told of changes: at once, and of an app that never ends in steps."""

from __future__ import annotations

from itertools import pairwise

from rerun_trace.web.server.pace import AT_ONCE, REST_S, Pace

REST = int(1000 * REST_S)  # ms
Change = tuple[int, int, int]  # milliseconds, interactions, runs


def told(changes: list[Change], until: int) -> list[int]:
    """The milliseconds at which changes are told, of those at which they come."""
    pace, found = Pace(), []
    coming = {ms: counts for ms, *counts in changes}
    for ms in range(until):
        if ms in coming:
            pace.change(ms / 1000, *coming[ms])
        if pace.is_due(ms / 1000):
            pace.tell(ms / 1000)
            found.append(ms)
    return found


def chain(first: int, last: int, every: int = 50, interactions: int = 1) -> list[Change]:
    """Reruns without end: a run every so many milliseconds, each of one interaction."""
    return [(ms, interactions, 1 + n) for n, ms in enumerate(range(first, last, every))]


def test_what_somebody_does_is_told_at_once() -> None:
    clicks = [(400 * n + ms, n, 2 * n) for n in range(1, 30) for ms in (0, 20, 70, 110)]
    assert told(clicks, 13_000) == [ms for ms, *_ in clicks]


def test_all_changes_of_a_long_run_are_told_at_once() -> None:
    assert told([(ms, 1, 1) for ms in range(0, 3000, 50)], 3000) == [*range(0, 3000, 50)]


def test_reruns_without_end_are_told_with_rests() -> None:
    for every in (20, 50, 90, 250):  # also where the machine is busy
        changes = chain(0, 10_000, every)
        found = told(changes, 11_000)
        assert found[: AT_ONCE + 1] == [ms for ms, *_ in changes][: AT_ONCE + 1]
        later = found[AT_ONCE:]
        rests = [after - before for before, after in pairwise(later)]
        assert min(rests) >= REST
        assert max(rests) <= REST + every


def test_timers_without_a_pause_are_told_with_rests() -> None:
    ticks = [(100 * n, n, n) for n in range(1, 100)]
    assert len(told(ticks, 10_000)) < 40


def test_the_last_of_them_is_told_soon() -> None:
    for last in range(1000, 1600, 50):
        assert last <= told(chain(0, last + 1), 3000)[-1] <= last + REST


def test_the_next_click_is_told_at_once() -> None:
    reruns = chain(0, 2000)
    assert told([*reruns, (2500, 2, 41), (2520, 2, 41), (2560, 2, 42)], 4000)[-3:] == [
        2500,
        2520,
        2560,
    ]


def test_nothing_new_is_never_told() -> None:
    assert told([], 2000) == []
