"""Runs start one another by the same statement, and no end is in sight.

Holds when ten or more runs of an interaction were each started by the one before it at the same
call of `st.rerun` (or `st.switch_page`), the chain has not ended by itself, and what the call hangs
on had the same values ten times running. It holds while it goes on, too, and when somebody broke
the chain: a newer interaction, Stop, or the end of the recording.

Silent when the chain came to rest by itself (an animation), and as long as something moves that
the call hangs on, such as a counter or a clock: then only after a hundred runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from ...model import Outcome
from ...words.sentences import duration
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..reruns import ending, hung_on
from ..run import Run

KIND = Kind(
    "RT304",
    "infinite-rerun",
    Level.FAULT,
    Docs("st.rerun", "https://docs.streamlit.io/develop/api-reference/execution-flow/st.rerun"),
)
_MANY = 10
_VERY_MANY = 100
_REST = (Outcome.COMPLETED, Outcome.ERROR, Outcome.COMPILE_ERROR)
_PACED_NS = 250_000_000


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    runs = episode.runs
    if len(runs) < _MANY or runs[-1].record.outcome in _REST:
        return
    if runs[-1].record.stopped_by == "script":
        return
    asked = [(run, request) for run in runs if (request := ending(run)) is not None]
    counts = Counter((request.file, request.line) for _, request in asked)
    if not counts:
        return
    (file, line), times = counts.most_common(1)[0]
    if times < _MANY:
        return
    chain = [(run, r) for run, r in asked if (r.file, r.line) == (file, line) and run.known]
    if len(chain) < _MANY:
        return
    moves = len({_held(run, run.step_of(r)) for run, r in chain[-_MANY:]}) > 1
    if moves and times < _VERY_MANY:
        return
    yield _finding([run for run, _ in chain], file, line, times)


def _held(run: Run, step: int) -> Hashable:
    """The values that decided that a step ran, as far as they are known."""
    return tuple((link.via, link.name, link.value) for link in hung_on(run, step))


def _long(run: Run) -> int:
    return (run.record.ended_ns or run.record.started_ns) - run.record.started_ns


def _finding(chain: list[Run], file: str | None, line: int | None, times: int) -> Finding:
    first, last = chain[0], chain[-1]
    request = ending(first)
    step = first.step_of(request)
    took = (last.record.ended_ns or last.record.started_ns) - first.record.started_ns
    page = request is not None and request.scope == "page"
    call = "st.switch_page" if page else "st.rerun"
    held = [link for link in hung_on(first, step) if link.via == "condition"]
    guard = held[0] if held else None
    place = first.place(guard.origin) if guard else None
    why = (
        f"What it hangs on (`{guard.name}`, line {place.line}) stayed as it was"
        if guard and place
        else "It hangs on no condition"
    )
    paced = sum(_long(run) for run in chain) / len(chain) >= _PACED_NS
    timer = (
        "To refresh on a timer, put what changes into a function under "
        '`@st.fragment(run_every="1s")`, and delete the call.'
    )
    guard_it = (
        f"Let line {line} run only while something is left to do, and change in the same run what "
        "its condition reads. "
    )
    evidence = [Evidence(first.n, step, file, line, f"the first `{call}()`, in run {first.n}")]
    if guard and place:
        evidence.append(
            Evidence(first.n, guard.origin, place.file, place.line, f"it hangs on `{guard.name}`")
        )
    evidence.append(
        Evidence(last.n, last.step_of(ending(last)), file, line, f"the newest, in run {last.n}")
    )
    return Finding(
        KIND,
        first.n,
        file,
        line,
        f"Line {line} reruns the script without end",
        f"`{call}()` in line {line} started {times:,} runs in {duration(took)}, each from the one "
        f"before it. {why}, so no end is in sight: nothing below line {line} runs, and the "
        "browser shows “running” all the time.",
        timer if paced else guard_it + timer,
        tuple(evidence),
        same=call,
    )
