"""Findings on the terminal: what is wrong, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from typing import TypeAlias

from rich.padding import Padding
from rich.text import Text

from ..tracer.explain.finding import Finding, Kind, Level
from ..tracer.words.printable import printable
from ..tracer.words.sentences import count
from .terminal import Screen, say
from .words import marked

Line: TypeAlias = tuple[tuple[str, str], ...]
"""Texts with their styles."""

_COLOURS = {Level.FAULT: "red", Level.HINT: "yellow", Level.NOTE: "cyan"}
_SIGNS = {Level.FAULT: "✗", Level.HINT: "→", Level.NOTE: "i"}


def print_findings(findings: Sequence[Finding], levels: Sequence[Level] = tuple(Level)) -> None:
    """Each finding in full, the faults first. Places read `app.py:16`: terminals link them."""
    console = Screen(emoji=False, highlight=False)
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
        say()
        print_findings(findings)


def print_found_in(variants: Mapping[str, Sequence[Finding]]) -> None:
    """What `compare` ends with: a line for each finding of each variant, the faults first."""
    for name, findings in variants.items():
        if findings:
            say()
            say_line(((name, "bold"), (f": {summary(findings)}", "")))
        for level in Level:
            for each in findings:
                if each.weight is level:
                    say_line(finding_line(each))
    if well := [name for name, findings in variants.items() if not findings]:
        say()
        say_line(((", ".join(well), "bold"), (": nothing found", "")))


def summary(findings: Sequence[Finding]) -> str:
    """Such as `1 fault, 2 hints`."""
    counts = {level: sum(each.weight is level for each in findings) for level in Level}
    return ", ".join(count(number, level.value) for level, number in counts.items() if number)


def finding_lines(finding: Finding) -> Iterator[str]:
    """A finding as marked-up lines: its title and place, its text, the way out."""
    colour = _COLOURS[finding.weight]
    again = f", {finding.times:,} times" if finding.times > 1 else ""
    yield (
        f"[{colour}]{finding.weight.value}[/] [bold]{marked(finding.title)}[/]  "
        f"{marked(place_of(finding.file, finding.line))}"
    )
    yield f"{marked(finding.text)}"
    for each in finding.evidence:
        moment = f"run {each.run}, step {each.step}" if each.step else f"run {each.run}"
        parts = (moment, place_of(each.file, each.line), each.text)
        yield f"[dim]{marked('  '.join(filter(None, parts)))}[/]"
    yield f"[green]Instead:[/] {marked(finding.remedy)}"
    kind, page = finding.kind, finding.kind.docs
    yield f"[dim]{kind.code} {kind.name}, {finding.certainty.value}{again}: {lesson_of(kind)}[/]"
    if page.title:
        docs = f"{page.title} {page.url}".rstrip()
        yield f"[dim]Streamlit's documentation: {marked(docs)}[/]"


def finding_line(finding: Finding) -> Line:
    """Such as `  ✗ app.py:7 stale-read: …`."""
    level, kind = finding.weight, finding.kind.name
    place = place_of(finding.file, finding.line)
    words = " ".join(filter(None, [place, f"{kind}: {finding.title}"]))
    return ((f"  {_SIGNS[level]} ", _COLOURS[level]), (words, ""))


def say_line(line: Line) -> None:
    """One line on stdout, with colours on a terminal alone; an app may write there meanwhile."""
    console = Screen(highlight=False, emoji=False)
    parts = [(printable(text), style) for text, style in line]
    console.print(Text.assemble(*parts, ("\n", "")), end="", soft_wrap=True)


@cache
def lesson_of(kind: Kind) -> str:
    """Where a kind's page is: its address, or its path in a clone that names none."""
    path = f"findings/{kind.name}.md"
    try:
        urls = metadata(__name__.partition(".")[0]).get_all("Project-URL") or []
    except PackageNotFoundError:
        urls = []
    for url in urls:  # such as "Documentation, https://…/docs/how-it-works.md"
        label, _, address = str(url).partition(", ")
        if label == "Documentation":
            return f"{address.rpartition('/')[0]}/{path}"
    return f"docs/{path}"


def place_of(file: str | None, line: int | None) -> str:
    """`app.py:16`; empty where no line is known."""
    return "" if file is None or line is None else f"{file}:{line}"
