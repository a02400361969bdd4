"""The body of a run stores a value over the one that a callback of the same run has just stored.

Holds when nothing read the callback's value in between: it never had an effect.

Silent when the body computed its value from the callback's, when both are equal, and where the
statement is an initial value without a guard, which is a kind of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import StateOp, StateWrite
from ..changes import by_body, callback_of
from ..dependence import sources_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run
from ..texts import value_words
from . import unguarded_init

KIND = Kind(
    "RT104",
    "overwritten-callback-write",
    Level.FAULT,
    Docs(
        "Understanding widget behavior",
        "https://docs.streamlit.io/develop/concepts/architecture/widget-behavior",
    ),
)
_STORES = (StateOp.SET, StateOp.IN_PLACE)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        if run.callbacks and run.known:
            yield from _of(run, episode)


def _of(run: Run, episode: Episode) -> Iterator[Finding]:
    last: dict[str, StateWrite] = {}
    for write in run.state_writes:
        stored = last.get(write.key)
        last[write.key] = write
        if stored is None or write.op is not StateOp.SET or not by_body(run, write):
            continue
        called = callback_of(run, stored)
        if called is None or stored.op not in _STORES or write.new in (stored.new, None):
            continue
        step = run.step_of(write)
        if any(r.key == write.key and stored.step < r.step <= write.step for r in run.reads):
            continue
        used = sources_of(run, step).keys()
        if write.key in used or _is_init(run, write, episode):
            continue
        key, old, new = write.key, value_words(stored.new), value_words(write.new)
        yield Finding(
            KIND,
            run.n,
            write.file,
            write.line,
            f"`{key}` from the callback is overwritten",
            f"`{called.function}()` set `{key}` to {old} (line {stored.line}). Callbacks run "
            f"before the script's body: line {write.line} then set it to {new}, and nothing had "
            "read the callback's value.",
            f"Let one of the two own `{key}`: drop the assignment in line {write.line} (give the "
            f"widget `key=\"{key}\"` if it is the widget's value), or store the callback's value "
            "under another key.",
            (
                Evidence(run.n, stored.step, stored.file, stored.line, f"set to {old}"),
                Evidence(run.n, step, write.file, write.line, f"overwritten with {new}"),
            ),
            same=key,
        )


def _is_init(run: Run, write: StateWrite, episode: Episode) -> bool:
    found = unguarded_init.find(episode)
    return any((f.run, f.line, f.same) == (run.n, write.line, write.key) for f in found)
