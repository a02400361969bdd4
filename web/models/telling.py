"""What is told of a recording where there is no room for all of it: in Markdown, and on paper.

A few runs are told in full: whole interactions, those with notes first, then the first one of each
kind, and of these those with errors, then those whose runs ended early. Of all others there is a
line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rerun_trace.tracer.explain.story import RunRecords, story
from rerun_trace.tracer.model import (
    Interaction,
    Note,
    Outcome,
    RecordingInfo,
    ScriptRun,
    Source,
    StateWrite,
)
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.ends import RunEnd, without_run
from rerun_trace.web.models.run_records import run_records

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

LAST = 2**31 - 1
_ERRORS = (Outcome.ERROR, Outcome.COMPILE_ERROR)
_PLAIN = (Outcome.COMPLETED, Outcome.RUNNING)


@dataclass(frozen=True, slots=True)
class Episode:
    """An interaction (None: it was not recorded) with its runs."""

    interaction: Interaction | None
    runs: tuple[ScriptRun, ...]

    @property
    def name(self) -> str:
        """Such as `click Foo`."""
        if self.interaction is None:
            return "interaction that was not recorded"
        return words.interaction_title(self.interaction)

    @property
    def title(self) -> str:
        """Such as `1 click Foo`."""
        return self.name if self.interaction is None else f"{self.interaction.n} {self.name}"

    def headline(self, all_runs: Iterable[ScriptRun] = ()) -> str:
        """Such as `click Foo → 2 script runs`."""
        if not self.runs and self.interaction is not None:
            return f"{self.name} → {without_run(self.interaction, all_runs)}"
        return f"{self.name} → {words.count(len(self.runs), 'script run')}"


@dataclass(frozen=True, slots=True)
class Told:
    """A recording, or a window of its runs. `full` are the runs that are told in full."""

    info: RecordingInfo
    episodes: tuple[Episode, ...]
    full: Mapping[int, RunRecords]
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]

    @property
    def runs(self) -> list[ScriptRun]:
        """All runs, in order."""
        return sorted((run for item in self.episodes for run in item.runs), key=lambda run: run.n)

    @property
    def headline(self) -> str:
        """Such as `2 interactions → 3 script runs: 2 completed, 1 halted by a rerun`."""
        return headline(len(self.episodes), self.runs)

    @property
    def title(self) -> str:
        """What a person called it, or else its app."""
        info = self.info
        app = f"{info.app} ({info.variant})" if info.variant else info.app
        return f"{info.name} ({app})" if info.name else app

    @property
    def made(self) -> str:
        """When and with what it was recorded."""
        info = self.info
        when = info.started_at.strftime("%Y-%m-%d %H:%M")
        state = "" if info.complete else ", not complete"
        return (
            f"Recording {info.id}, {when} UTC{state}: Streamlit {info.streamlit}, "
            f"Python {info.python}, {info.engine}"
        )

    def notes_of(self, run: int) -> list[Note]:
        """The notes on a run's moments."""
        return [note for note in self.notes if note.run == run]


def headline(interactions: int, runs: Sequence[ScriptRun]) -> str:
    """How many interactions, how many runs they caused, and how these ended."""
    ends = Counter(RunEnd(run).short() for run in runs)
    parts = [
        words.count(number, end) if end == "error" else f"{number:,} {end}"
        for end, number in ends.most_common()
    ]
    what = f"{words.count(interactions, 'interaction')} → {words.count(len(runs), 'script run')}"
    return f"{what}: {', '.join(parts)}" if parts else what


def tell(
    store: TraceStore,
    recording: int,
    most: int,
    window: tuple[int, int] | None = None,
    *,
    alike: int = LAST,
) -> Told:
    """Reads a recording, or the runs of a window, `most` of them in full; see `telling`."""
    first, last = window or (1, LAST)
    runs = store.runs(recording, first=first, last=last)
    interactions = store.interactions(recording)
    if window is not None:
        caused = {run.interaction for run in runs}
        interactions = [item for item in interactions if item.n in caused]
    notes = tuple(note for note in store.notes(recording) if first <= note.run <= last)
    episodes = _episodes(interactions, runs)
    full = telling(episodes, most, {note.run for note in notes}, alike)
    return Told(
        store.recording(recording),
        tuple(episodes),
        {n: run_records(store, recording, n) for n in full},
        notes,
        tuple(store.sources(recording)),
    )


def _episodes(interactions: Iterable[Interaction], runs: Iterable[ScriptRun]) -> list[Episode]:
    of: dict[int, list[ScriptRun]] = {}
    for run in runs:
        of.setdefault(run.interaction, []).append(run)
    found = [Episode(item, tuple(of.pop(item.n, ()))) for item in interactions]
    return found + [Episode(None, tuple(left)) for left in of.values()]


def telling(
    episodes: Sequence[Episode], most: int, noted: Collection[int] = (), alike: int = LAST
) -> list[int]:
    """The numbers of the up to `most` runs that tell most, ascending.

    Of interactions with the same title whose runs ended in the same way, up to `alike`.
    """
    seen: Counter[object] = Counter()
    ranked: list[tuple[bool, bool, int, int]] = []
    for place, item in enumerate(episodes):
        outcomes = tuple(run.outcome for run in item.runs)
        kind = (item.name, outcomes)
        early = any(outcome not in _PLAIN for outcome in outcomes)
        rank = 0 if any(outcome in _ERRORS for outcome in outcomes) else 1 if early else 2
        is_noted = any(run.n in noted for run in item.runs)
        if is_noted or seen[kind] < alike:
            ranked.append((not is_noted, seen[kind] > 0, rank, place))
        seen[kind] += 1
    chosen: list[int] = []
    for *_, place in sorted(ranked):
        runs = episodes[place].runs
        room = most - len(chosen)
        if len(runs) > room and chosen:
            continue
        # Of an endless chain of reruns the beginning says how it came about.
        chosen += [run.n for run in runs[:room]]
    return sorted(chosen)


def sentences(records: RunRecords) -> list[str]:
    """A run's story as the studio tells it, as plain sentences."""
    return ["".join(piece["text"] for piece in sentence) for sentence in story(records)]


def author(write: StateWrite, script: str, blind: bool = False) -> str:
    """Who changed a key of session state."""
    if write.line is not None:
        return f"line {write.line}" + ("" if write.file in (None, script) else f" of {write.file}")
    if blind:
        return "by a line that is not known"
    return "by Streamlit's clean-up" if write.new is None else "by its widget, or in place"


def lines_of(numbers: Iterable[int]) -> str:
    """Line numbers in short: `1-3, 7`."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)
