"""What caused what: from interactions and script runs to a small graph.

The graph stays readable however long the recording is: runs in a row that are alike, and
interactions in a row whose runs are alike, become one node with a count; what is still too much is
left out in the middle, and a node says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rerun_trace.tracer.analysis.cause_nodes import (
    CauseGraph,
    Edge,
    Facts,
    Node,
    NodeKind,
    RunDetail,
    RunGroup,
    draw_group,
    numbered,
)
from rerun_trace.tracer.model import Interaction, ScriptRun, TriggerType
from rerun_trace.tracer.words.elements import WriteCounts
from rerun_trace.tracer.words.ends import without_run

__all__ = [
    "CauseGraph",
    "Causes",
    "Edge",
    "Facts",
    "Node",
    "NodeKind",
    "WriteCounts",
    "build_causes",
]


@dataclass(slots=True)
class _Episode:
    """One interaction with its runs, or several in a row that are alike."""

    look: tuple[object, ...]
    interactions: list[Interaction]
    groups: list[RunGroup]
    alone: str = ""  # without runs: what became of it


def build_causes(facts: Facts, *, max_episodes: int = 40, keep: int | None = None) -> CauseGraph:
    """The cause graph. At most `max_episodes` rows; the one that holds run `keep` is among them."""
    return Causes(facts).graph(keep, max_episodes)


class Causes:
    """Graphs of the same interactions and runs, each about another run."""

    def __init__(self, facts: Facts) -> None:
        self.runs = [run.n for run in facts.runs]
        self._detail = RunDetail(facts)
        self._episodes = _merge(_episodes(facts, self._detail))

    def graph(self, keep: int | None, max_episodes: int = 40) -> CauseGraph:
        """At most `max_episodes` rows; the one that holds run `keep` is among them."""
        shown = _choose(self._episodes, max_episodes, keep)
        nodes: list[Node] = []
        edges: list[Edge] = []
        previous: str | None = None
        skipped: list[_Episode] = []
        for episode, is_shown in zip(self._episodes, shown, strict=True):
            if not is_shown:
                skipped.append(episode)
                continue
            if skipped:
                previous = _omit(skipped, previous, nodes, edges)
                skipped = []
            previous = _draw(episode, self._detail, previous, nodes, edges)
        return CauseGraph(tuple(nodes), tuple(edges))


def _episodes(facts: Facts, detail: RunDetail) -> list[_Episode]:
    runs_of: dict[int, list[ScriptRun]] = {}
    for run in facts.runs:
        runs_of.setdefault(run.interaction, []).append(run)
    episodes = []
    for interaction in facts.interactions:
        groups: list[RunGroup] = []
        for run in sorted(runs_of.get(interaction.n, ()), key=lambda run: run.n):
            look = detail.look(run)
            if groups and groups[-1].look == look and run.trigger_type is TriggerType.RERUN:
                groups[-1].runs.append(run)
            else:
                groups.append(RunGroup(look, [run]))
        groups = [part for group in groups for part in _split_short(group)]
        alone = "" if groups else without_run(interaction, facts.runs)
        title = detail.titles.get(interaction.n, interaction.kind.value)
        shape = tuple((group.look, len(group.runs)) for group in groups)
        look = (interaction.kind, title, shape, alone)
        episodes.append(_Episode(look, [interaction], groups, alone))
    return episodes


def _split_short(group: RunGroup) -> list[RunGroup]:
    """Up to three alike runs are shown one by one: a count would hide more than it saves."""
    if len(group.runs) > 3:
        return [group]
    return [RunGroup(group.look, [run]) for run in group.runs]


def _merge(episodes: Sequence[_Episode]) -> list[_Episode]:
    """Joins more than three alike episodes in a row into one."""
    merged: list[_Episode] = []
    start = 0
    while start < len(episodes):
        end = start
        while end < len(episodes) and episodes[end].look == episodes[start].look:
            end += 1
        alike = episodes[start:end]
        if len(alike) > 3:
            columns = zip(*(episode.groups for episode in alike), strict=True)
            groups = [
                RunGroup(column[0].look, [run for group in column for run in group.runs])
                for column in columns
            ]
            interactions = [episode.interactions[0] for episode in alike]
            merged.append(_Episode(alike[0].look, interactions, groups, alike[0].alone))
        else:
            merged.extend(alike)
        start = end
    return merged


def _choose(episodes: Sequence[_Episode], limit: int, keep: int | None) -> list[bool]:
    """Which episodes are drawn: all if they fit, else the first, the last and those near `keep`."""
    total = len(episodes)
    if total <= limit:
        return [True] * total
    third = max(1, limit // 3)
    wanted = set(range(third)) | set(range(total - third, total))
    for index, episode in enumerate(episodes):
        if any(run.n == keep for group in episode.groups for run in group.runs):
            wanted |= set(range(index - third // 2, index + third // 2 + 1))
    return [index in wanted for index in range(total)]


def _omit(
    skipped: Sequence[_Episode], previous: str | None, nodes: list[Node], edges: list[Edge]
) -> str:
    numbers = [item.n for episode in skipped for item in episode.interactions]
    runs = sum(len(group.runs) for episode in skipped for group in episode.groups)
    id = f"omitted-{numbers[0]}"
    lines = (numbered("interaction", numbers), f"{runs:,} runs not drawn")
    nodes.append(Node(id, NodeKind.OMITTED, lines, None, numbers[0], numbers[-1], len(numbers)))
    if previous is not None:
        edges.append(Edge(previous, id, then=True))
    return id


def _draw(
    episode: _Episode,
    detail: RunDetail,
    previous: str | None,
    nodes: list[Node],
    edges: list[Edge],
) -> str:
    first = episode.interactions[0]
    numbers = [item.n for item in episode.interactions]
    id = f"interaction-{first.n}"
    title = detail.titles.get(first.n, first.kind.value)
    run = episode.groups[0].runs[0].n if episode.groups else None
    lines: tuple[str, ...] = (title, numbered("interaction", numbers))
    if not episode.groups:
        lines += (episode.alone,)
    count = len(numbers)
    kind = NodeKind.INTERACTION
    nodes.append(Node(id, kind, lines, run, numbers[0], numbers[-1], count, step=0))
    if previous is not None:
        edges.append(Edge(previous, id, "then", then=True))
    cause, label = id, ""
    for group in episode.groups:
        if group.runs[0].trigger_type is TriggerType.INTERACTION:
            cause, label = id, ""
        cause, label = draw_group(group, detail, cause, label, nodes, edges)
    return id
