"""Explains a recording: all findings, an interaction at a time, also while it is being made."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from ..analysis.garbage import not_collected
from ..analysis.recording import RecordingFacts
from .finding import Finding, Level
from .history import Episode, History
from .kinds import all_kinds


class Explainer:
    """Findings of a recording that grows. What is added is what was recorded since."""

    def __init__(self, facts: RecordingFacts) -> None:
        self.history = History(facts.info)
        self._found: dict[int, list[Finding]] = {}
        self._merged: list[Finding] | None = None
        self.extend(facts)

    def extend(self, facts: RecordingFacts) -> None:
        """Add runs, and explain the interactions that they belong to."""
        self._merged = None
        with not_collected():
            for episode in self.history.extend(facts):
                found = list(find_all(episode))
                if found or episode.number in self._found:
                    self._found[episode.number] = found

    def findings(self) -> list[Finding]:
        """All findings in the order of interactions and, in one, of codes; each with its number."""
        if self._merged is None:
            found = (each for number in sorted(self._found) for each in self._found[number])
            self._merged = [replace(each, id=n) for n, each in enumerate(merged(found), 1)]
        return self._merged

    def met(self) -> dict[int, list[Finding]]:
        """What was found in each interaction, with the number of the finding that it is."""
        numbers = {each.identity: each.id for each in self.findings()}
        return {
            interaction: [
                replace(each, id=numbers[each.identity])
                for each in self._found[interaction]
                if each.identity in numbers
            ]
            for interaction in sorted(self._found)
        }


def explain(facts: RecordingFacts) -> list[Finding]:
    """The findings of a whole recording."""
    return Explainer(facts).findings()


def find_all(episode: Episode) -> Iterable[Finding]:
    """What every kind finds in an interaction, and what was recorded proves.

    That is nothing of runs that are known in part only, and nothing that was concluded from
    statements of which only the first times are known.
    """
    history = episode.history
    for _, find in all_kinds().values():
        doubts = history.doubts
        for found in find(episode):
            runs = {found.run, *(each.run for each in found.evidence)}
            known = (history.runs.get(n) for n in runs if n)
            if all(run is not None and run.known for run in known) and history.doubts == doubts:
                yield replace(found, interaction=episode.number)
            doubts = history.doubts


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """The same fault met again is one finding, with a count and all its places.

    What turned out to be worse than it had looked is not said twice: the lighter one goes.
    """
    found: dict[Hashable, Finding] = {}
    for each in findings:
        first = found.get(each.identity)
        if first is None:
            found[each.identity] = each
            continue
        places = dict.fromkeys((*first.also, *each.also))
        found[each.identity] = replace(first, times=first.times + each.times, also=tuple(places))
    weights: dict[Hashable, set[Level]] = {}
    for each in found.values():
        weights.setdefault(each.matter, set()).add(each.weight)
    return [each for each in found.values() if each.weight is _worst(weights[each.matter])]


def _worst(levels: set[Level]) -> Level:
    return next(level for level in Level if level in levels)
