"""`st.rerun(scope="fragment")` was refused, because the whole script ran.

Holds when a request with that scope was refused in a run of the whole script, caught or not.

Silent when it was allowed (only the fragment ran), and when the refusal came in a run of fragments
(then the call stands outside of the fragment that ran).
"""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run

KIND = Kind(
    "RT403",
    "fragment-rerun-in-full-run",
    Level.FAULT,
    Docs("st.rerun", "https://docs.streamlit.io/develop/api-reference/execution-flow/st.rerun"),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        if not run.whole:
            continue
        for request in run.requests:
            if request.scope != "fragment" or request.allowed:
                continue
            name = _function(request.function)
            caught = not any(e.step == request.step and e.line == request.line for e in run.errors)
            after = (
                "The app caught the exception, so nothing ran again."
                if caught
                else "The lines below it did not run, and the page shows an exception."
            )
            yield Finding(
                KIND,
                run.n,
                request.file,
                request.line,
                f"Fragment rerun of {name} refused in a full run",
                f'Line {request.line} called `st.rerun(scope="fragment")` while the whole script '
                f"ran ({_why(run)}). Only a run of the fragment alone can be repeated alone, so "
                f"Streamlit refused it. {after}",
                f"Let line {request.line} be reached only by a widget inside {name}, whose use "
                "runs the fragment alone; what a full run needs, compute before it is drawn and "
                "go on without a rerun.",
                (
                    Evidence(run.n, 0, None, None, "the whole script ran"),
                    Evidence(
                        run.n,
                        request.step,
                        request.file,
                        request.line,
                        request.refusal or "the request was refused",
                    ),
                ),
            )


def _function(name: str | None) -> str:
    return f"`{name}()`" if name and name != "<module>" else "the fragment"


def _why(run: Run) -> str:
    """What made the whole script run."""
    interaction = run.interaction
    if run.record.trigger_type == "rerun":
        return f"as the rerun that run {run.record.trigger} asked for"
    if interaction is not None and interaction.kind == "load":
        return "as when a page loads"
    return "started by something outside of the fragment"
