"""The app's process is killed in the middle of a recording: the file opens, and little is lost.

RERUN_TRACE_KILLS sets how often; the moment of the kill moves by a few milliseconds each time.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from support import due_after

from rerun_trace.db.store import TraceStore
from rerun_trace.processes import AppProcess

pytestmark = pytest.mark.ends


APP = """
import os
import time
import streamlit as st
n = st.session_state.n = st.session_state.get("n", 0) + 1
with open(os.environ["RUN_LOG"], "a") as log:
    log.write(f"{n} {time.time()}\\n")
for i in range(20):
    total = i * n
st.write(n, total)
st.rerun()
"""


@pytest.mark.parametrize("kill", range(int(os.environ.get("RERUN_TRACE_KILLS", "2"))))
def test_killed_while_recording(kill: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, log, db = tmp_path / "app.py", tmp_path / "runs.log", tmp_path / "db.sqlite"
    app.write_text(APP)
    monkeypatch.setenv("RUN_LOG", str(log))
    monkeypatch.setenv("STREAMLIT_RUNNER_POST_SCRIPT_GC", "false")
    order = {"db": str(db), "engine": "auto", "idle_timeout_s": 60, "steps": []}
    with AppProcess("drive", stdout=sys.stderr, app=str(app), **order) as process:
        while not log.exists() or len(log.read_text().splitlines()) < 60 + kill * 3:
            assert process.exit_code is None
            time.sleep(0.02)  # looking all the time would take the app's processor
        os.kill(process.pid, signal.SIGKILL)
        killed = time.time()
        process.wait(10)
    logged = {int(n): float(at) for n, at in map(str.split, log.read_text().splitlines())}
    old = due_after(0.5, logged, killed, usual=0.1)  # one comes every 10 to 30 ms
    assert old
    with TraceStore.open(db) as store:
        while (info := store.latest()) is None or info.ended_at is None:
            assert time.time() < killed + 20, "what was in the pipe was not written"
            time.sleep(0.02)
        assert not info.complete
        runs = {run.n: run for run in store.runs(info.id)}
        assert set(old) <= set(runs)
        ended = [n for n in old[:-1] if runs[n].detailed]
        assert [runs[n].outcome for n in ended] == ["rerun"] * len(ended)
        for n in ended[-5:]:
            steps = store.steps(info.id, n).steps
            assert len(steps) == runs[n].steps > 40
    # And another recording fits into the same file.
    with TraceStore.open(db) as store:
        assert len(store.recordings()) == 1
