"""One sentence about a variant, in plain words; every clause says what a figure counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model import ContainerWrite, Interaction, Outcome, RunKind, ScriptRun
from ..words.elements import elements
from ..words.ends import end_of
from ..words.sentences import count, times
from .compare_figures import Counter, Episode
from .recording import RecordingFacts

_NOUNS = {
    "load": "the first load",
    "click": "the click",
    "set": "the change",
    "submit": "the submit",
    "edit": "the edit",
    "page": "the page switch",
    "dismiss": "the closing of the dialog",
    "rerun": "the rerun from the menu",
    "stop": "the stop from the menu",
}


def noun(interaction: Interaction) -> str:
    """What a person did, such as `the click`."""
    return _NOUNS.get(next(iter(interaction.action), ""), "the interaction")


def verdict(recording: RecordingFacts, episode: Episode, only_one: bool) -> str:
    """What the variant did in `episode`. `only_one`: there is no other that it could be."""
    runs = episode.runs
    what = noun(episode.interaction)
    if not runs:
        return f"Does not run for {what}."
    head = f"Runs {times(len(runs))}"
    if len(runs) > 1 or not only_one:
        head += f" for {what}"
    clauses = [
        *_callbacks(recording, runs),
        *_halts(recording, runs),
        *_out_of_order(recording, runs),
        *_fragments(runs),
    ]
    again = Counter(recording).repeated(runs)
    if again:
        clauses.append(f"{count(again, 'statement')} {'runs' if again == 1 else 'run'} again")
    if not clauses:
        steps = sum(run.steps + run.dropped_steps for run in runs)
        ended = all(run.outcome is Outcome.COMPLETED for run in runs)
        head += ", from the top to the end" if ended else ""
        clauses.append(count(steps, "step"))
    return f"{head}: {'; '.join(clauses)}."


def failures(recording: RecordingFacts) -> str | None:
    """The first error that ended a run, in words."""
    for run in recording.runs:
        if run.outcome is Outcome.COMPILE_ERROR:
            return f"run {run.n}: the script could not be compiled"
        if run.outcome is Outcome.ERROR:
            error = next((item for item in recording.errors if item.run == run.n), None)
            end = end_of(run)
            at = f" at {end.place(run.script)}" if end.line else ""
            return f"run {run.n} ended with {error.type if error else 'an error'}{at}"
    return None


def _callbacks(recording: RecordingFacts, runs: Sequence[ScriptRun]) -> Iterable[str]:
    numbers = {run.n for run in runs}
    for callback in recording.callbacks:
        if callback.run not in numbers:
            continue
        keys = dict.fromkeys(
            write.key
            for write in recording.state_writes
            if write.run == callback.run
            and write.line is not None
            and callback.started_ns <= write.at_ns <= callback.ended_ns
        )
        named = ", ".join(f"st.session_state.{key}" for key in list(keys)[:3])
        does = f"changes {named}" if keys else "runs"
        yield f"{callback.function} {does} before the script's first line"


def _halts(recording: RecordingFacts, runs: Sequence[ScriptRun]) -> Iterable[str]:
    ends = {run.n: end_of(run, recording.rerun_requests) for run in runs}
    halted = [run for run in runs if run.outcome is Outcome.RERUN and ends[run.n].line]
    at = {n: f" at {end.place(end.run.script)}" if end.line else "" for n, end in ends.items()}
    if len(halted) > 3:
        yield f"{len(halted):,} of them are halted, the first{at[halted[0].n]}"
    elif halted:
        parts = [f"run {run.n} is halted{at[run.n]}" for run in halted]
        drawn = _drawn_again(recording, halted, runs)
        yield _joined(parts) + (f" and {drawn}" if drawn else "")
    for run in runs:
        if run.outcome in (Outcome.SUPERSEDED, Outcome.STOPPED):
            yield f"run {run.n} is {ends[run.n].short()}"
        elif run.outcome is Outcome.SWITCHED:
            yield f"run {run.n} leaves for another page{at[run.n]}"


def _drawn_again(
    recording: RecordingFacts, halted: Sequence[ScriptRun], runs: Sequence[ScriptRun]
) -> str:
    """What became of the elements that halted runs wrote."""
    places = [(run.n, write.path) for run in halted for write in _writes(recording, run)]
    if not places:
        return ""
    last = {write.path: run.n for run in runs for write in _writes(recording, run)}
    again = sum(last[path] > n for n, path in places)
    it = "it" if len(halted) == 1 else "they"
    if again == len(places):
        return f"what {it} drew is drawn again"
    return f"{again} of the {count(len(places), 'element')} that {it} drew are drawn again"


def _out_of_order(recording: RecordingFacts, runs: Sequence[ScriptRun]) -> Iterable[str]:
    found: list[str] = []
    total = 0
    for run in runs:
        before: list[ContainerWrite] = []
        for write in _writes(recording, run):
            if write.out_of_order:
                total += 1
                passed = [item for item in before if item.path > write.path and item.line]
                if passed and write.line:
                    above = f"line {write.line} writes above what line {passed[-1].line} wrote"
                    found.append(f"{above} before")
            before.append(write)
    if found:
        yield found[0]
    rest = total - len(found[:1])
    if rest:
        more = "more write lands" if rest == 1 else "more writes land"
        yield f"{rest:,} {more} above earlier ones"


def _fragments(runs: Sequence[ScriptRun]) -> Iterable[str]:
    if all(run.kind is RunKind.FRAGMENT for run in runs):
        steps = sum(run.steps + run.dropped_steps for run in runs)
        yield f"only a fragment of the script, {count(steps, 'step')}"


def _writes(recording: RecordingFacts, run: ScriptRun) -> list[ContainerWrite]:
    return elements(write for write in recording.writes if write.run == run.n)


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
