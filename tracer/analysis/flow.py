"""The control flow of a script: its statements, what followed what, and what never ran.

Statements that always ran one after the other are one node. The graph stays readable however long
the script is: beyond `max_nodes`, neighbours are drawn as one. What was left out is in its notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from rerun_trace.tracer.analysis.coverage import Reasons
from rerun_trace.tracer.analysis.flow_counts import FlowRun, Place, Tally, tally
from rerun_trace.tracer.analysis.flow_decisions import Decision, decisions_of
from rerun_trace.tracer.analysis.flow_groups import Group, bounded, groups_of, text_lines
from rerun_trace.tracer.model import Outcome, ScriptRun, Source
from rerun_trace.tracer.words.outcomes import ENDED

MAX_NODES = 120
MAX_RUNS = 100  # whose steps are read
MAX_STEPS = 60_000

_ENDS = (
    *(Outcome.COMPLETED, Outcome.RERUN, Outcome.SWITCHED),
    *(Outcome.STOPPED, Outcome.SUPERSEDED, Outcome.ERROR),
)
_COMPLETED = f"end-{Outcome.COMPLETED.value}"


class FlowKind(StrEnum):
    """What a node of the flow graph stands for."""

    RAN = "ran"
    DECISION = "decision"  # a branch on a widget's value
    UNREACHED = "unreached"
    SUMMARY = "summary"  # several nodes, drawn as one
    END = "end"


class FlowLink(StrEnum):
    """How two nodes are connected."""

    NEXT = "next"
    GAP = "gap"  # next in what was kept; the budget left out statements in between
    CALL = "call"
    END = "end"
    UNTAKEN = "untaken"  # never happened: where an unreached node hangs


@dataclass(frozen=True, slots=True)
class FlowNode:
    """Statements that ran together. `lines` are the label's lines; `halts` says what ended here.

    `statements` are the lines of the source that it stands for, ascending.
    """

    id: str
    kind: FlowKind
    lines: tuple[str, ...]
    cluster: int | None = None  # the index of its block
    hits: int = 0
    outcome: Outcome | None = None  # of an end
    halts: bool = False
    statements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowEdge:
    """`target` came after `source`, `count` times.

    `where`: the other file in which a run ended; or why `target` did not run, if that is known.
    `answer`: of a decision, `yes` or `no` leads there.
    """

    source: str
    target: str
    count: int
    kind: FlowLink = FlowLink.NEXT
    where: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class FlowGraph:
    """`clusters` are the titles of the functions by number; `notes` say what was left out."""

    title: str
    clusters: dict[int, str]
    nodes: tuple[FlowNode, ...]
    edges: tuple[FlowEdge, ...]
    notes: tuple[str, ...] = ()
    file_no: int = 0  # of the source that is drawn


@dataclass(frozen=True, slots=True)
class FlowChoice:
    """Which source is drawn, from which runs, and what that leaves out."""

    source: Source | None
    runs: tuple[ScriptRun, ...]
    notes: tuple[str, ...]


def choose(
    runs: Sequence[ScriptRun],
    sources: Sequence[Source],
    *,
    max_runs: int = MAX_RUNS,
    max_steps: int = MAX_STEPS,
) -> FlowChoice:
    """The script of the last run, and the first and last of its runs as far as the bounds go."""
    detailed = [run for run in runs if run.detailed]
    notes = []
    if len(detailed) < len(runs):
        notes.append(f"{_runs(len(runs) - len(detailed))} without recorded steps (budget)")
    blind = [run for run in detailed if run.blind_step is not None]
    if blind:
        # Whatever was drawn as not run may have run there.
        detailed = [run for run in detailed if run.blind_step is None]
        notes.append(f"{_runs(len(blind))} whose lines are known only in part, not drawn")
    newest = next((s for run in reversed(detailed) if (s := _executed(run, sources))), None)
    if newest is None:
        return FlowChoice(None, (), (*notes, "No run with recorded steps: nothing to draw."))
    same = [run for run in detailed if _executed(run, sources) is newest]
    if len(same) < len(detailed):
        others = _runs(len(detailed) - len(same))
        notes.append(f"{others} of another script, or of another version of this one, not drawn")
    kept: dict[int, ScriptRun] = {}
    steps = 0
    for turn in range(len(same)):
        run = same[turn // 2 if turn % 2 else -1 - turn // 2]  # last, first, last but one, ...
        if kept and (len(kept) >= max_runs or steps + run.steps > max_steps):
            break
        kept[run.n] = run
        steps += run.steps
    chosen = tuple(kept[n] for n in sorted(kept))
    if len(chosen) < len(same):
        notes.append(f"drawn from {len(chosen):,} of {len(same):,} runs, the first and the last")
    if any(run.dropped_steps for run in chosen):
        notes.append("some steps were left out by the recording's budget: counts with + are lower")
    return FlowChoice(newest, chosen, tuple(notes))


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


def _executed(run: ScriptRun, sources: Sequence[Source]) -> Source | None:
    """The script's text as this run executed it."""
    known = [s for s in sources if s.file == run.script and s.since_run <= run.n]
    return max(known, key=lambda s: (s.since_run, s.file_no), default=None)


def build_flow(
    source: Source,
    runs: Sequence[FlowRun],
    *,
    notes: Sequence[str] = (),
    max_nodes: int = MAX_NODES,
) -> FlowGraph:
    """The flow graph of `source`, as `runs` executed it."""
    counts = tally(source, runs)
    numbers = [item.run.n for item in runs]
    which = f"run {numbers[0]}" if len(numbers) == 1 else _runs(len(numbers))
    title = f"{source.file}, {which}"
    if not counts.hits:
        return FlowGraph(title, {}, (), (), (*notes, "No steps of this script were recorded."))
    decisions = decisions_of(source, [write for item in runs for write in item.writes])
    found = groups_of(source, counts, decisions)
    groups, left_out = bounded(found, source, counts, max_nodes - len(_ENDS))
    texts = text_lines(source.text)
    halting = {place for place, outcome, _ in counts.ends if outcome is not Outcome.COMPLETED}
    node_of = {place: group.id for group in groups for place in group.places}
    nodes = [_node(group, texts, source, counts, halting, decisions) for group in groups]
    covered = (file for item in runs for file in item.coverage if file.file == source.file)
    reasons = Reasons(covered)
    edges = _answered(_edges(counts, node_of, groups, reasons), nodes, decisions)
    nodes += _ends(counts)
    clusters = {
        group.block: _cluster_title(group.block, source, counts, reasons)
        for group in groups
        if group.block is not None
    }
    notes = (*notes, *left_out)
    return FlowGraph(title, clusters, tuple(nodes), tuple(edges), notes, source.file_no)


def _cluster_title(block: int, source: Source, counts: Tally, reasons: Reasons) -> str:
    name = source.blocks[block].name
    entered = sum(times for place, times in counts.entered.items() if place.block == block)
    if name == "<module>":
        return f"{source.file}, from the top ×{entered:,}" if entered else source.file
    if any(place.block == block for place in counts.hits):
        return f"{name} ×{entered:,}" if entered else name
    first = min(source.blocks[block].lines, default=0)
    return f"{name}, {reasons.of(first) or 'not run'}"


def _node(
    group: Group,
    texts: Sequence[str],
    source: Source,
    counts: Tally,
    halting: set[Place],
    decisions: Mapping[int, Decision],
) -> FlowNode:
    lines = [place.line for place in group.places]
    where = f"line {lines[0]}" if len(lines) == 1 else f"lines {min(lines)}–{max(lines)}"
    hits = max((counts.hits[place] for place in group.places), default=0)
    if group.parts > 1:
        kind = FlowKind.SUMMARY if hits else FlowKind.UNREACHED
        label: tuple[str, ...]
        if group.block is None:
            names = [source.blocks[index].name for index in group.blocks]
            label = (f"{len(names):,} functions not run", *names[:3])
            return FlowNode(group.id, kind, label if len(names) <= 3 else (*label, "…"), None, hits)
        missed = sum(not counts.hits[place] for place in group.places)
        label = (where, f"{len(lines):,} statements drawn as one")
        if missed:
            label += (f"{missed:,} of them not run",)
    else:
        kind = FlowKind.RAN if hits else FlowKind.UNREACHED
        shown = [texts[line - 1].strip() for line in lines if line <= len(texts)]
        if len(shown) > 4:  # the last one is where it branches
            shown[2:-1] = [f"… {len(shown) - 3} more"]
        label = (where, *shown)
        if hits:
            more = "+" if counts.capped & set(group.places) else ""
            label = (f"{where}  ×{hits:,}{more}", *label[1:])
            if lines[0] in decisions:
                kind = FlowKind.DECISION
                label += decisions[lines[0]].values
        else:
            label += ("not run",)
    halts = any(place in halting for place in group.places)
    return FlowNode(group.id, kind, label, group.block, hits, halts=halts, statements=tuple(lines))


def _answered(
    edges: Sequence[FlowEdge], nodes: Sequence[FlowNode], decisions: Mapping[int, Decision]
) -> list[FlowEdge]:
    """Edges out of decisions, with the answer that leads along them."""
    first = {node.id: node.statements[0] for node in nodes if node.statements}
    deciding = {
        node.id: decisions[node.statements[0]] for node in nodes if node.kind is FlowKind.DECISION
    }

    def answer(edge: FlowEdge) -> str:
        decision, line = deciding.get(edge.source), first.get(edge.target)
        if decision is None or not decision.taken:
            return ""
        if edge.target == _COMPLETED:
            return "no"
        if line is None or edge.source == edge.target:
            return ""
        if edge.kind is FlowLink.NEXT:
            return decision.branch(line) or "no"  # what comes next is behind all of it
        return decision.branch(line) if edge.kind is FlowLink.UNTAKEN else ""

    return [replace(edge, answer=answer(edge)) for edge in edges]


def _edges(
    counts: Tally, node_of: dict[Place, str], groups: Sequence[Group], reasons: Reasons
) -> list[FlowEdge]:
    inside = {(a, b) for group in groups for a, b in pairwise(group.places)}
    total: Counter[tuple[str, str, FlowLink]] = Counter()
    sure = {(node_of.get(a), node_of.get(b)) for a, b in counts.follows}
    summaries = {group.id for group in groups if group.parts > 1}
    for kind, pairs in (
        (FlowLink.NEXT, counts.follows),
        (FlowLink.GAP, counts.unsure),
        (FlowLink.CALL, counts.calls),
    ):
        for (a, b), times in pairs.items():
            source, target = node_of.get(a), node_of.get(b)
            if source is None or target is None:
                continue
            if source == target and (source in summaries or (a, b) in inside):
                continue
            is_sure = kind is FlowLink.GAP and (source, target) in sure
            total[source, target, FlowLink.NEXT if is_sure else kind] += times
    edges = [FlowEdge(a, b, times, kind) for (a, b, kind), times in total.items()]
    for group in groups:
        before = None if group.before is None else node_of.get(group.before)
        if before is not None and before != group.id:
            why = reasons.of(group.places[0].line) or ""
            edges.append(FlowEdge(before, group.id, 0, FlowLink.UNTAKEN, why))
    ends: Counter[tuple[str, str, str]] = Counter()
    for (place, outcome, where), times in counts.ends.items():
        if place in node_of:
            ends[node_of[place], f"end-{outcome.value}", where] += times
    return edges + [FlowEdge(a, b, n, FlowLink.END, where) for (a, b, where), n in ends.items()]


def _ends(counts: Tally) -> list[FlowNode]:
    total: Counter[Outcome] = Counter()
    for (_, outcome, _), times in counts.ends.items():
        total[outcome] += times
    return [
        FlowNode(
            f"end-{outcome.value}",
            FlowKind.END,
            (ENDED[outcome] + (f" ×{total[outcome]:,}" if total[outcome] > 1 else ""),),
            hits=total[outcome],
            outcome=outcome,
        )
        for outcome in _ENDS
        if total[outcome]
    ]
