"""Streamlit collects garbage after each run: what rerun-trace has loaded does not lengthen that."""

from __future__ import annotations

import json
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
