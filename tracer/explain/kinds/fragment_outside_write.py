"""A fragment wrote into a container outside of itself, and its runs add to it; or was refused.

Holds when a run of a fragment alone wrote an element, and one that the same statement wrote in an
earlier run stays beside it in the same container, which the fragment did not make. A run of a
fragment clears nothing that stands outside. Holds, too, when Streamlit refused such a write.

Silent where the newer element takes the older one's place (an `st.empty()`, or a Streamlit that
clears such writes), and where an event adds one on purpose: what hangs on a button, a submit or a
chat input and says something else than the one before, as a chat or a log does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import ContainerWrite, RunError, WriteKind
from ..changes import TRIGGERS
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..reruns import hung_on
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT402",
    "fragment-outside-write",
    Level.FAULT,
    Docs(
        "Working with fragments",
        "https://docs.streamlit.io/develop/concepts/architecture/fragments",
    ),
)
_REFUSALS = re.compile(
    r"Fragments cannot write |to a container created outside|"
    r"`st\.sidebar` in a function wrapped with `st\.fragment`"
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for error in run.errors:
            if is_refusal(error):
                yield _refused(run, error)
        if run.whole or not run.completed or not run.known:
            continue
        said: set[tuple[str | None, int | None]] = set()
        for write in run.writes:
            place = (write.file, write.line)
            if place not in said and _may_add(run, write):
                beside = _beside(run, write)
                if beside and not _is_meant(run, write, beside[-1]):
                    said.add(place)
                    yield _piled_up(run, write, beside)


def is_refusal(error: RunError) -> bool:
    """Whether Streamlit refused a write to what stands outside of a fragment."""
    return error.type.startswith("Streamlit") and _REFUSALS.search(error.message) is not None


def _same_call(one: ContainerWrite, other: ContainerWrite) -> bool:
    return (one.file, one.line, one.element) == (other.file, other.line, other.element)


def _may_add(run: Run, write: ContainerWrite) -> bool:
    """Whether it stands further down in its container than what its line last wrote there."""
    if write.line is None or write.kind is not WriteKind.ELEMENT or write.element == "empty":
        return False
    before = run.previous
    while before is not None:
        places = [
            other.path
            for other in before.writes
            if _same_call(write, other) and other.path[:-1] == write.path[:-1]
        ]
        if places or before.whole:
            return bool(places) and write.path > max(places)
        before = before.previous
    return False


def _beside(run: Run, write: ContainerWrite) -> list[ContainerWrite]:
    """What the same line wrote in earlier runs, and still stands beside it."""
    return [
        other
        for node, other in run.history.shown(run)
        if other.run < run.n
        and _same_call(write, other)
        and other.fragment == write.fragment
        and node.path[:-1] == write.path[:-1]
    ]


def _is_meant(run: Run, write: ContainerWrite, before: ContainerWrite) -> bool:
    """Whether an event adds something new to it."""
    if (write.label, write.shows) == (before.label, before.shows):
        return False
    drawn = {run.step_of(w) for w in run.writes if w.element in TRIGGERS}
    return any(link.origin in drawn for link in hung_on(run, run.step_of(write)))


def _fragment(run: Run) -> str:
    names = [name for name in run.record.fragment_names if name]
    return f"`{names[0]}()`" if names else "the fragment"


def _piled_up(run: Run, write: ContainerWrite, beside: list[ContainerWrite]) -> Finding:
    name, fragment = _name(write), _fragment(run)
    outer = _container(run, write)
    made = f" (line {outer.line})" if outer is not None and outer.line else ""
    last, count = beside[-1], len(beside) + 1
    shown = value_words(write.shows or write.label or write.element)
    evidence = [
        Evidence(last.run, last.step, last.file, last.line, f"wrote `{name}`, which still stands"),
        Evidence(run.n, run.step_of(write), write.file, write.line, f"wrote {shown} below it"),
    ]
    if outer is not None and outer.line:
        text = "made the container, outside of the fragment"
        evidence.insert(0, Evidence(outer.run, outer.step, outer.file, outer.line, text))
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{name}` piles up outside of its fragment",
        f"Line {write.line} runs in the fragment {fragment} and wrote `{name}` into a container "
        f"that was made outside of it{made}. A run of a fragment clears only what stands inside "
        f"it, so the one of run {last.run} stayed: the page shows {count} of them, and each run "
        "of the fragment adds one until the whole script runs.",
        f"Make the container inside {fragment}, or make the outer one an `st.empty()`: it holds "
        "one element, which the next one replaces.",
        tuple(evidence),
        same=write.element,
    )


def _refused(run: Run, error: RunError) -> Finding:
    fragment = _fragment(run) if not run.whole else "the fragment"
    title = f"{fragment[:1].upper()}{fragment[1:]} was refused a write outside of itself"
    message = next(iter(error.message.splitlines()), "").split(". ")[0].rstrip(".")
    reserve = "was not written to" in error.message or "did not write" in error.message
    remedy = (
        f"Write to the container in every run of the whole script, too (such as `….empty()` where "
        f"there is nothing to show yet), or make the container inside {fragment}."
        if reserve
        else f"Draw it inside {fragment}, or let {fragment} only store the value and draw it "
        "outside, in a run of the whole script."
    )
    return Finding(
        KIND,
        run.n,
        error.file,
        error.line,
        title,
        f"Line {error.line} runs in a fragment and writes to a place that was made outside of it. "
        f"Streamlit refused that: “{message}”. The fragment ended there.",
        remedy,
        (Evidence(run.n, error.step, error.file, error.line, f"refused with {error.type}"),),
        same="refused",
    )


def _container(run: Run, write: ContainerWrite) -> ContainerWrite | None:
    """The block that an element stands in, as it was made."""
    for node in run.history.page(run).nodes():
        if node.path == write.path[:-1]:
            return run.history.write_of_message.get(node.message)
    return None


def _name(write: ContainerWrite) -> str:
    return write.label or write.element.replace("_", " ")
