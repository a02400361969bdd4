"""An app whose own module is called `rerun_trace`: neither it nor the recorder is in the way."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import COMMAND, environment, say

from rerun_trace import beside
from rerun_trace.db.store import TraceStore
from rerun_trace.db.writing import process

pytestmark = pytest.mark.ends

APP = """\
import streamlit as st

import rerun_trace
from rerun_trace import helping

st.title(rerun_trace.NAME)
if st.button("Foo"):
    st.session_state.said = helping.said()
    st.rerun()
st.write(st.session_state.get("said"))
"""


@pytest.fixture(params=["module", "package"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "shop" / "app.py"
    path.parent.mkdir()
    if request.param == "package":
        own = path.parent / "rerun_trace"
        own.mkdir()
        (own / "__init__.py").write_text("NAME = 'the shop'\n")
        (own / "helping.py").write_text("def said():\n    return 'their own'\n")
        path.write_text(APP)
    else:
        (path.parent / "rerun_trace.py").write_text(
            "NAME = 'the shop'\nclass helping:\n    def said():\n        return 'their own'\n"
        )
        path.write_text(APP)
    return path


def test_driving_runs_the_apps_own_module(app: Path, tmp_path: Path) -> None:
    said = say(tmp_path / "db.sqlite", "drive", app, "--click", "Foo", "--json")
    assert said.code == 0, said.err
    facts = json.loads(said.out)
    assert [run["outcome"] for run in facts["runs"]] == ["completed", "rerun", "completed"]
    assert [run["error"] for run in facts["runs"]] == [None] * 3
    assert facts["runs"][1]["state_writes"][0]["new"] == "'their own'"
    # It is the user's code, and recorded as such.
    files = {file for run in facts["runs"] for file, _ in run["lines"]}
    assert any(file.startswith("rerun_trace") for file in files)
    assert facts["recording"]["complete"]


def test_live_records_it_as_well(app: Path, tmp_path: Path) -> None:
    db = tmp_path / "db.sqlite"
    live = subprocess.Popen(
        [*COMMAND, str(app), "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(db),
    )
    try:
        assert live.stdout is not None
        for line in live.stdout:
            if "Ctrl-C ends both" in line:
                break
        else:
            pytest.fail("it did not start")
        time.sleep(0.5)
        live.send_signal(signal.SIGINT)
        rest = live.communicate(timeout=60)[0]
    finally:
        live.kill()
    assert "is complete" in rest
    with TraceStore.open(db, create=False) as store:
        assert store.recording(1).complete


def test_what_is_ours_is_not_taken_for_the_apps_own(tmp_path: Path) -> None:
    clone = Path(beside.__file__).resolve().parent.parent
    assert not beside.has_its_own(str(clone / "app.py"))
    assert not beside.has_its_own(str(tmp_path / "app.py"))
    (tmp_path / "rerun_trace").mkdir()  # a folder of data, say: no module
    assert not beside.has_its_own(str(tmp_path / "app.py"))
    (tmp_path / "rerun_trace" / "__init__.py").touch()
    assert beside.has_its_own(str(tmp_path / "app.py"))


def test_both_ends_of_the_pipe_mean_the_same_name() -> None:
    assert f"{beside.OTHER}." == process.OTHER


def test_the_other_name_stands_in_every_import(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from rerun_trace.beside import under_another_name\n"
        "under_another_name('child')\n"
        "under_another_name.__globals__['importlib'].import_module("
        "'_rerun_trace_recorder.tracer.driver.driver')\n"
        "print(*(name for name in sys.modules if name.split('.')[0] == 'rerun_trace'))\n"
    )
    said = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)
    assert (said.returncode, said.stdout.strip()) == (0, ""), said.stderr
