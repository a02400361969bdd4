"""A callback called `st.rerun`, which the run after it makes needless.

Holds when a callback called `st.rerun` for the whole app. Before Streamlit 1.63 the call does
nothing but draw a warning; from 1.63 on it ends the run before the script's body, and another one
follows that would have come anyway.

Silent for calls that name a fragment (`st.rerun("key")`, `scope="fragment"`): those run less than
would run without them, and for `st.switch_page`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..reruns import follower

KIND = Kind(
    "RT302",
    "rerun-in-callback",
    Level.NOTE,
    Docs("st.rerun", "https://docs.streamlit.io/develop/api-reference/execution-flow/st.rerun"),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for request in run.requests if run.callbacks else ():
            if request.scope != "app":
                continue
            callback = next(
                (c for c in run.callbacks if c.started_ns <= request.at_ns <= c.ended_ns), None
            )
            if callback is None:
                continue
            step = run.step_of(request)
            evidence = [Evidence(run.n, step, request.file, request.line, "called `st.rerun()`")]
            second = follower(episode, run)
            if not request.allowed:
                effect = (
                    "Before Streamlit 1.63 a callback's `st.rerun()` does nothing: the page shows "
                    "a warning about it, and the script runs after the callback, as always."
                )
            elif second is not None:
                evidence.append(Evidence(second.n, 0, None, None, "the script ran"))
                effect = (
                    f"It ended run {run.n} before the script's body, and run {second.n} ran the "
                    "script. Without the call run "
                    f"{run.n} would have done that."
                )
            else:
                continue
            widget = f" of `{callback.label}`" if callback.label else ""
            yield Finding(
                KIND,
                run.n,
                request.file,
                request.line,
                f"The callback `{callback.function}` needs no `st.rerun()`",
                f"The callback `{callback.function}`{widget} called `st.rerun()` in line "
                f"{request.line}. {effect}",
                f"Delete the call in line {request.line}: the script always runs after a callback, "
                "and shows what it stored.",
                tuple(evidence),
                same=callback.function,
            )
