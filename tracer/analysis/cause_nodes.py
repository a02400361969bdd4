"""The cause graph's nodes and edges, and how one run with what hangs on it becomes nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rerun_trace.tracer.model import (
    Callback,
    Interaction,
    Outcome,
    RerunRequest,
    RunError,
    RunKind,
    ScriptRun,
)
from rerun_trace.tracer.words.elements import WriteCounts
from rerun_trace.tracer.words.ends import call_of, end_of, place


class NodeKind(StrEnum):
    """What a node of the cause graph stands for."""

    INTERACTION = "interaction"
    CALLBACK = "callback"
    RUN = "run"
    REQUEST = "request"
    HALTED = "halted"
    WRITES = "writes"
    ERROR = "error"
    OMITTED = "omitted"


@dataclass(frozen=True, slots=True)
class Node:
    """One thing that happened, or `count` alike ones: the numbers `first` to `last`.

    `lines` are the label's lines of text. `run` and `step` are the moment to go to for it, if there
    is one; without a `step`, the run's end. Of a run node, `runs` are all that it stands for.
    """

    id: str
    kind: NodeKind
    lines: tuple[str, ...]
    run: int | None = None
    first: int = 0
    last: int = 0
    count: int = 1
    outcome: Outcome | None = None
    runs: tuple[int, ...] = ()
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` caused `target`; `label` says how. `then` edges only say what came next."""

    source: str
    target: str
    label: str = ""
    then: bool = False


@dataclass(frozen=True, slots=True)
class CauseGraph:
    """Nodes and edges, in the order in which things happened."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Facts:
    """The records that the graph is made of. `titles` are the interactions' names by number."""

    interactions: Sequence[Interaction]
    runs: Sequence[ScriptRun]
    titles: Mapping[int, str] = field(default_factory=dict)
    callbacks: Iterable[Callback] = ()
    requests: Iterable[RerunRequest] = ()
    errors: Iterable[RunError] = ()
    writes: Mapping[int, WriteCounts] = field(default_factory=dict)


@dataclass(slots=True)
class RunGroup:
    """One run, or several in a row that are alike."""

    look: tuple[object, ...]
    runs: list[ScriptRun]


class RunDetail:
    """The records of each run, and what makes two runs look alike."""

    def __init__(self, facts: Facts) -> None:
        self.titles = facts.titles
        self.callbacks: dict[int, list[Callback]] = {}
        self.requests: dict[int, list[RerunRequest]] = {}
        self.errors: dict[int, list[RunError]] = {}
        self.writes = facts.writes
        for callback in facts.callbacks:
            self.callbacks.setdefault(callback.run, []).append(callback)
        for request in facts.requests:
            self.requests.setdefault(request.run, []).append(request)
        for error in facts.errors:
            self.errors.setdefault(error.run, []).append(error)

    def look(self, run: ScriptRun) -> tuple[object, ...]:
        writes = self.writes.get(run.n, WriteCounts())
        return (
            run.kind,
            run.outcome,
            run.trigger_type,
            run.script,
            run.halted_file,
            run.halted_line,
            tuple((item.function, item.error) for item in self.callbacks.get(run.n, ())),
            tuple((item.line, item.scope, item.allowed) for item in self.requests.get(run.n, ())),
            tuple(item.type for item in self.errors.get(run.n, ())),
            writes.discarded > 0,
        )


def draw_group(
    group: RunGroup,
    detail: RunDetail,
    cause: str,
    label: str,
    nodes: list[Node],
    edges: list[Edge],
) -> tuple[str, str]:
    """Draws one run with what hangs on it; returns what causes the next run, and how."""
    run = group.runs[0]
    numbers = [item.n for item in group.runs]
    count = len(numbers)
    id = f"run-{run.n}"
    end = end_of(run, detail.requests.get(run.n, ()))
    lines: tuple[str, ...]
    for position, callback in enumerate(detail.callbacks.get(run.n, ())):
        callback_id = f"callback-{run.n}-{position}"
        lines = (f"{callback.function}()", f"line {callback.line}")
        if callback.error:
            lines += (callback.error,)
        nodes.append(
            Node(callback_id, NodeKind.CALLBACK, lines, run.n, count=count, step=callback.step)
        )
        edges.append(Edge(cause, callback_id, label or "callback first"))
        cause, label = callback_id, "" if end.before_body else "then the script"
    what = "fragment " if run.kind is RunKind.FRAGMENT else ""
    lines = (what + numbered("run", numbers), end.short())
    nodes.append(
        Node(
            id,
            NodeKind.RUN,
            lines,
            run.n,
            numbers[0],
            numbers[-1],
            count,
            outcome=run.outcome,
            runs=tuple(numbers),
        )
    )
    edges.append(Edge(cause, id, label))
    _draw_writes(group, detail, id, nodes, edges)
    for position, error in enumerate(detail.errors.get(run.n, ())[:3]):
        error_id = f"error-{run.n}-{position}"
        where = f"line {error.line}" if error.line else "outside the app's files"
        nodes.append(
            Node(error_id, NodeKind.ERROR, (error.type, where), run.n, count=count, step=error.step)
        )
        edges.append(Edge(id, error_id, "raised"))
    if run.outcome not in (Outcome.COMPLETED, Outcome.RUNNING) and end.line:
        halted_id = f"halted-{run.n}"
        halted_lines = (f"after {end.place(run.script)}:", "the rest did not run")
        nodes.append(Node(halted_id, NodeKind.HALTED, halted_lines, run.n, count=count))
        edges.append(Edge(id, halted_id))
    cause, label = id, "then"
    for position, request in enumerate(detail.requests.get(run.n, ())[:3]):
        request_id = f"request-{run.n}-{position}"
        at = place(request.file, request.line, run.script) if request.line else "no line known"
        lines = (call_of(request.scope).removesuffix("()"), at)
        if request.scope == "fragment":
            lines += ("scope fragment",)
        if not request.allowed:
            lines += ("refused",)
        nodes.append(
            Node(request_id, NodeKind.REQUEST, lines, run.n, count=count, step=request.step)
        )
        edges.append(Edge(id, request_id))
        if request.allowed:
            cause, label = request_id, "starts"
    return cause, label


def _draw_writes(
    group: RunGroup, detail: RunDetail, id: str, nodes: list[Node], edges: list[Edge]
) -> None:
    total: Counter[str] = Counter()
    for run in group.runs:
        counts = detail.writes.get(run.n, WriteCounts())
        total["shown"] += counts.delivered
        total["discarded"] += counts.discarded
        total["out of order"] += counts.out_of_order
    written = total["shown"] + total["discarded"]
    if not written:
        return
    lines: tuple[str, ...] = (f"{written:,} {'element' if written == 1 else 'elements'}",)
    for word in ("discarded", "out of order"):
        if total[word]:
            lines += (f"{total[word]:,} {word}",)
    nodes.append(
        Node(f"writes-{group.runs[0].n}", NodeKind.WRITES, lines, group.runs[0].n, count=written)
    )
    edges.append(Edge(id, f"writes-{group.runs[0].n}"))


def numbered(word: str, numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"{word} {numbers[0]}"
    return f"{word} {numbers[0]:,} … {numbers[-1]:,}  ×{len(numbers):,}"
