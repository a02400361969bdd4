"""Of a statement that ran very often the first times are recorded: what is still told is true."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from explaining import FINDINGS, explained, facts_of_recorded, kinds_of, scenario_of
from support import ENGINES, record

from rerun_trace.tracer.capture.budget import Budget
from rerun_trace.tracer.explain.explainer import explain
from rerun_trace.tracer.explain.finding import Level

KINDS = sorted(path.name for path in FINDINGS.iterdir() if path.is_dir())
ONCE = Budget(line_hits=1, calls=1)


@pytest.mark.first_row
@pytest.mark.parametrize("kind", KINDS)
def test_a_recording_of_the_first_times_alone_makes_nothing_up(kind: str, tmp_path: Path) -> None:
    wanted = tomllib.loads((FINDINGS / kind / "finding.toml").read_text(encoding="utf-8"))
    told = {}
    for app in ("fault", "fixed"):
        path = FINDINGS / kind / f"{app}.py"
        found = explained(path, scenario_of(kind), tmp_path, budget=ONCE)
        told[app] = [each for each in found if each.weight is Level.FAULT]
    assert told["fixed"] == []
    assert {each.kind.name for each in told["fault"]} <= {kind, *wanted.get("others", ())}
    own = [(f.file, f.line) for f in told["fault"] if f.kind.name == kind]
    assert own[:1] in ([], [(wanted.get("file", "fault.py"), wanted["line"])])


LOOP = """
total = 0
for number in range(500):
    if number % 2:
        total += number
"""


@pytest.mark.first_row
@pytest.mark.parametrize(
    "kind",
    ["stale-read", "nested-button", "key-dropped", "swallowed-control-exception", "unguarded-init"],
)
def test_a_long_loop_hides_nothing(kind: str, tmp_path: Path) -> None:
    source = (FINDINGS / kind / "fault.py").read_text(encoding="utf-8")
    first = "import streamlit as st\n"
    wanted = tomllib.loads((FINDINGS / kind / "finding.toml").read_text(encoding="utf-8"))
    app = source.replace(first, first + LOOP, 1)
    found = explained(app, scenario_of(kind), tmp_path)
    assert (kind, wanted["line"] + LOOP.count("\n")) in kinds_of(found)


def test_an_exception_late_in_a_loop_is_told_without_values_of_another_round(
    tmp_path: Path,
) -> None:
    app = """
import streamlit as st

shares = []
for row in range(500):
    shares.append(100 / (450 - row))
"""
    (found,) = explained(app, [], tmp_path)
    assert (found.kind.name, found.line) == ("uncaught-exception", 6)
    assert "ZeroDivisionError" in found.text
    assert "`row` was" not in found.text


@pytest.mark.parametrize("engine", ENGINES)
def test_a_change_in_place_late_in_a_loop_is_told_of_its_line(engine: str, tmp_path: Path) -> None:
    """Not of the first statement after the loop, and nothing is concluded from it."""
    (tmp_path / "app.py").write_text(
        """
import streamlit as st

st.session_state.setdefault("rows", [])
st.metric("Rows", len(st.session_state.rows))
if st.button("Load"):
    for number in range(500):
        st.session_state.rows.append(number)
        text = str(number)
st.caption("The end")
""",
        encoding="utf-8",
    )
    db = tmp_path / "db.sqlite"
    recorded = record(tmp_path / "app.py", [{"click": "Load"}], db, engine=engine)
    changes = recorded.facts["runs"][1]["state_writes"]
    assert {write["line"] for write in changes if write["key"] == "rows"} == {8}
    assert "(500 items)" in changes[-1]["new"]
    found = explain(facts_of_recorded(recorded))
    assert [kind for kind, _ in kinds_of(found) if kind == "stale-read"] == []


def test_what_was_concluded_from_rounds_that_are_not_known_is_not_told(tmp_path: Path) -> None:
    """Whether the total goes into the new one, which counts it on, is known of few rounds only."""
    app = """
import streamlit as st

st.session_state.setdefault("total", 0)
st.metric("Total", st.session_state.total)
added = 0
for number in range(500):
    added = number
st.session_state.total = added
"""
    told = [
        kinds_of(explained(app, [], tmp_path, budget=budget))
        for budget in (Budget(line_hits=1000), Budget())
    ]
    assert told == [[("stale-read", 5)], []]
