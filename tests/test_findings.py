"""Each kind of finding on its sample: found on the fault, at its line; silent on the fixed twin.

And its page in docs/findings says what these recordings say.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import streamlit
from explaining import FINDINGS, explained_run_by_run, facts_of_recorded, scenario_of
from support import ENGINES, record

from rerun_trace.documents import lesson_pages as pages
from rerun_trace.documents.lessons import ROOT, lesson, lessons, played
from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.explain.explainer import explain
from rerun_trace.tracer.explain.finding import Level
from rerun_trace.tracer.explain.kinds import all_kinds

pytestmark = pytest.mark.ends

KINDS = sorted(path.name for path in FINDINGS.iterdir() if path.is_dir())
VERSION = tuple(int(part) for part in streamlit.__version__.split(".")[:2])
PAGES_SINCE = (1, 63)  # what the pages say is what newer versions do, and offer instead


@dataclass
class Sample:
    """A kind's two apps, each recorded when somebody asks for it."""

    kind: str
    folder: Path
    recorded: dict[tuple[str, str], RecordingFacts] = field(default_factory=dict)

    def facts(self, app: str, engine: str = ENGINES[-1]) -> RecordingFacts:
        if (app, engine) not in self.recorded:
            db = self.folder / f"{app}-{engine}.sqlite"
            played = record(FINDINGS / self.kind / app, scenario_of(self.kind), db, engine=engine)
            self.recorded[app, engine] = facts_of_recorded(played)
        return self.recorded[app, engine]

    def expected(self) -> dict[str, Any]:
        """`code`, `line`, `file`, `interaction`, `since`/`until` where versions lack the matter.

        What is different before a version stands under `before_1_59`.
        """
        text = (FINDINGS / self.kind / "finding.toml").read_text(encoding="utf-8")
        wanted = tomllib.loads(text)
        since, until = wanted.get("since", [0, 0]), wanted.get("until", [999, 0])
        if not tuple(since) <= VERSION <= tuple(until):
            pytest.skip("not in this version")
        for name, other in list(wanted.items()):
            if name.startswith("before_") and tuple(map(int, name.split("_")[1:])) > VERSION:
                wanted |= other
        return wanted


@pytest.fixture(scope="module", params=KINDS)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample(request.param, tmp_path_factory.mktemp(request.param))


def test_every_kind_has_a_sample_and_every_sample_a_kind() -> None:
    assert sorted(kind.name for kind, _ in all_kinds().values()) == KINDS


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fault_is_found_at_its_line(sample: Sample, engine: str) -> None:
    wanted = sample.expected()
    facts = sample.facts("fault.py", engine)
    found = explain(facts)
    own = [each for each in found if each.kind.name == sample.kind]
    places = [(f.kind.code, f.file, f.line, f.interaction) for f in own]
    file = wanted.get("file", "fault.py")
    assert places[:1] == [(wanted["code"], file, wanted["line"], wanted["interaction"])]
    assert own[0].evidence
    assert len(own[0].title) <= 60
    if engine == ENGINES[-1]:  # beside a live recording it comes to the same
        assert explained_run_by_run(facts) == found
    others = {f.kind.name for f in found if f.weight is Level.FAULT} - {sample.kind}
    assert others <= set(wanted.get("others", ()))


def test_the_fixed_twin_is_healthy(sample: Sample) -> None:
    sample.expected()
    found = explain(sample.facts("fixed.py"))
    assert [f for f in found if f.kind.name == sample.kind or f.weight is Level.FAULT] == []


def test_the_page_of_a_kind_says_what_is_recorded(sample: Sample) -> None:
    """Else `python -m rerun_trace.documents.findings KIND` makes it anew."""
    if VERSION < PAGES_SINCE:
        pytest.skip("not in this version")
    (kind,) = (kind for kind, _ in all_kinds().values() if kind.name == sample.kind)
    taught = lesson(kind)
    fault, fixed = (played(sample.facts(app), taught) for app in ("fault.py", "fixed.py"))
    text = (ROOT / pages.path_of(taught)).read_text(encoding="utf-8")
    assert text == pages.page(taught, fault, fixed)
    said = (ROOT / pages.SENTENCES).read_text(encoding="utf-8")
    assert f"{pages.sentences(taught, fault)}\n" in said


def test_the_page_of_all_sentences_has_each_kind_once() -> None:
    said = (ROOT / pages.SENTENCES).read_text(encoding="utf-8").split("\n## ")[1:]
    named = [section.partition("]")[0].removeprefix("[") for section in said]
    assert named == [f"{each.kind.code} {each.name}" for each in lessons()]
    assert pages.sentences_page(f"## {each}".rstrip() for each in said) == (
        (ROOT / pages.SENTENCES).read_text(encoding="utf-8")
    )
