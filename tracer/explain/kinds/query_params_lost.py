"""Query parameters that the script had set were gone after it switched to another page.

Holds when `st.switch_page` took a parameter out of the address that the app had set itself, and the
page that it led to reads that parameter.

Silent when the page does not read it, when the switch took it along, and when the page knows it
from session state (it reads both at once, or sets the parameter again).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import QueryChange
from ..finding import Certainty, Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Place, Run
from ..texts import listed

KIND = Kind(
    "RT109",
    "query-params-lost",
    Level.FAULT,
    Docs(
        "st.switch_page",
        "https://docs.streamlit.io/develop/api-reference/navigation/st.switch_page",
    ),
)

_HANDS_OVER = (1, 52)  # st.switch_page takes query parameters


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run, after in zip(episode.runs, episode.runs[1:], strict=False):
        for request in run.requests:
            if request.scope == "page" and request.allowed:
                yield from _of(run, after, Place(request.file or "", request.line or 0))


def _of(run: Run, after: Run, switch: Place) -> Iterator[Finding]:
    change = next((c for c in run.query_changes if (c.file, c.line) == switch), None)
    if change is None:
        return
    lost = [name for name in _names(change.old) if name not in _names(change.new)]
    read = [name for name in lost if _reads(after, name) and not _knows(after, name)]
    made = next((each for each in _changes_before(run) if _sets(each.new, read)), None)
    if not read or made is None:
        return
    names = listed([f"`{name}`" for name in read])
    yield Finding(
        KIND,
        run.n,
        switch.file,
        switch.line,
        f"{names} left the address with the page switch",
        f"The app had set {names} in the address ({made.file}:{made.line}). `st.switch_page` in "
        f"line {switch.line} cleared it, and `{after.record.script}`, which reads it, found none.",
        _remedy(run, read, names),
        (
            Evidence(made.run, made.step, made.file, made.line, f"the address became ?{made.new}"),
            Evidence(run.n, change.step, switch.file, switch.line, "the switch cleared it"),
        ),
        certainty=Certainty.INFERRED,
        same=tuple(read),
    )


def _remedy(run: Run, read: list[str], names: str) -> str:
    keep = f"Keep {names} in session state across the switch, or set it again on the other page."
    if run.history.version < _HANDS_OVER:
        return keep
    given = ", ".join(f'"{name}": …' for name in read)
    hand = f"Hand it over: `st.switch_page(…, query_params={{{given}}})`."
    return f"{hand} Or {keep[0].lower()}{keep[1:]}"


def _names(query: str) -> list[str]:
    """The parameters of a query string."""
    return list(dict.fromkeys(part.partition("=")[0] for part in query.split("&") if part))


def _sets(query: str, names: list[str]) -> bool:
    return bool(set(_names(query)) & set(names))


def _changes_before(run: Run) -> Iterator[QueryChange]:
    """What the app did to the address, newest first."""
    for each in reversed(run.history.runs_of(run.record.app_session)):
        if each.n <= run.n:
            yield from reversed(each.query_changes)


def _reads(run: Run, name: str) -> list[int]:
    """The lines of a run's script that read a parameter."""
    program = run.history.program_of_file(run.record.script, run.n)
    named = rf"query_params\s*(?:\.get\(|\[)\s*[\"']{re.escape(name)}[\"']"
    pattern = re.compile(named + rf"|query_params\.{re.escape(name)}\b")
    lines = program.lines if program else ()
    return [n for n, line in enumerate(lines, 1) if pattern.search(line)]


def _knows(run: Run, name: str) -> bool:
    """Whether a page that reads a parameter knows it from elsewhere."""
    if any(name in _names(change.new) for change in run.query_changes):
        return True
    steps = {step for line in _reads(run, name) for step in run.steps_at(run.record.script, line)}
    return any(read.found for read in run.reads if read.step in steps)
