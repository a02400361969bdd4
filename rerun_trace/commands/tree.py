"""A recording as a tree for the terminal: interaction > runs > what each run did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from ..tracer.analysis.facts import RecordingFacts, facts_document
from ..tracer.analysis.sight import sight_words
from ..tracer.model import ScriptRun
from .words import duration, moment, ranges

_MARKS = {
    "completed": "[green]✓[/]",
    "rerun": "[dark_orange3]↻[/]",
    "switched": "[dark_orange3]⇥[/]",
    "stopped": "[yellow]■[/]",
    "superseded": "[yellow]»[/]",
    "error": "[red]✗[/]",
    "compile_error": "[red]✗[/]",
    "running": "…",
}
_MAX_RUNS = 40
_MAX_WRITES = 25
_UNFOLDED = 10_000


def print_recording(recording: RecordingFacts) -> None:
    """The readable form of `rerun-trace show`. Only a terminal has a width to fold lines at."""
    console = Console(emoji=False)  # ":wave:" in an app's text is no emoji code of ours
    console.print(recording_tree(recording), width=None if console.is_terminal else _UNFOLDED)


def recording_tree(recording: RecordingFacts) -> Tree:
    """Interactions, their runs, and what each run did."""
    facts = facts_document(recording)
    info = recording.info
    title = (
        f"[bold]recording {info.id}[/] {escape(info.app)}  {moment(info.started_at)}  "
        f"Python {info.python}, Streamlit {info.streamlit}, {info.engine} ({info.engine_reason})"
    )
    if not info.complete:
        title += "  [yellow]not complete[/]"
    tree = Tree(title)
    runs = {run["n"]: run for run in facts["runs"]}
    records = {run.n: run for run in recording.runs}
    for interaction in facts["interactions"]:
        branch = tree.add(
            f"[bold]{interaction['n']}[/] {escape(action_words(interaction['action']))}"
        )
        shown = interaction["runs"][:_MAX_RUNS]
        for n in shown:
            _add_run(branch, runs[n], records[n])
        if len(interaction["runs"]) > len(shown):
            branch.add(f"… and {len(interaction['runs']) - len(shown):,} more runs")
        if not shown:
            branch.add("no script run")
    for limit in info.limits:
        tree.add(f"[yellow]left out[/] {escape(limit)}")
    return tree


def action_words(action: dict[str, Any]) -> str:
    """An interaction's action in a few words."""
    for verb, subject in action.items():
        if verb == "load":
            return "page loaded"
        if verb == "set":
            return f"set {subject} to {action.get('value')!r}"
        if verb == "timer":
            return f"timer of fragment {subject}"
        if verb == "edit_source":
            return "source edited" + (f": {subject}" if isinstance(subject, str) else "")
        if verb == "edit":
            return f"edit {subject}"
        if subject is True:
            return {"rerun": "rerun asked for", "stop": "stop pressed"}.get(verb, verb)
        return f"{verb} {subject}"
    return "?"


def _add_run(branch: Tree, run: dict[str, Any], record: ScriptRun) -> None:
    trigger = run["trigger"]
    why = f"by the rerun of run {trigger['run']}" if "run" in trigger else ""
    kind = "fragment run" if run["kind"] == "fragment" else "run"
    head = f"{_MARKS[run['outcome']]} {kind} [bold]{run['n']}[/] {run['outcome']}"
    tree = branch.add(f"{head}  {duration(run['duration_ns'])}  {why}".rstrip())
    if not record.detailed:
        tree.add("[dim]no detail kept (budget)[/]")
    blind = sight_words(record, *_last_seen(run))
    if blind is not None:
        tree.add(f"[yellow]{escape(blind)}[/]")
    for line in _details(run):
        tree.add(line)


def _last_seen(run: dict[str, Any]) -> tuple[str | None, int | None]:
    seen = run["lines"][: run["blind_step"]]
    return tuple(seen[-1]) if seen and len(seen) == run["blind_step"] else (None, None)


def _details(run: dict[str, Any]) -> Iterator[str]:
    for callback in run["callbacks"]:
        error = f"  [red]{escape(callback['error'])}[/]" if callback["error"] else ""
        yield f"callback {escape(callback['function'])} {_place(callback)}{error}"
    lines: dict[str, list[int]] = {}
    for file, line in run["lines"]:
        lines.setdefault(file, []).append(line)
    for file, executed in lines.items():
        yield f"lines run {escape(file)}: {ranges(executed)}"
    missed: dict[str, list[int]] = {}
    for file, line in run["not_run"]:
        missed.setdefault(file, []).append(line)
    for file, left in missed.items():
        yield f"[dim]lines not run {escape(file)}: {ranges(left)}[/]"
    for write in run["state_writes"]:
        old = write["old"] if write["old"] is not None else "absent"
        new = write["new"] if write["new"] is not None else "removed"
        who = "by Streamlit's clean-up" if write["new"] is None else "by its widget, or in place"
        who = "by a line that is not known" if run["blind_step"] is not None else who
        who = _place(write) if write["line"] else who
        yield escape(f"state {write['key']}: {old} → {new} ") + who
    for write in run["writes"][:_MAX_WRITES]:
        label = f" {write['label']!r}" if write["label"] else ""
        marks = "" if write["delivered"] else "  [yellow]discarded: the browser never saw it[/]"
        marks += "  [cyan]out of order[/]" if write["out_of_order"] else ""
        path = ".".join(map(str, write["path"]))
        yield escape(f"write {write['element']}{label} at {path} ") + _place(write) + marks
    if len(run["writes"]) > _MAX_WRITES:
        yield f"… and {len(run['writes']) - _MAX_WRITES:,} more writes"
    for request in run["rerun_requests"]:
        verdict = "" if request["allowed"] else "  [red]refused by Streamlit[/]"
        yield f"rerun request, scope {escape(request['scope'])} {_place(request)}{verdict}"
    if run["error"]:
        error = run["error"]
        yield f"[red]{escape(error['type'])}: {escape(error['message'])}[/] {_place(error)}"


def _place(item: dict[str, Any]) -> str:
    if item["line"] is None:
        return ""
    return f"[dim]{escape(str(item['file']))}:{item['line']}[/]"
