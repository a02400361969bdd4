"""What a terminal gets to see: nothing of an app's texts is obeyed by it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commands import say
from support import record

from rerun_trace.tracer.words.printable import printable

pytestmark = pytest.mark.ends

HOSTILE = """\
import streamlit as st

TITLE = "Pay\\x1b]0;owned\\x07 \\x1b[2J\\x9b31m\\u202eeur"
shown = st.empty()
st.session_state.setdefault("sum", "none")
shown.metric(TITLE, st.session_state.sum)
if st.button(TITLE):
    st.session_state.sum = "\\x1b[31mred"
    st.write(TITLE)
"""
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    app = folder / "app.py"
    app.write_text(HOSTILE, encoding="utf-8")
    recorded = record(app, [{"click": "button#0"}], folder / "db.sqlite")
    assert recorded.drive.failed_step is None
    with recorded.store() as store:
        store.rename(recorded.id, "\x1b[1mname")
    return folder / "db.sqlite"


@pytest.mark.parametrize(
    "words", [["show"], ["explain"], ["list"], ["why", "1", "2"], ["why", "1", "app.py:8"]], ids=str
)
def test_no_control_character_of_an_app_reaches_the_terminal(db: Path, words: list[str]) -> None:
    said = say(db, *words)
    assert said.code == 0, said.err
    assert OBEYED.findall(said.out) == []
    assert "�" in said.out


def test_what_a_person_reads_stays() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert printable(f"Zürich {family} עברית") == f"Zürich {family} עברית"
    assert printable("a\nb\tc\x1b[2J", lines=True) == "a\nb\tc�[2J"
    assert printable("a\nb\ud800\u2028") == "a�b��"
