"""Explaining an app of many files: a file is parsed when something of it is asked, not before."""

from __future__ import annotations

import datetime as dt

from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.explain.explainer import explain
from rerun_trace.tracer.model import (
    LineCount,
    Outcome,
    RecordingInfo,
    RunKind,
    ScriptRun,
    Source,
    TriggerType,
)
from rerun_trace.tracer.source.program import program_of

FILES = 200
TEXT = "import streamlit as st\n\n\ndef draw_{n}():\n    try:\n        st.write({n})\n"
TEXT += "    except ValueError:\n        st.button('Again', on_click=draw_{n})\n"


def facts(runs: int) -> RecordingFacts:
    info = RecordingInfo("app.py", "/", dt.datetime.now(dt.UTC), "3.13", "1.67.0", "auto", "")
    return RecordingFacts(
        info,
        runs=[
            ScriptRun(
                n, 1, RunKind.APP, TriggerType.INTERACTION, n, n, "app.py", 0, (), Outcome.COMPLETED
            )
            for n in range(1, runs + 1)
        ],
        line_counts=[
            LineCount(n, f"page_{file}.py", 5, 1)
            for n in range(1, runs + 1)
            for file in range(1, FILES + 1)
        ],
        sources=[
            Source(file, f"page_{file}.py", TEXT.format(n=file), "in the app's folder")
            for file in range(1, FILES + 1)
        ],
    )


def test_files_that_nothing_is_asked_of_are_not_parsed() -> None:
    before = program_of.cache_info().misses
    assert explain(facts(3)) == []
    assert program_of.cache_info().misses - before < 5


def test_a_file_of_many_is_parsed_once() -> None:
    texts = [TEXT.format(n=f"{n}{n}") for n in range(FILES)]
    before = program_of.cache_info().misses
    for text in texts * 2:
        assert program_of(text) is not None
    assert program_of.cache_info().misses - before == FILES
