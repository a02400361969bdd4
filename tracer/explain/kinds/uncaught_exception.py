"""An exception reached Streamlit and ended a run: where, and with which values.

Holds for every exception that the script, a callback or a fragment let go, and for a script that
cannot be compiled. The place is the innermost line of the user's own files.

Silent for what Streamlit itself raises to end a run (`st.rerun`, `st.stop`, `st.switch_page`), and
for what the app caught. A write that Streamlit refused is a kind of its own, and so is a fragment
that was gone when its run began.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Outcome, RunError
from ..dependence import links, values_of
from ..error_remedies import first_line, remedy
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run
from ..texts import listed, value_words

KIND = Kind(
    "RT307",
    "uncaught-exception",
    Level.FAULT,
    Docs(""),  # an exception may be of anything
)
_CONTROL = ("RerunException", "StopException")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for error in run.errors:
            gone = error.line is None and run.record.fragments_gone
            if error.type not in _CONTROL and not _refused(run, error) and not gone:
                yield _finding(run, error)


def _refused(run: Run, error: RunError) -> bool:
    """Whether it is a refused write of state: that is said by its own kind."""
    return any(
        (attempt.file, attempt.line) == (error.file, error.line) and attempt.fate == "refused"
        for attempt in run.attempts
    )


def _finding(run: Run, error: RunError) -> Finding:
    compiled = run.record.outcome is not Outcome.COMPILE_ERROR
    capped = (error.file, error.line) in run.doubt.capped  # raised later than what is known of it
    step = run.step_of(error) if compiled and error.line is not None and not capped else 0
    at_place = step and run.place(step) == (error.file, error.line)
    values = values_of(run, step) if at_place else {}
    known = {name: text for name, text in values.items() if not text.startswith("<")}
    said = listed([f"`{name}` was {value_words(text)}" for name, text in known.items()])
    message = first_line(error.message)
    what = f"{error.type}: {message}" if message else error.type
    if not compiled:
        text = f"The script cannot be compiled: {what}. No line of it ran."
    else:
        dot = "" if what.endswith("…") else "."
        text = f"Line {error.line} raised {what}{dot}"
        if not error.line:
            text = f"{what}{dot} No line raised it."
        text += f" There, {said}." if said else ""
        text += f" The run ended there, and the page shows the exception{_cut(run)}."
    evidence = [Evidence(run.n, step, error.file, error.line, what)]
    evidence += _origins(run, step, known)
    return Finding(
        KIND,
        run.n,
        error.file,
        error.line,
        f"{error.type} in line {error.line}" if error.line else error.type,
        text,
        remedy(run, error, known),
        tuple(evidence),
        same=error.type,
    )


def _cut(run: Run) -> str:
    return " in place of what would have followed" if run.whole else " in the fragment's place"


def _origins(run: Run, step: int, known: dict[str, str]) -> Iterator[Evidence]:
    """Where the values came from, one level up."""
    for link in links(run, step) if step and known else ():
        place = run.place(link.origin)
        if link.name in known and place and link.origin != step:
            text = f"`{link.name}` was {value_words(known[link.name])}"
            yield Evidence(run.n, link.origin, place.file, place.line, text)
