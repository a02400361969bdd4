"""A kind of finding as docs/findings teaches it: its sample, and what recordings of it came to."""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..tracer.analysis.recording import RecordingFacts
from ..tracer.explain import kinds
from ..tracer.explain.explainer import explain
from ..tracer.explain.finding import Finding, Kind
from ..tracer.model import InteractionKind
from ..tracer.words.sentences import interaction_title

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = "samples/findings"

_INSTEAD = "Instead: "
_TIME = re.compile(r"\b\d[\d.,]*(?= (?:ns|µs|ms|s|min)\b)")
_COUNT = re.compile(r"(?<!line )\b\d+(?= runs)|(?<=\brun )\d\d+")


@dataclass(frozen=True)
class Lesson:
    """What a sample's files say.

    `files` are what both its apps have beside them. `varies`: how many runs there are depends on
    the machine. `steady`: what is said by chance, and what is told instead.
    """

    kind: Kind
    rule: str
    title: str
    happens: str
    instead: str
    fault: str
    fixed: str
    files: Mapping[str, str]
    varies: bool = False
    steady: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.kind.name


@dataclass(frozen=True)
class Played:
    """What a recording of a sample came to, without what is another each time."""

    interactions: tuple[str, ...]
    runs: int
    statements: int
    findings: tuple[Finding, ...]


def lessons() -> Iterator[Lesson]:
    """Every kind with its sample, in the order of the codes."""
    for kind, _ in kinds.all_kinds().values():
        yield lesson(kind)


def lesson(kind: Kind) -> Lesson:
    """One kind with its sample. Raises ValueError for a README that says nothing to do instead."""
    folder = ROOT / SAMPLES / kind.name
    paths = [folder / "README.md", folder / "finding.toml", *sorted(folder.rglob("*.py"))]
    texts = {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in paths}
    title, _, said = texts["README.md"].strip().partition("\n")
    happens, mark, instead = said.partition(f"\n{_INSTEAD}")
    if not mark or not title.startswith("# "):
        raise ValueError(f"{folder}/README.md: a title (# …), and a line that begins `{_INSTEAD}`")
    wanted = tomllib.loads(texts["finding.toml"])
    module = importlib.import_module(f"{kinds.__name__}.{kind.name.replace('-', '_')}")
    return Lesson(
        kind=kind,
        rule=inspect.getdoc(module) or "",
        title=title.removeprefix("# "),
        happens=happens.strip(),
        instead=_capital(instead.strip()),
        fault=texts.pop("fault.py"),
        fixed=texts.pop("fixed.py"),
        files={name: text for name, text in texts.items() if name.endswith(".py")},
        varies=bool(wanted.get("varies")),
        steady=wanted.get("steady", {}),
    )


def played(facts: RecordingFacts, lesson: Lesson) -> Played:
    """What a recording came to; times are left out, and what else is another each time."""
    done = [each for each in facts.interactions if each.kind is not InteractionKind.TIMER]
    return Played(
        interactions=tuple(interaction_title(each) for each in done),
        runs=len(facts.runs),
        statements=sum(run.steps for run in facts.runs),
        findings=tuple(_steady(each, lesson) for each in explain(facts)),
    )


def _steady(found: Finding, lesson: Lesson) -> Finding:
    def steady(text: str) -> str:
        text = _TIME.sub("…", text)
        for by_chance, told in lesson.steady.items():
            text = text.replace(by_chance, told)
        return _COUNT.sub("…", text) if lesson.varies else text

    evidence = tuple(replace(each, text=steady(each.text)) for each in found.evidence)
    return replace(
        found,
        title=steady(found.title),
        text=steady(found.text),
        remedy=steady(found.remedy),
        evidence=evidence,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
