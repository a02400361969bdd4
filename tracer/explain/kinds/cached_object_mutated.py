"""What a cached function returned was changed in place, and a later call got the changed object.

Holds when a call under `st.cache_resource` was a hit, the value that it gave its name is another
than the one that the name had after an earlier call of the same statement with the same values, and
a statement in between changed that name's object in place.

Silent under `st.cache_data`, which hands out copies, and when the function returned something empty
that is there to be filled: a store that all are meant to share.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...model import CacheAccess
from ..dependence import values_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT601",
    "cached-object-mutated",
    Level.FAULT,
    Docs(
        "Caching overview",
        "https://docs.streamlit.io/develop/concepts/architecture/caching",
    ),
)
_EMPTY = ("[]", "{}", "set()", "deque([])", "Counter()", "defaultdict", "None")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for access in run.cache:
            if access.hit and access.cache == "resource" and run.known:
                found = _of_hit(run, access)
                if found is not None:
                    yield found


def _of_hit(run: Run, hit: CacheAccess) -> Finding | None:
    step = run.step_of(hit)
    name, text = _bound(run, step)
    if not (name and text) or _is_as_made(run, hit, text):
        return None
    before, changes = run.previous, []
    while before is not None and before.known:
        accesses = [a for a in before.cache if a.function == hit.function and a.line == hit.line]
        if accesses:
            earlier = before.step_of(accesses[0])
            changed = _change(before, earlier, name)
            if changed:
                changes.append((before, changed))
            if not accesses[0].hit:  # what it is compared to is what the function made
                old = _bound(before, earlier)[1]
                if old is None or old.startswith(_EMPTY) or old == text or not changes:
                    return None
                if _given(run, step) != _given(before, earlier):
                    return None
                return _finding((before, run), hit, name, (old, text), (earlier, step), changes[-1])
        before = before.previous
    return None


def _is_as_made(run: Run, hit: CacheAccess, text: str) -> bool:
    """Whether the cache gives what the function made: nothing has to be looked for then."""
    for before in run.history.missed(run, hit.function):
        accesses = [a for a in before.cache if a.function == hit.function and a.line == hit.line]
        if accesses and not accesses[0].hit:
            return _bound(before, before.step_of(accesses[0]))[1] == text
    return False


def _bound(run: Run, step: int) -> tuple[str, str | None]:
    """The name that a step's statement gives the result of its call to, and its value."""
    statement = run.statement(step)
    node = statement.node if statement else None
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return "", None
    target = node.targets[0]
    if not isinstance(target, ast.Name):
        return "", None
    frame = run.steps[step - 1].frame
    return target.id, run.value(frame, target.id, run.last_step_within(step) + 1)


def _given(run: Run, step: int) -> dict[str, str]:
    """The values that a call's statement uses, without what it calls."""
    return {n: v for n, v in values_of(run, step).items() if not v.startswith("<")}


def _change(run: Run, step: int, name: str) -> int:
    """The first step after one in its frame that changed a name's object; 0: none is known."""
    frame = run.steps[step - 1].frame
    for later in run.steps_of_frame.get(frame, []):
        statement = run.statement(later)
        if later > step and statement is not None and name in statement.changes:
            return later
    return 0


def _finding(
    runs: tuple[Run, Run],
    hit: CacheAccess,
    name: str,
    texts: tuple[str, str],
    steps: tuple[int, int],
    change: tuple[Run, int],
) -> Finding | None:
    (before, run), (old, new), (got, step) = runs, texts, steps
    changer, changed = change
    place = changer.place(changed)
    if place is None:
        return None
    function = hit.function.rpartition(".")[2]
    return Finding(
        KIND,
        run.n,
        place.file,
        place.line,
        f"`{name}` of the cached `{function}` was changed",
        f"Line {place.line} changed `{name}` in run {changer.n}, which is the very object that the "
        f"cache of `{function}` keeps: `st.cache_resource` hands out no copies. So the call in "
        f"line {hit.line} got {value_words(new)} in run {run.n} instead of {value_words(old)}, "
        "and so does everyone else whom that cache serves.",
        f"Work on a copy (`{name} = copy.deepcopy({function}(…))`), or cache `{function}` with "
        "`@st.cache_data`, which hands out a new copy with each call.",
        (
            Evidence(before.n, got, hit.file, hit.line, f"`{name}` was {value_words(old)}"),
            Evidence(changer.n, changed, place.file, place.line, f"changed `{name}` in place"),
            Evidence(run.n, step, hit.file, hit.line, f"the cache gave {value_words(new)}"),
        ),
        same=name,
    )
