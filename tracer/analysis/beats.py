"""The beats of an interaction: its telling events, one after the other. Pure.

It arrives, a callback runs, a run starts, an element appears, a key of session state changes, a
run ends. Each has its moment: a run and how many of its steps are done. A run that was asked for
by the one before it starts with that one's end: the two are one beat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from ..model import (
    ContainerWrite,
    MessageFate,
    Outcome,
    ScriptRun,
    StateOp,
    StateWrite,
    TriggerType,
    WriteKind,
)
from ..words import beats as words
from ..words import names
from ..words.elements import elements, is_lost
from ..words.ends import end_of
from .compare_figures import Episode
from .recording import ByRun
from .verdicts import noun

MOST_ELEMENTS = 10  # of a run that are beats of their own; the others are told together
MOST_KEYS = 6  # the same for changes of session state
RUNS_BEFORE, RUNS_AFTER = 5, 2  # of a long chain of runs: those at its ends


class BeatKind(StrEnum):
    """What happened."""

    ARRIVES = "arrives"
    CALLBACK = "callback"
    RUN_STARTS = "run_starts"
    PLACE = "place"  # a container or an empty place, which is filled later
    ELEMENT = "element"
    KEY = "key"
    HALTED = "halted"  # the run ended early
    RUN_ENDS = "run_ends"
    MORE = "more"  # several that are told together


@dataclass(frozen=True, slots=True)
class Beat:
    """One event. `run` is None when the interaction caused none; `step` of its steps are done.

    `about` is what it concerns: an element, a key, a function. `label` is what a person reads
    there. `file` and `line` are where it happened, when a statement brought it about. `lost`: the
    browser never got it. `starts` is the run that starts with it, `message` the page message of
    an element. `name` is what the moment is called: `the click`, `heading drawn`.
    """

    kind: BeatKind
    run: int | None
    step: int
    text: str
    name: str
    about: str = ""
    label: str = ""
    file: str | None = None
    line: int | None = None
    lost: bool = False
    starts: int | None = None
    message: int | None = None


class Beats:
    """The beats of one recording's interactions."""

    def __init__(self, records: ByRun) -> None:
        self._records = records

    def of(self, episode: Episode) -> list[Beat]:
        """In the order in which they happened. Runs of timer ticks are left out."""
        runs = episode.runs
        found = [
            Beat(
                BeatKind.ARRIVES,
                runs[0].n if runs else None,
                0,
                words.arrives(episode.interaction),
                noun(episode.interaction),
            )
        ]
        hidden = len(runs) - RUNS_BEFORE - RUNS_AFTER
        told = runs if hidden <= 1 else (*runs[:RUNS_BEFORE], *runs[-RUNS_AFTER:])
        for place, run in enumerate(told):
            if hidden > 1 and place == RUNS_BEFORE:
                text = words.runs_left_out(hidden)
                found.append(Beat(BeatKind.MORE, run.n, 0, text, "more runs", "runs"))
            following = told[place + 1] if place + 1 < len(told) else None
            asked = following is not None and _asked_by(following, run)
            is_first = place == 0 or not _asked_by(run, told[place - 1])
            found += self._of_run(run, is_first, following if asked else None)
        return found

    def _of_run(self, run: ScriptRun, starts: bool, following: ScriptRun | None) -> Iterator[Beat]:
        timed: list[tuple[int, int, Beat]] = []  # time, order among those at one time, beat
        for callback in self._records.callbacks.get(run.n, ()):
            timed.append((callback.started_ns, 0, Beat(
                BeatKind.CALLBACK, run.n, callback.step, words.callback_runs(callback),
                "callback runs", callback.function, "", callback.file, callback.line,
            )))  # fmt: skip
        if starts and (run.body_started_ns is not None or not timed):
            asked_by = run.trigger if run.trigger_type is TriggerType.RERUN else None
            began = run.started_ns if run.body_started_ns is None else run.body_started_ns
            at = max([began, *(call.ended_ns for call in self._records.callbacks.get(run.n, ()))])
            done = max((beat.step for _, _, beat in timed), default=0)
            text = words.run_starts(run, asked_by)
            timed.append((at, 1, Beat(
                BeatKind.RUN_STARTS, run.n, done, text, "run starts", starts=run.n
            )))  # fmt: skip
        for change in self._changes(run):
            timed.append((change.at_ns, 2, Beat(
                BeatKind.KEY, run.n, change.step, words.key_changes(change),
                f"{change.key} changes", change.key, change.new or "", change.file, change.line,
            )))  # fmt: skip
        writes = self._records.writes.get(run.n, ())
        kept = set(map(id, elements(writes)))
        for write in writes:
            if id(write) in kept:
                timed.append((write.at_ns, 3, self._element(write)))
            elif _is_filled_later(write, writes):
                timed.append((write.at_ns, 3, Beat(
                    BeatKind.PLACE, run.n, write.step, words.place_kept(write), "place kept",
                    "place", "", write.file, write.line,
                )))  # fmt: skip
        timed.sort(key=lambda item: item[:2])
        yield from _folded([beat for _, _, beat in timed])
        yield self._end(run, following)

    def _element(self, write: ContainerWrite) -> Beat:
        lost = is_lost(self._records.fates.get(write.message, MessageFate.PENDING))
        return Beat(
            BeatKind.ELEMENT,
            write.run,
            write.step,
            words.element_appears(write, lost),
            f"{names.kind_words(write.element)} drawn",
            write.element,
            write.label,
            write.file,
            write.line,
            lost,
            message=write.message,
        )

    def _changes(self, run: ScriptRun) -> list[StateWrite]:
        """Those that a person would call a change."""
        return [
            write
            for write in self._records.state_writes.get(run.n, ())
            if write.old != write.new or write.op is StateOp.IN_PLACE
        ]

    def _end(self, run: ScriptRun, following: ScriptRun | None) -> Beat:
        end = end_of(run, self._records.requests.get(run.n, ()))
        error = next(iter(self._records.errors.get(run.n, ())), None)
        early = run.outcome not in (Outcome.COMPLETED, Outcome.RUNNING)
        return Beat(
            BeatKind.HALTED if early else BeatKind.RUN_ENDS,
            run.n,
            run.steps,
            words.run_ends(end, error, following),
            "run stops" if early else "run ends",
            "",
            "",
            end.file if end.line else None,
            end.line,
            starts=None if following is None else following.n,
        )


def _asked_by(run: ScriptRun, before: ScriptRun) -> bool:
    return run.trigger_type is TriggerType.RERUN and run.trigger == before.n


def _is_filled_later(write: ContainerWrite, writes: Iterable[ContainerWrite]) -> bool:
    """Whether something lands in its place, or inside of it, out of order."""
    if write.kind is not WriteKind.BLOCK and write.element != "empty":
        return False
    return any(
        other.out_of_order and other.message > write.message
        and other.path[: len(write.path)] == write.path
        for other in writes
    )  # fmt: skip


def _folded(beats: Sequence[Beat]) -> Iterator[Beat]:
    """Where a run has many elements or changes, those after the first ones together."""
    room = {BeatKind.ELEMENT: MOST_ELEMENTS, BeatKind.KEY: MOST_KEYS}
    for kind, group in groupby(beats, key=lambda beat: beat.kind):
        found = list(group)
        left = room.get(kind)
        if left is None:
            yield from found
            continue
        own = max(left, 0)
        if len(found) == own + 1:
            own += 1  # one alone is told in full
        yield from found[:own]
        room[kind] = left - min(own, len(found))
        rest = found[own:]
        if rest:
            yield _together(kind, rest)


def _together(kind: BeatKind, beats: Sequence[Beat]) -> Beat:
    last = beats[-1]
    if kind is BeatKind.KEY:
        text, name = words.keys_change([beat.about for beat in beats]), "more changes"
    else:
        kinds = [names.kind_words(beat.about) for beat in beats]
        text, name = words.elements_appear(kinds), "more elements"
    return Beat(
        BeatKind.MORE, last.run, last.step, text, name, kind.value, "", last.file, last.line
    )
