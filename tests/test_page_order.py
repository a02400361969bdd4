"""Which container writes are out of order: those that land above something written before."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.proto.Delta_pb2 import Delta
from support import ENGINES, record
from test_recording import write_app

from rerun_trace.tracer.capture.traces import RunTrace
from rerun_trace.tracer.model import RunKind, ScriptRun, TriggerType, WriteKind
from rerun_trace.tracer.probes.live_run import LiveRun
from rerun_trace.tracer.probes.tabs import Tab

ELEMENT, BLOCK, ROWS = WriteKind.ELEMENT, WriteKind.BLOCK, WriteKind.ROWS
TRANSIENT = WriteKind.TRANSIENT


@pytest.mark.parametrize(
    ("writes", "wanted"),
    [
        pytest.param([(ELEMENT, 0), (ELEMENT, 1)], [], id="one below the other"),
        pytest.param([(ELEMENT, 1), (ELEMENT, 0)], [1], id="above"),
        pytest.param([(ELEMENT, 1), (ELEMENT, 1)], [], id="at the same place"),
        pytest.param([(ELEMENT, 2), (ELEMENT, 0), (ELEMENT, 1)], [1, 2], id="twice above"),
        pytest.param([(ELEMENT, 1), (BLOCK, 0)], [1], id="a block above"),
        pytest.param([(ELEMENT, 1), (ROWS, 0)], [1], id="rows above"),
        pytest.param([(BLOCK, 1), (ELEMENT, 0)], [], id="above a block, in which nothing is yet"),
        pytest.param([(ELEMENT, 1), (TRANSIENT, 0)], [], id="a spinner above"),
        pytest.param([(TRANSIENT, 1), (ELEMENT, 0)], [], id="above a spinner"),
        pytest.param(
            [(ELEMENT, 1), (TRANSIENT, 2), (ELEMENT, 2), (TRANSIENT, 0), (ELEMENT, 0)],
            [4],
            id="above an element, with spinners between",
        ),
    ],
)
def test_order(writes: list[tuple[WriteKind, int]], wanted: list[int]) -> None:
    run = ScriptRun(1, 1, RunKind.APP, TriggerType.INTERACTION, 0, 0, "app.py", 0)
    live = LiveRun(RunTrace(1, True), run, Tab(1, 0), object())
    found = [live.is_out_of_order((0, place), kind, kind.value) for kind, place in writes]
    assert [i for i, is_out in enumerate(found) if is_out] == wanted


def test_an_empty_place_is_nothing_to_be_above_of_and_the_sidebar_is_a_page_of_its_own() -> None:
    run = ScriptRun(1, 1, RunKind.APP, TriggerType.INTERACTION, 0, 0, "app.py", 0)
    live = LiveRun(RunTrace(1, True), run, Tab(1, 0), object())
    writes = [((0, 5), "empty"), ((0, 3), "text"), ((1, 0), "text"), ((0, 2), "text")]
    found = [live.is_out_of_order(path, ELEMENT, element) for path, element in writes]
    assert found == [False, False, False, True]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_spinner_above_is_no_write_out_of_order(engine: str, tmp_path: Path) -> None:
    if "new_transient" not in Delta.DESCRIPTOR.fields_by_name:
        pytest.skip("not in this version of Streamlit: spinners are elements")
    app = write_app(
        tmp_path / "app",
        """
import time
import streamlit as st
top, middle = st.container(), st.container()
with middle, st.spinner("Working"):
    time.sleep(0.7)
    top.write("on top")
st.write("below")
with top, st.spinner("Once more"):
    time.sleep(0.7)
""",
    )
    recorded = record(app, [], tmp_path / "db", engine=engine)
    (run,) = recorded.runs_of(0)
    shown = [w["label"] for w in run["writes"] if w["label"]]
    assert shown == ["Working", "on top", "below", "Once more"]
    assert [w["line"] for w in run["writes"] if w["out_of_order"]] == []
