"""A write to the key of a widget was refused.

Holds when Streamlit raised because the widget with that key was drawn already, or because it is one
whose value may not be set (a button, an upload), whether or not the app caught the exception.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import AttemptFate
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT106",
    "write-after-widget",
    Level.FAULT,
    Docs(
        "Understanding widget behavior",
        "https://docs.streamlit.io/develop/concepts/architecture/widget-behavior",
    ),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for attempt in run.attempts:
            if attempt.fate is not AttemptFate.REFUSED or attempt.line is None:
                continue
            drawn, line = _drawn(run, attempt.key)
            key, value = attempt.key, value_words(attempt.value)
            late = "after" in attempt.reason
            why = (
                f"the widget with that key was drawn before{line}"
                if late
                else "the value of this widget cannot be set"
            )
            caught = not any(e.line == attempt.line for e in run.errors)
            yield Finding(
                KIND,
                run.n,
                attempt.file,
                attempt.line,
                f"Streamlit refused to set `{key}`",
                f"Line {attempt.line} tried to set `{key}` to {value}, but {why}: Streamlit raised "
                f"an exception and `{key}` kept its value."
                + (" The app caught it, so nobody sees that." if caught else ""),
                f"Set `{key}` in a callback (`on_click=`, `on_change=`), which runs before the "
                f"widgets are drawn, or above the widget's line."
                if late
                else f"Keep the value under a key that is no widget's, instead of `{key}`.",
                (
                    *drawn,
                    Evidence(run.n, attempt.step, attempt.file, attempt.line, "the write failed"),
                ),
                same=key,
            )


def _drawn(run: Run, key: str) -> tuple[tuple[Evidence, ...], str]:
    """Where the widget of a key was drawn in a run: as evidence, and in words."""
    for write in run.writes:
        widget = run.history.widget(write)
        if widget is not None and widget.key == key:
            name = f"`{widget.label or key}` was drawn"
            line = f" (line {write.line})" if write.line else ""
            return (Evidence(run.n, write.step, write.file, write.line, name),), line
    return (), ""
