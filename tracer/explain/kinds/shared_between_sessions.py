"""An object that all app sessions share was changed by one, and another one showed it.

Holds when a variable of an imported module, or what a function under `st.cache_resource` returns,
was changed in a run of one app session, and an element on the page of another one was made from it
afterwards, or hung on it.

Silent where sharing is meant or does no harm: what is only read, connections, what is made once
(under a condition on the object itself), changes under a lock, parts that each user or session has
of its own, what the reading run had put there itself, numbers that it counted on (a ticket's), and
what is called by a name that says so (a guest book, visitors, a log). Also for a cached function
with arguments that vary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import ContainerWrite, WriteKind
from ..dependence import sources_of
from ..finding import Certainty, Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Place, Run
from ..shared import How, Thing, Touch, made_at, touches

KIND = Kind(
    "RT604",
    "shared-between-sessions",
    Level.FAULT,
    Docs(
        "Caching overview",
        "https://docs.streamlit.io/develop/concepts/architecture/caching",
    ),
)
_MOST_BACK = 300  # runs
_SCOPED = (1, 58)  # at the latest
_LISTS = ("append", "extend", "appendleft", "popleft", "sort", "reverse")
_FOR_ALL = re.compile(
    r"(?i)shared|global|public|everyone|everybody|_all(?:_|$)|\ball\b|visit|guest|online|active|"
    r"room|lobby|board|vote|poll|broadcast|announce|news|server|registry|pool|queue|cache|memo|"
    r"stats?(?:_|$)|statistic|metrics?(?:_|$)|telemetry|usage|(?:^|_)logs?(?:_|$)|hits|users|"
    r"sessions|connection|engine|client|database|(?:^|_)db(?:_|$)"
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    history = episode.history
    if history.app_sessions < 2:
        return
    for run in episode.runs:
        if not run.known or not run.ended:
            continue
        sources = history.texts(run.n)
        found = {file: touches(file, sources) for file, _ in sources}
        known = [(Place(file, t.line), t) for file, each in found.items() for t in each]
        changed = {
            (touch.thing, touch.part)
            for _, touch in known
            if touch.how is not How.USE
            and not any(map(_FOR_ALL.search, (touch.thing.name, touch.part)))
        }
        for thing, part in sorted(changed):
            own = [
                (place, touch)
                for place, touch in known
                if touch.thing == thing and (not part or touch.part in ("", part))
            ]
            finding = _of_thing(run, thing, part, own, dict(sources))
            if finding is not None:
                yield finding


def _of_thing(
    run: Run, thing: Thing, part: str, own: list[tuple[Place, Touch]], texts: dict[str, str]
) -> Finding | None:
    if not any(place in run.hits for place, _ in own):
        return None
    change = _change_by_another(run, part, own)
    if change is None or not _is_container(run, thing, change[2], texts):
        return None
    if thing.file and _is_of_a_script(run, thing, made_at(texts[thing.file], thing.name)):
        return None
    places = {place for place, _ in own}
    for _, write in run.history.shown(run):
        if write.run != run.n or write.kind is WriteKind.BLOCK or _FOR_ALL.search(write.label):
            continue
        step = run.step_of(write)
        used = {run.place(each) for each in sources_of(run, step, conditions=True).steps}
        if used & places:
            return _finding(run, thing, change, write, step)
    return None


def _is_of_a_script(run: Run, thing: Thing, lines: tuple[int, ...]) -> bool:
    """Whether runs make it anew: it belongs to the script or a page, of which each has its own."""
    made = 0
    for n in range(run.n, max(0, run.n - _MOST_BACK), -1):
        other = run.history.runs.get(n)
        made += other is not None and any(other.ran(thing.file, line) for line in lines)
        if made > 1:
            return True
    return run.record.script == thing.file


def _change_by_another(
    run: Run, part: str, own: list[tuple[Place, Touch]]
) -> tuple[Run, Place, Touch] | None:
    """The last change by another app session; None when this one replaced it since."""
    changes = [(p, touch) for p, touch in own if touch.how is not How.USE and touch.part == part]
    replaces = [place for place, touch in own if touch.how is How.SET]
    counts = [place for place, touch in changes if touch.how is How.ADD and not touch.method]
    runs, session = run.history.runs, run.record.app_session
    if any(place in run.hits for place in (*replaces, *counts)):
        return None  # what it put there, or the number that it drew
    for n in range(run.n - 1, max(0, run.n - _MOST_BACK), -1):
        other = runs.get(n)
        if other is None:
            continue
        if other.record.app_session == session:
            if any(place in other.hits for place in replaces):
                return None
            continue
        for place, touch in reversed(changes):
            if place in other.hits and other.known and not _FOR_ALL.search(touch.written):
                return other, place, touch
    return None


def _is_container(run: Run, thing: Thing, touch: Touch, texts: dict[str, str]) -> bool:
    """Whether a method changed something that lives in memory: `add` may be a database's."""
    if not touch.method or touch.method in _LISTS:
        return True
    lines = made_at(texts.get(thing.file, ""), thing.name)
    for other in run.history.runs.values():
        if thing.file:
            made = [c for line in lines for c in _bound(other, Place(thing.file, line), thing.name)]
        elif any(a.function.endswith(thing.name) and not a.hit for a in other.cache):
            made = list(_returned(other, thing.name))
        else:
            continue
        if made:
            return not made[0].startswith("<")
    return False


def _bound(run: Run, place: Place, name: str) -> Iterator[str]:
    for step in run.steps_at(*place) if place in run.hits else ():
        for change in run.changes_of_step.get(step, ()):
            if change.name == name and change.text is not None:
                yield change.text


def _returned(run: Run, function: str) -> Iterator[str]:
    for change in run.chunk.changes:
        frame = run.frames.get(change.frame)
        if change.scope == "return" and frame and frame.function == function and change.text:
            yield change.text


def _finding(
    run: Run,
    thing: Thing,
    change: tuple[Run, Place, Touch],
    write: ContainerWrite,
    step: int,
) -> Finding:
    other, place, touch = change
    changed = next(iter(other.steps_at(place.file, place.line)), 0)
    here, there = run.record.app_session, other.record.app_session
    if thing.file:
        module = thing.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        name = f"{module}.{thing.name}"
        why = f"`{module}` is loaded once for the whole server, and so is its `{thing.name}`"
    else:
        name = f"{thing.name}()"
        why = f"`st.cache_resource` keeps one object of `{name}` for all who open the app"
    scoped = not thing.file and run.history.version >= _SCOPED
    own = ' (or cache it for each: `@st.cache_resource(scope="session")`)' if scoped else ""
    shown = write.label or write.element.replace("_", " ")
    where = f" of `{place.file}`" if place.file != write.file else ""
    return Finding(
        KIND,
        run.n,
        place.file,
        place.line,
        f"`{name}` is shared by all app sessions",
        f"Line {place.line}{where} changed `{touch.written}` in app session {there} (run "
        f"{other.n}), and line {write.line} made `{shown}` from it in app session {here} (run "
        f"{run.n}). {why}: what one person does there, all others see.",
        f"Keep in session state what belongs to one person: `st.session_state.setdefault("
        f'"{thing.name}", …)`; each browser tab has its own{own}. If all are meant to share it, '
        "change it under a lock, and give it a name that says so.",
        (
            Evidence(other.n, changed, place.file, place.line, f"app session {there} changed it"),
            Evidence(
                run.n, step, write.file, write.line, f"app session {here} shows `{shown}` from it"
            ),
        ),
        certainty=Certainty.INFERRED,
        also=((write.file, write.line),) if write.file and write.line else (),
        same=(thing, change[2].part),
    )
