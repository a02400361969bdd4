"""A thread of the app's own changed session state, and it went nowhere.

Holds when a thread without a run's context changed session state (the attempt was lost).

Silent when the thread was given the run's context, and when it only reads or computes and its
starter stores the result. What such a thread writes to the page is not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...model import AttemptFate, StateAttempt
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT603",
    "thread-without-context",
    Level.FAULT,
    Docs(
        "Multithreading in Streamlit",
        "https://docs.streamlit.io/develop/concepts/design/multithreading",
    ),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for attempt in _first_of_key(run.attempts):
            if attempt.line is not None:
                yield _finding(run, attempt)


def _first_of_key(attempts: Iterable[StateAttempt]) -> list[StateAttempt]:
    found: dict[tuple[str | None, int | None, str], StateAttempt] = {}
    for attempt in attempts:
        if attempt.fate is AttemptFate.LOST:
            found.setdefault((attempt.file, attempt.line, attempt.key), attempt)
    return list(found.values())


def _finding(run: Run, attempt: StateAttempt) -> Finding:
    key, line = attempt.key, attempt.line
    step = run.step_of(attempt)
    function = _function(run, step)
    did = "deleted" if attempt.value is None else "set"
    to = "" if attempt.value is None else f" to {value_words(attempt.value)}"
    return Finding(
        KIND,
        run.n,
        attempt.file,
        line,
        f"A thread's change of `{key}` went nowhere",
        f"On a thread of its own, line {line} {did} `{key}`{to}{function}. That thread has no "
        "run's context, so Streamlit does not know which app session it works for: the session "
        "state of the page was not touched.",
        f"Let the thread only compute, and change `{key}` in the script itself, after `join()` or "
        "`future.result()`.",
        (Evidence(run.n, step, attempt.file, line, attempt.reason),),
        same=key,
    )


def _function(run: Run, step: int) -> str:
    if not 0 < step <= len(run.steps):
        return ""
    frame = run.frames.get(run.steps[step - 1].frame)
    return f" in `{frame.function}()`" if frame is not None and frame.function[0] != "<" else ""
