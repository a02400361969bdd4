"""Streamlit collects garbage after each run: what rerun-trace has loaded does not lengthen that.

And readers, which make much at once, do not go through all of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from commands import say

APP = """\
import gc
import sys

import streamlit as st

own = ["the app's own"]
tracked = {id(found) for found in gc.get_objects()}
ours = [name for name in sys.modules if name.startswith("rerun_trace.")]
early = ["rerun_trace.recording", "rerun_trace.tracer.model", "rerun_trace.tracer.probes.probes"]
st.session_state.ours = len(ours)
st.session_state.early = [id(vars(sys.modules[name])) in tracked for name in early]
st.session_state.own = [id(own) in tracked, id(vars(st)) in tracked]
"""


def test_the_app_s_garbage_collector_has_nothing_of_ours_to_look_through(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(APP)
    said = say(tmp_path / "db.sqlite", "drive", app, "--json")
    assert said.code == 0, said.err
    written = {
        write["key"]: write["new"] for write in json.loads(said.out)["runs"][0]["state_writes"]
    }
    assert int(written["ours"]) > 20
    assert written["early"] == "[False, False, False]"
    # What is the app's is looked through as ever.
    assert written["own"] == "[True, True]"


READER = """\
import gc
from rerun_trace.tracer.analysis.garbage import not_collected

def is_old(thing):
    return any(thing is each for each in gc.get_objects(generation=2))

with not_collected():
    was_on = gc.isenabled()
    made = [["a record"] for _ in range(100_000)]
print(was_on, gc.isenabled(), is_old(made), gc.get_freeze_count())
gc.freeze()
with not_collected():
    made = ["another"]
print(is_old(made), gc.get_freeze_count() > 0)
"""


def test_what_a_reader_made_at_once_is_not_gone_through_at_once() -> None:
    """In a reader's process; what somebody else has frozen there stays so."""
    said = subprocess.run(
        [sys.executable, "-c", READER], capture_output=True, text=True, check=True
    ).stdout
    assert said == "False True True 0\nFalse True\n"
