"""The pages of docs/findings: one of each kind, their list, and one of all that is said."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from ..tracer.explain.finding import Evidence, Finding, Level
from ..tracer.words.sentences import count, times
from .lessons import SAMPLES, Lesson, Played

FOLDER = "docs/findings"
LIST, SENTENCES = f"{FOLDER}/README.md", f"{FOLDER}/sentences.md"

_UP = "../.."
_MADE = "<!-- made by `python -m rerun_trace.documents.findings` from the sample and its kind -->"
_LEVELS = {
    Level.FAULT: "the app does what its author cannot have meant",
    Level.HINT: "works, but there is a better way",
    Level.NOTE: "worth knowing",
}


def path_of(lesson: Lesson) -> str:
    """A kind's page, from the repository's top."""
    return f"{FOLDER}/{lesson.name}.md"


def page(lesson: Lesson, fault: Played, fixed: Played) -> str:
    """What happens, why, and what to write instead, with the figures of both recordings."""
    sample = f"{SAMPLES}/{lesson.name}"
    kind, link = lesson.kind, f"{_UP}/{sample}"
    return _text(
        f"# {lesson.title}",
        f"{_MADE}\n\n**{kind.code} {kind.name}**, {_level(kind.level)}. [All findings](README.md)",
        lesson.happens,
        f"[`fault.py`]({link}/fault.py):",
        _numbered(lesson.fault),
        *_beside(lesson, link),
        "What was done:",
        _steps(fault.interactions),
        "## What rerun-trace says",
        *_finding(_own(lesson, fault), lesson.varies),
        *_along(lesson, fault),
        "## What to write instead",
        lesson.instead,
        f"[`fixed.py`]({link}/fixed.py):",
        _code(_diff(lesson), "diff"),
        "## Both recordings",
        _figures(lesson, fault, fixed),
        "Play them yourself:",
        _indented(
            f"rerun-trace drive {sample}/fault.py --scenario {sample}/scenario.toml",
            f"rerun-trace drive {sample}/fixed.py --scenario {sample}/scenario.toml",
        ),
        "## The rule",
        lesson.rule,
    )


def list_page(lessons: Iterable[Lesson]) -> str:
    """All kinds by code, with level and title."""
    rows = [
        f"| `{each.kind.code}` | [{each.name}]({each.name}.md) | {each.kind.level} | {each.title} |"
        for each in lessons
    ]
    return _text(
        "# Findings",
        f"{_MADE}\n\nWhat `rerun-trace explain` finds in a recording. "
        + " ".join(f"A **{level}**: {words}." for level, words in _LEVELS.items())
        + " Codes never change. All of it [on one page](sentences.md).",
        "\n".join(["| code | kind | level | in its sample |", "|---|---|---|---|", *rows]),
    )


def sentences_page(sections: Iterable[str]) -> str:
    """The words of all kinds, to be read aloud; `sections` are of `sentences`."""
    return _text(
        "# All findings, as they are said",
        f"{_MADE}\n\nEach kind on its sample: its title, what happened, the moments that prove it, "
        "and what to write instead. Times are left out.",
        *sections,
    )


def sentences(lesson: Lesson, fault: Played) -> str:
    """What is said of one kind's sample."""
    kind = lesson.kind
    head = f"## [{kind.code} {kind.name}]({kind.name}.md)"
    return "\n\n".join([head, *_finding(_own(lesson, fault), lesson.varies)])


def _own(lesson: Lesson, fault: Played) -> Finding:
    """The finding that the sample is about. Raises ValueError when it was not found."""
    own = [each for each in fault.findings if each.kind.name == lesson.name]
    if not own:
        raise ValueError(f"{lesson.name}: not found in its own sample")
    return own[0]


def _finding(found: Finding, varies: bool) -> Iterator[str]:
    often = f", {times(found.times)}" if found.times > 1 else ""
    where = f"{found.weight}, {found.file}:{found.line}{often}"
    yield f"> **{_escaped(found.title)}** ({where})\n>\n> {_escaped(found.text)}"
    yield "\n".join(f"- {_moment(each, varies)}: {_escaped(each.text)}" for each in found.evidence)
    yield f"**Instead:** {_escaped(found.remedy)}"
    docs = found.kind.docs
    if docs.title:
        where = f"[{docs.title}]({docs.url})" if docs.url else f"“{docs.title}”"
        yield f"In Streamlit's documentation: {where}"


def _beside(lesson: Lesson, link: str) -> Iterator[str]:
    """What both apps have beside them."""
    for name, text in lesson.files.items():
        yield f"[`{name}`]({link}/{name}), which both apps have:"
        yield _numbered(text)


def _along(lesson: Lesson, fault: Played) -> Iterator[str]:
    """What else is found in the sample."""
    others = {each.kind.name: each.kind for each in fault.findings if each.kind.name != lesson.name}
    if others:
        links = ", ".join(f"[{kind.code} {name}]({name}.md)" for name, kind in others.items())
        yield f"Found with it: {links}."


def _moment(evidence: Evidence, varies: bool) -> str:
    place = f", {evidence.file}:{evidence.line}" if evidence.line else ""
    step = f", step {evidence.step}" if evidence.step else ""
    run = "…" if varies and evidence.run > 9 else evidence.run
    return f"run {run}{step}{place}"


def _steps(interactions: Sequence[str]) -> str:
    return "\n".join(f"{n}. {_escaped(title)}" for n, title in enumerate(interactions))


def _diff(lesson: Lesson) -> str:
    """The whole of both files: what is gone, what came, what stayed."""
    fault, fixed = (text.splitlines() for text in (lesson.fault, lesson.fixed))
    lines = difflib.unified_diff(fault, fixed, lineterm="", n=max(len(fault), len(fixed)))
    return "\n".join(list(lines)[3:])


def _figures(lesson: Lesson, fault: Played, fixed: Played) -> str:
    rows = ["| | script runs | statements run | found |", "|---|---|---|---|"]
    for name, each in (("fault.py", fault), ("fixed.py", fixed)):
        counts = ["as many as there is time for"] * 2
        if not lesson.varies:
            counts = [f"{each.runs:,}", f"{each.statements:,}"]
        rows.append(f"| `{name}` | {' | '.join(counts)} | {_found(each)} |")
    return "\n".join(rows)


def _found(played: Played) -> str:
    counts = {level: sum(f.weight is level for f in played.findings) for level in Level}
    return ", ".join(count(n, level.value) for level, n in counts.items() if n) or "nothing"


def _level(level: Level) -> str:
    return f"a {level}: {_LEVELS[level]}"


def _code(text: str, language: str = "python") -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def _numbered(text: str) -> str:
    """A file whose lines are spoken of."""
    lines = text.rstrip().split("\n")
    width = len(str(len(lines)))
    return _code("\n".join(f"{n:{width}}  {line}".rstrip() for n, line in enumerate(lines, 1)))


def _indented(*lines: str) -> str:
    return "\n".join(f"    {line}" for line in lines)


def _escaped(text: str) -> str:
    """A text of an app in Markdown, where stars, brackets and the like mean nothing else."""
    parts = text.split("`")
    for n in range(0, len(parts), 2):  # what stands between backquotes is code
        for sign in "\\*_[]<>|":
            parts[n] = parts[n].replace(sign, f"\\{sign}")
    return "`".join(parts)


def _text(*parts: str) -> str:
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"
