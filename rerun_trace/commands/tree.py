"""A recording as a tree for the terminal: interaction > runs > what each run did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.tree import Tree

from ..tracer.analysis.coverage import Cause, FileCoverage
from ..tracer.analysis.recording import Coverages, RecordingFacts
from ..tracer.model import (
    ContainerWrite,
    MessageFate,
    Outcome,
    RerunRequest,
    RunKind,
    ScriptRun,
    TriggerType,
)
from ..tracer.render.facts import facts_document
from ..tracer.words import sentences as words
from ..tracer.words.elements import is_element, is_lost
from ..tracer.words.ends import without_run
from ..tracer.words.names import fragment_words
from ..tracer.words.outcomes import SYMBOLS
from ..tracer.words.sight import sight_words
from .terminal import Screen
from .words import marked, moment, ranges

COLOURS = {
    Outcome.COMPLETED: "green",
    Outcome.RERUN: "dark_orange3",
    Outcome.SWITCHED: "dark_orange3",
    Outcome.STOPPED: "yellow",
    Outcome.SUPERSEDED: "yellow",
    Outcome.ERROR: "red",
    Outcome.COMPILE_ERROR: "red",
    Outcome.RUNNING: "dim",
}
_MAX_RUNS = 40
_MAX_WRITES = 25
_UNFOLDED = 10_000


def print_recording(recording: RecordingFacts) -> None:
    """The readable form of `rerun-trace show`. Only a terminal has a width to fold lines at."""
    console = Screen(emoji=False)  # ":wave:" in an app's text is no emoji code of ours
    console.print(recording_tree(recording), width=None if console.is_terminal else _UNFOLDED)


def recording_tree(recording: RecordingFacts) -> Tree:
    """Interactions, their runs, and what each run did."""
    facts = facts_document(recording)
    info = recording.info
    name = f"“{marked(info.name)}” " if info.name else ""
    title = (
        f"[bold]recording {info.id}[/] {name}{marked(info.app)}  {moment(info.started_at)}  "
        f"Python {info.python}, Streamlit {info.streamlit}, {info.engine} ({info.engine_reason})"
    )
    if not info.complete:
        title += "  [yellow]not complete[/]"
    tree = Tree(title)
    reader = _Reader(recording)
    runs = {run["n"]: run for run in facts["runs"]}
    records = {run.n: run for run in recording.runs}
    for interaction, item in zip(facts["interactions"], recording.interactions, strict=True):
        title = words.interaction_title(item)
        branch = tree.add(f"[bold]{item.n}[/] {marked(title)}")
        shown = interaction["runs"][:_MAX_RUNS]
        for n in shown:
            reader.add_run(branch, records[n], runs[n])
        if len(interaction["runs"]) > len(shown):
            branch.add(f"… and {len(interaction['runs']) - len(shown):,} more runs")
        if not shown:
            branch.add(marked(without_run(item, recording.runs)))
    for note in recording.notes:
        at = words.place_of(note.run, note.step)
        branch = tree.add(f"[cyan]note[/] at {at}")
        branch.add(marked(note.text))
    for limit in info.limits:
        tree.add(f"[yellow]left out[/] {marked(limit)}")
    return tree


class _Reader:
    """What each run of a recording did, a line each."""

    def __init__(self, recording: RecordingFacts) -> None:
        self._coverages = Coverages(recording)
        self._fates = {message.n: message.fate for message in recording.messages}
        self._writes: dict[int, list[ContainerWrite]] = {}
        for write in recording.writes:
            self._writes.setdefault(write.run, []).append(write)
        self._requests: dict[int, list[RerunRequest]] = {}
        for request in recording.rerun_requests:
            self._requests.setdefault(request.run, []).append(request)

    def add_run(self, branch: Tree, record: ScriptRun, run: dict[str, Any]) -> None:
        """One run, with what it did, below its interaction."""
        is_again = record.trigger_type is TriggerType.RERUN
        why = f"  {words.trigger_text(record, None)}" if is_again else ""
        only = f"  only {fragment_words(record)}" if record.kind is RunKind.FRAGMENT else ""
        mark = f"[{COLOURS[record.outcome]}]{SYMBOLS[record.outcome]}[/]"
        ended = marked(words.outcome_text(record, self._requests.get(record.n, ())))
        head = f"{mark} run [bold]{record.n}[/] {ended}"
        took = words.duration(run["duration_ns"])
        tree = branch.add(f"{head}  {took}{marked(only)}{why}")
        if not record.detailed:
            tree.add("[dim]no detail kept (budget)[/]")
        blind = sight_words(record, *_last_seen(run))
        if blind is not None:
            tree.add(f"[yellow]{marked(blind)}[/]")
        writes = self._writes.get(record.n, [])
        for line in _details(run, self._coverages.of(record), writes, self._fates):
            tree.add(line)


def _last_seen(run: dict[str, Any]) -> tuple[str | None, int | None]:
    """File and line of the last step before sight of the run's lines was lost, if it is there."""
    at = run["blind_step"]
    if not at or at > len(run["lines"]):
        return None, None
    file, line = run["lines"][at - 1]
    return file, line


def _details(
    run: dict[str, Any],
    covered: Sequence[FileCoverage],
    writes: Sequence[ContainerWrite],
    fates: dict[int, MessageFate],
) -> Iterator[str]:
    for callback in run["callbacks"]:
        error = f"  [red]{marked(callback['error'])}[/]" if callback["error"] else ""
        yield f"callback {marked(callback['function'])} {_place(callback)}{error}"
    lines: dict[str, list[int]] = {}
    for file, line in run["lines"]:
        lines.setdefault(file, []).append(line)
    for file, executed in lines.items():
        yield f"lines run {marked(file)}: {ranges(executed)}"
    for file in covered:
        missed: dict[str, list[int]] = {}
        for item in file.not_run:
            if item.cause is not Cause.SO_FAR:
                missed.setdefault(item.reason, []).append(item.line)
        for reason, left in missed.items():
            yield f"[dim]lines not run {marked(file.file)}: {ranges(left)}  {marked(reason)}[/]"
    for write in run["state_writes"]:
        old = write["old"] if write["old"] is not None else "absent"
        new = write["new"] if write["new"] is not None else "removed"
        who = "by Streamlit's clean-up" if write["new"] is None else "by its widget, or in place"
        who = "by a line that is not known" if run["blind_step"] is not None else who
        who = _place(write) if write["line"] else who
        yield marked(f"state {write['key']}: {old} → {new} ") + who
    for write in writes[:_MAX_WRITES]:
        label = f" {write.label!r}" if write.label else ""
        fate = fates.get(write.message)
        seen = is_element(write.kind, write.element, write.label)
        marks = ""
        if fate is MessageFate.REPLACED and seen:
            marks = "  [dim]replaced before it was sent[/]"
        elif is_lost(fate) and seen:
            marks = "  [yellow]discarded: the browser never saw it[/]"
        marks += "  [cyan]out of order[/]" if write.out_of_order and seen else ""
        path = ".".join(map(str, write.path))
        at = _place({"file": write.file, "line": write.line})
        yield marked(f"write {write.element}{label} at {path} ") + at + marks
    if len(writes) > _MAX_WRITES:
        yield f"… and {len(writes) - _MAX_WRITES:,} more writes"
    for request in run["rerun_requests"]:
        verdict = "" if request["allowed"] else "  [red]refused by Streamlit[/]"
        yield f"rerun request, scope {marked(request['scope'])} {_place(request)}{verdict}"
    if run["error"]:
        error = run["error"]
        yield f"[red]{marked(error['type'])}: {marked(error['message'])}[/] {_place(error)}"


def _place(item: dict[str, Any]) -> str:
    if item["line"] is None:
        return ""
    return f"[dim]{marked(str(item['file']))}:{item['line']}[/]"
