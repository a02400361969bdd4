"""Each kind of finding on its sample: found on the fault, at its line; silent on the fixed twin."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import streamlit
from explaining import FINDINGS, explained, explained_run_by_run, facts_of_recorded, scenario_of
from support import ENGINES, record

from rerun_trace.tracer.explain.explainer import explain
from rerun_trace.tracer.explain.finding import Level
from rerun_trace.tracer.explain.kinds import all_kinds

pytestmark = pytest.mark.ends

KINDS = sorted(path.name for path in FINDINGS.iterdir() if path.is_dir())
VERSION = tuple(int(part) for part in streamlit.__version__.split(".")[:2])


def expected(kind: str) -> dict[str, Any]:
    """`code`, `line`, `file`, `interaction`, and `since`/`until` where versions lack the matter.

    What is different before a version stands under `before_1_59`.
    """
    text = (FINDINGS / kind / "finding.toml").read_text(encoding="utf-8")
    wanted = tomllib.loads(text)
    since, until = wanted.get("since", [0, 0]), wanted.get("until", [999, 0])
    if not tuple(since) <= VERSION <= tuple(until):
        pytest.skip("not in this version")
    for name, other in list(wanted.items()):
        if name.startswith("before_") and tuple(map(int, name.split("_")[1:])) > VERSION:
            wanted |= other
    return wanted


def test_every_kind_has_a_sample_and_every_sample_a_kind() -> None:
    assert sorted(kind.name for kind, _ in all_kinds().values()) == KINDS


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_found_at_its_line(kind: str, engine: str, tmp_path: Path) -> None:
    wanted = expected(kind)
    app = FINDINGS / kind / "fault.py"
    recorded = record(app, scenario_of(kind), tmp_path / "db.sqlite", engine=engine)
    facts = facts_of_recorded(recorded)
    found = explain(facts)
    own = [each for each in found if each.kind.name == kind]
    places = [(f.kind.code, f.file, f.line, f.interaction) for f in own]
    file = wanted.get("file", "fault.py")
    assert places[:1] == [(wanted["code"], file, wanted["line"], wanted["interaction"])]
    assert own[0].evidence
    assert len(own[0].title) <= 60
    if engine == ENGINES[-1]:  # beside a live recording it comes to the same
        assert explained_run_by_run(facts) == found
    others = {f.kind.name for f in found if f.weight is Level.FAULT} - {kind}
    assert others <= set(wanted.get("others", ()))


@pytest.mark.parametrize("kind", KINDS)
def test_the_fixed_twin_is_healthy(kind: str, tmp_path: Path) -> None:
    expected(kind)
    found = explained(FINDINGS / kind / "fixed.py", scenario_of(kind), tmp_path)
    assert [f for f in found if f.kind.name == kind or f.weight is Level.FAULT] == []
