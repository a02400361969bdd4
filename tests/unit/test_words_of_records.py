"""Who acted, who stopped a run, what a fragment's run was: words over records made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from test_web_views import CLICK, RUN, WRITE, records, told

from rerun_trace.tracer.analysis.compare_figures import Counter, Episode
from rerun_trace.tracer.analysis.moves import moves
from rerun_trace.tracer.analysis.recording import ByRun, RecordingFacts
from rerun_trace.tracer.model import (
    ContainerWrite,
    Interaction,
    InteractionKind,
    MessageFate,
    Outcome,
    RecordingInfo,
    RunKind,
    ScriptRun,
    WidgetChange,
    WriteKind,
)
from rerun_trace.tracer.words import names
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.elements import count_writes, elements
from rerun_trace.tracer.words.ends import end_of, without_run
from rerun_trace.web.models import compare_order


def run(**change: Any) -> ScriptRun:
    return replace(RUN, **({"body_started_ns": 11} | change))


@pytest.mark.parametrize(
    ("by", "sentence", "short"),
    [
        ("browser", "It was stopped from the browser at line 7.", "stopped from the browser"),
        ("script", "Line 7 called st.stop(): this run stopped there.", "stopped"),
        ("session", "The browser tab was closed, which stopped it at line 7.", "stopped"),
        (None, "It was stopped at line 7.", "stopped"),
    ],
)
def test_who_stopped_a_run(by: str | None, sentence: str, short: str) -> None:
    stopped = run(outcome=Outcome.STOPPED, halted_line=7, stopped_by=by)

    assert sentence in told(records(stopped))
    assert words.outcome_text(stopped).startswith(f"{short} at line 7")
    assert "line 7" in str(end_of(stopped).why_not("app.py"))


def test_a_fragments_run_is_named_by_its_functions() -> None:
    ticks = run(kind=RunKind.FRAGMENT, outcome=Outcome.COMPLETED, fragments=("f1", "f2"))
    named = replace(ticks, fragment_names=("board", "counter"))

    assert "so Streamlit ran only 2 fragments of app.py." in told(records(ticks))
    assert "ran only the fragments board and counter of app.py." in told(records(named))
    gone = replace(named, fragments_gone=("f2",))
    assert "ran only the fragment board of app.py." in told(records(gone))


def test_an_interaction_whose_fragment_was_gone_went_into_another_run() -> None:
    add = Interaction(3, 1, 9, InteractionKind.WIDGET, {"click": "Add"}, fragment="f2")
    board = run(
        kind=RunKind.FRAGMENT,
        outcome=Outcome.COMPLETED,
        fragments=("f1", "f2"),
        fragment_names=("board", "counter"),
        fragments_gone=("f2",),
        took=(1, 3),
    )
    assert without_run(add, [board]) == "went into run 2: its fragment was gone"
    assert without_run(add, [RUN]) == "no run of its own"
    assert (
        "click Add (interaction 3) went into this run, too: its fragment was gone, "
        "so nothing of it ran."
    ) in told(records(board, also=(add,)))


def did(action: dict[str, Any], *changes: WidgetChange, **fields: Any) -> Interaction:
    return replace(Interaction(4, 2, 9, InteractionKind.WIDGET, action, changes=changes), **fields)


def test_a_component_is_not_you() -> None:
    change = WidgetChange("$$ID-1-None", "component_instance", "map.map", None, None, {"at": 3})
    sent = did({"set": "map.map", "value": {"at": 3}}, change)

    assert words.interaction_sentence(sent).startswith("The component map.map sent ")
    assert words.interaction_title(sent) == "message of map.map"


@pytest.mark.parametrize("verb", ["set", "edit"])  # recordings of before said edit
def test_a_selection_is_no_edit(verb: str) -> None:
    value = {"selection": {"rows": [0, 2], "columns": ["a"], "cells": []}}
    change = WidgetChange("$$ID-1-None", "dataframe", "", None, None, value)
    picked = did({verb: "data frame 1", "value": value}, change)

    assert words.interaction_sentence(picked) == "You selected 2 rows and 1 column in data frame 1"
    assert words.interaction_title(picked) == "select 2 rows and 1 column in data frame 1"


def test_a_dialog_is_closed() -> None:
    change = WidgetChange("$$ID-1-None", "dialog", "Rename", None, None, True)
    closed = did({"dismiss": True}, change)

    assert words.interaction_sentence(closed) == "You closed the dialog Rename"
    assert words.interaction_title(closed) == "close Rename"
    assert names.meant(closed) is change


def test_another_tab_and_nothing_new() -> None:
    load = did({"load": True}, kind=InteractionKind.LOAD)
    opened = told(records(run(outcome=Outcome.COMPLETED), interaction=load))
    assert opened.startswith("The page was opened in a new tab or loaded anew (app session 2), so")
    assert "again" not in opened
    same = did({"rerun": True}, kind=InteractionKind.RERUN)
    assert "with nothing new (by the app's menu, or the same value)" in told(
        records(interaction=same)
    )


def test_an_id_in_an_old_recording_is_not_shown() -> None:
    change = WidgetChange("$$ID-abc-None", "dataframe", "", None, None, {"edited_rows": {}})
    old = did({"edit": "$$ID-abc-None", "rows": {}}, change)

    assert words.interaction_title(old) == "edit a data editor"
    assert words.interaction_sentence(did({"click": "$$ID-x-None"})) == "You clicked a widget"
    assert names.meant(old) is change


def write(n: int, path: tuple[int, ...], element: str = "text", **change: Any) -> ContainerWrite:
    return replace(WRITE, message=n, path=path, element=element, **change)


WRITES = (
    write(1, (0, 0), "empty"),  # filled below: one element
    write(2, (0, 1), "container", kind=WriteKind.BLOCK, label=""),
    write(3, (0, 0), out_of_order=True),
    write(4, (0, 1, 0)),
    write(5, (0, 2), "transient", kind=WriteKind.TRANSIENT),
    write(6, (0, 3), "expander", kind=WriteKind.BLOCK, label="More"),
    write(7, (0, 4)),
    write(8, (0, 4), "empty"),  # emptied again: none
)
FATES = {1: MessageFate.REPLACED, 3: MessageFate.DELIVERED, 4: MessageFate.DISCARDED}


def test_sentence_table_graph_and_drawing_count_the_same_elements() -> None:
    """A place counts once, as it was written last, and only what a person sees."""
    done = run(outcome=Outcome.COMPLETED)
    assert [item.message for item in elements(WRITES)] == [3, 4, 6]
    counted = count_writes(WRITES, FATES)
    assert (counted.written, counted.discarded, counted.out_of_order) == (3, 1, 1)
    assert "It wrote 3 elements; the browser never saw 1 of them; 1 landed above" in told(
        records(done, writes=WRITES, fates=FATES)
    )
    info = RecordingInfo("app.py", "/", None, "3.13", "1.67", "monitoring", "")  # type: ignore[arg-type]
    recording = RecordingFacts(info, [CLICK], [done], writes=WRITES)
    episode = Episode(CLICK, (done,))
    assert Counter(recording).values(episode)["elements_written"] == 3
    assert [len(order.items) for order in compare_order.orders(ByRun(recording), episode)] == [3]


def test_a_block_with_an_id_keeps_its_state_wherever_it_moves() -> None:
    tabs = write(1, (0, 0), "tabs", kind=WriteKind.BLOCK, label="")
    moved = replace(tabs, path=(0, 1))
    came = write(2, (0, 0), line=3)

    (move,) = moves([tabs], [came, moved])
    assert (move.old, move.block.path, move.by) == ((0, 0), (0, 1), came)
    assert moves([tabs], [came, replace(moved, widget_id="$$ID-tabs")]) == []
    inner = write(3, (0, 0, 0, 0), "expander", kind=WriteKind.BLOCK, label="In")
    assert len(moves([tabs, inner], [came, moved, replace(inner, path=(0, 1, 0, 0))])) == 1
