"""Findings on the terminal: what is wrong, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click
from rich.console import Console
from rich.padding import Padding

from ..tracer.explain.finding import Finding, Level
from ..tracer.words.sentences import count
from .words import marked

COLOURS = {Level.FAULT: "red", Level.HINT: "yellow", Level.NOTE: "cyan"}
SIGNS = {Level.FAULT: "✗", Level.HINT: "→", Level.NOTE: "i"}


def print_findings(findings: Sequence[Finding], levels: Sequence[Level] = tuple(Level)) -> None:
    """Each finding in full, the faults first. Places read `app.py:16`: terminals link them."""
    console = Console(emoji=False, highlight=False)
    shown = [each for level in levels for each in findings if each.weight is level]
    if not shown:
        console.print("Nothing found.")
        return
    console.print(f"[bold]{marked(summary(findings))}[/]", soft_wrap=not console.is_terminal)
    for each in shown:
        console.print()
        head, *rest = finding_lines(each)
        console.print(head, soft_wrap=not console.is_terminal)
        for line in rest:
            # Only a terminal has a width to fold lines at; what is folded stays indented.
            text = Padding(line, (0, 0, 0, 2)) if console.is_terminal else f"  {line}"
            console.print(text, soft_wrap=not console.is_terminal)


def print_found(findings: Sequence[Finding]) -> None:
    """What `show` and `drive` end with: the findings in full; nothing when there are none."""
    if findings:
        click.echo()
        print_findings(findings)


def summary(findings: Sequence[Finding]) -> str:
    """Such as `1 fault, 2 hints`."""
    counts = {level: sum(each.weight is level for each in findings) for level in Level}
    return ", ".join(count(number, level.value) for level, number in counts.items() if number)


def finding_lines(finding: Finding) -> Iterator[str]:
    """A finding as marked-up lines: its title and place, its text, the way out."""
    colour = COLOURS[finding.weight]
    again = f", {finding.times:,} times" if finding.times > 1 else ""
    yield (
        f"[{colour}]{finding.weight.value}[/] [bold]{marked(finding.title)}[/]  "
        f"{marked(place_of(finding.file, finding.line))}"
    )
    yield f"{marked(finding.text)}"
    for each in finding.evidence:
        moment = f"run {each.run}, step {each.step}"
        parts = (moment, place_of(each.file, each.line), each.text)
        yield f"[dim]{marked('  '.join(filter(None, parts)))}[/]"
    yield f"[green]Instead:[/] {marked(finding.remedy)}"
    kind, page = finding.kind, finding.kind.docs
    docs = f'  Streamlit\'s documentation: "{page.title}" {page.url}'.rstrip()
    yield f"[dim]{kind.code} {kind.name}, {finding.certainty.value}{again}.{marked(docs)}[/]"


def place_of(file: str | None, line: int | None) -> str:
    """`app.py:16`; empty where no line is known."""
    return "" if file is None or line is None else f"{file}:{line}"
