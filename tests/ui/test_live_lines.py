"""`rerun-trace app.py` says a line a run, in a pipe and on a terminal, while somebody clicks."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext
from ui.live import Live, live, open_app, until

pytestmark = pytest.mark.ends

APP = """\
import streamlit as st

st.session_state.setdefault("cart", 0)
st.metric("In your cart", st.session_state.cart)
if st.button("Add\\x1b[31m \\x07now", key="add"):
    st.session_state.cart += 1
if st.button("Loop", key="loop") or st.session_state.get("going"):
    st.session_state.going = True
    st.rerun()
"""
STYLED = re.compile(r"\x1b\[[\d;]*m")


class Reader:
    """What was written so far, read without waiting for its end."""

    def __init__(self, started: Live) -> None:
        self._out = started.out.fileno()
        os.set_blocking(self._out, False)
        self.text = ""

    def read(self) -> str:
        try:
            while piece := os.read(self._out, 1 << 16):
                self.text += piece.decode(errors="replace")
        except OSError:  # nothing there now; or so ends a terminal
            pass
        return self.text

    def wait_for(self, pattern: str) -> None:
        until(lambda: re.search(pattern, self.read()), f"{pattern} in {self.text}")


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_a_line_a_run_and_its_finding(
    terminal: bool, context: BrowserContext, tmp_path: Path
) -> None:
    app = tmp_path / "app.py"
    app.write_text(APP)
    with live(app, tmp_path, terminal=terminal) as started:
        reader = Reader(started)
        page = open_app(context, started)
        reader.wait_for("run 1 .*first load: completed, ")
        page.locator(".st-key-add button").click()
        reader.wait_for("run 2 .*: completed, ")
        reader.wait_for("app.py:4 stale-read: `In your cart` shows the old `cart`")
        page.locator(".st-key-loop button").click()
        reader.wait_for("runs .* times the same: halted by a rerun at app.py:9")
        reader.wait_for("app.py:9 infinite-rerun: ")
        started.interrupt()
        code = started.process.wait(60)
        reader.wait_for("Ended. Recording 1 is complete")
    assert (code, started.errors()) == (0, [])
    said = reader.text
    assert bool(STYLED.search(said)) is terminal
    plain = STYLED.sub("", said)
    assert "\x1b" not in plain
    assert "\x07" not in said
    assert "run 2 ✓ click Add�[31m �now: completed, " in plain
    assert "  ✗ app.py:4 stale-read: " in plain
    # A hundred runs a second are a few lines.
    told = [line for line in plain.splitlines() if line.startswith("run")]
    assert len(told) < 30, told
