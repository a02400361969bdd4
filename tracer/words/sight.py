"""How far a run's lines are known, in words: another tool may have stopped the tracing. Pure."""

from __future__ import annotations

from rerun_trace.tracer.model import ScriptRun

STOPPED = "another tool, or the app, stopped the tracing there"


def sight_words(run: ScriptRun, file: str | None, line: int | None) -> str | None:
    """A sentence; None for a run that was watched to its end.

    `file` and `line` are those of the last step before sight was lost (`run.blind_step`).
    """
    if run.blind_step is None:
        return None
    if not run.blind_step:
        return "No line of this run is known: another tool, or the app, had stopped the tracing."
    if line is None:
        return "Lines are known up to a point: another tool, or the app, stopped the tracing."
    other = f" of {file}" if file is not None and file != run.script else ""
    return f"Lines are known up to line {line}{other}: {STOPPED}."
