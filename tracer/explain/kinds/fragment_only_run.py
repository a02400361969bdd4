"""Only a fragment ran, and what stands outside of it still shows the state from before.

Holds when an interaction came to rest after runs of fragments alone, those changed a key of session
state, and on the page stands an element outside of them that an earlier run drew with another value
of that key, or under a condition that this value has turned round. The same holds for a branch
outside that would draw something now.

Silent when a run of the whole script followed, when nothing outside reads the key, when the values
are the same, and for what another fragment draws again by itself (`run_every`).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import ContainerWrite, InteractionKind, StateWrite, WriteKind
from ..finding import Certainty, Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..outdated import Changed, Old, changed_in, shown_old, stands_under, turned
from ..run import Run
from ..texts import called, value_words

KIND = Kind(
    "RT401",
    "fragment-only-run",
    Level.NOTE,
    Docs(
        "Working with fragments",
        "https://docs.streamlit.io/develop/concepts/architecture/fragments",
    ),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    run = episode.last
    if run.whole or not episode.settled or not episode.known:
        return
    if any(each.whole for each in episode.runs):
        return
    changed = changed_in(episode)
    if not changed:
        return
    said: set[tuple[str | None, int | None]] = set()
    own = {fragment for each in episode.runs for fragment in each.record.fragments}
    for _, write in run.history.shown(run):
        drew = run.history.runs.get(write.run)
        if drew is None or write.run >= episode.first.n or write.fragment in own:
            continue
        if (write.file, write.line) in said or write.kind is WriteKind.BLOCK or not drew.known:
            continue
        if not any(read.key in changed for read in drew.reads) or _is_timed(run, write.fragment):
            continue
        step = drew.step_of(write)
        found = shown_old(drew, step, changed) or stands_under(drew, step, changed)
        if found:
            said.add((write.file, write.line))
            yield _stale(run, drew, write, step, found, changed[found.key])
    yield from _branches(episode, changed)


def _is_timed(run: Run, fragment: str | None) -> bool:
    """Whether a fragment runs by itself every now and then."""
    return fragment is not None and any(
        each.kind is InteractionKind.TIMER and each.fragment == fragment
        for each in run.history.interactions.values()
    )


def _branches(episode: Episode, changed: Changed) -> Iterator[Finding]:
    """Conditions outside of the fragments whose branch would draw something now."""
    run = episode.last
    drew = episode.first.previous
    while drew is not None and not drew.whole:
        drew = drew.previous
    if drew is None or not drew.known:
        return
    names = {name for each in episode.runs for name in each.record.fragment_names}
    asked = {read.step for read in drew.reads if read.key in changed}
    for step in sorted(asked):
        statement = drew.statement(step)
        place = drew.place(step)
        if statement is None or place is None or not hasattr(statement.node, "test"):
            continue
        if _inside(drew, step, names) or drew.hits.get(place) != 1:
            continue
        program = drew.program(step)
        below = program.below(place.line, "body") if program else []
        if any(drew.ran(place.file, each.line) for each in below):
            continue
        drawing = [each for each in below if any(_draws(call) for call in each.calls)]
        found = turned(drew, step, place.line, changed) if drawing else None
        if found:
            yield _not_taken(run, drew, step, found, changed[found.key])


def _draws(call: str) -> bool:
    return call.startswith("st.") and "session_state" not in call


def _inside(run: Run, step: int, functions: set[str]) -> bool:
    """Whether a step stands in a call of one of some functions."""
    frame = run.frames.get(run.steps[step - 1].frame)
    while frame is not None:
        if frame.function in functions:
            return True
        frame = run.frames.get(frame.parent)
    return False


def _by(run: Run, write: StateWrite) -> tuple[str, str | None, int | None]:
    """What changed a key, in words, and where."""
    if write.line is not None:
        return f"line {write.line} set it", write.file, write.line
    interaction = run.interaction
    for each in interaction.changes if interaction else ():
        drawn = next((w for w in run.writes if w.widget_id == each.widget_id), None)
        if each.key == write.key and drawn is not None:
            return f"`{each.label or each.key}` gave it", drawn.file, drawn.line
    return "it got", None, None


def _fragments(run: Run) -> str:
    names = [f"`{name}()`" for name in run.record.fragment_names if name]
    return names[0] if names else "the fragment"


def _evidence(
    run: Run, where: Evidence, change: StateWrite, made: tuple[str, str | None, int | None]
) -> tuple[Evidence, ...]:
    _, file, line = made
    new = value_words(change.new)
    return (
        where,
        Evidence(change.run, change.step, file, line, f"`{change.key}` became {new}"),
        Evidence(run.n, 0, None, None, f"run {run.n} ran {_fragments(run)} alone"),
    )


def _stale(
    run: Run,
    drew: Run,
    write: ContainerWrite,
    step: int,
    found: Old,
    change: StateWrite,
) -> Finding:
    key, old, _ = found
    name, fragment = called(write), _fragments(run)
    made = _by(run, change)
    where = Evidence(
        drew.n, step, write.file, write.line, f"drawn while `{key}` was {value_words(old)}"
    )
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{name}` did not follow `{key}`: only a fragment ran",
        f"Line {write.line} drew `{name}` in run {drew.n}, when `{key}` was {value_words(old)}. "
        f"In run {run.n} {made[0]} {value_words(change.new)}, but only the fragment {fragment} "
        f"ran, and `{name}` stands outside of it: the page keeps showing the old state until the "
        "whole script runs.",
        f"Draw `{name}` inside {fragment}; or call `st.rerun()` in it where `{key}` changes, which "
        "runs the whole script.",
        _evidence(run, where, change, made),
        also=((made[1], made[2]),) if made[1] and made[2] else (),
        same=(key, write.element),
    )


def _not_taken(run: Run, drew: Run, step: int, found: Old, change: StateWrite) -> Finding:
    key, old, _ = found
    place, fragment = drew.place(step), _fragments(run)
    assert place is not None
    made = _by(run, change)
    code = drew.code(step).removesuffix(":")
    was = value_words(old) if old is not None else "not there"
    where = Evidence(drew.n, step, place.file, place.line, f"asked while `{key}` was {was}")
    return Finding(
        KIND,
        run.n,
        place.file,
        place.line,
        f"`{key}` changed, and only a fragment ran",
        f"Line {place.line} asked `{code}` in run {drew.n}, when `{key}` was {was}, and drew "
        f"nothing. In run {run.n} {made[0]} {value_words(change.new)}, so it would draw now; but "
        f"only the fragment {fragment} ran, and line {place.line} stands outside of it.",
        f"Draw it inside {fragment}; or call `st.rerun()` in it where `{key}` changes, which runs "
        "the whole script.",
        _evidence(run, where, change, made),
        certainty=Certainty.INFERRED,
        also=((made[1], made[2]),) if made[1] and made[2] else (),
        same=(key, "branch"),
    )
