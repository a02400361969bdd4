"""Sentences and names over apps that run: who acted, what widgets are called, why lines did not
run. On every engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import streamlit
from support import OWN_ENGINE, Recorded, get, record

from rerun_trace.commands.tree import recording_tree
from rerun_trace.db.reading.recording import read_recording
from rerun_trace.tracer.analysis.compare_figures import episodes_of
from rerun_trace.tracer.analysis.flow import FlowLink
from rerun_trace.tracer.analysis.recording import ByRun
from rerun_trace.web.app import create_app
from rerun_trace.web.models import compare_lines
from rerun_trace.web.models.graphs import flow_graph

pytestmark = pytest.mark.ends

VERSION = tuple(int(part) for part in streamlit.__version__.split(".")[:2])


@pytest.fixture(params=OWN_ENGINE)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def recorded(tmp_path: Path, text: str, steps: list[dict[str, Any]], engine: str) -> Recorded:
    app = tmp_path / "app.py"
    app.write_text(text)
    return record(app, steps, tmp_path / "recordings.db", engine=engine)


def view(given: Recorded, run: int) -> Any:
    """A run as the page gets it."""
    with given.store() as store:
        client = create_app(store).test_client()
        return get(client, f"/api/recordings/{given.id}/runs/{run}")


def told(given: Recorded, run: int) -> str:
    """The sentences about a run."""
    story = view(given, run)["story"]
    return " ".join("".join(piece["text"] for piece in sentence) for sentence in story)


def reasons(given: Recorded, run: int) -> dict[int, str]:
    return dict(view(given, run)["files"][0]["not_run"])


def shown(given: Recorded) -> str:
    """The recording as the terminal shows it."""
    from rich.console import Console

    with given.store() as store:
        tree = recording_tree(read_recording(store, given.id))
    console = Console(width=500, emoji=False)
    with console.capture() as capture:
        console.print(tree)
    return capture.get()


ALIKE = """\
import pandas as pd
import streamlit as st

frame = pd.DataFrame({"hours": [1, 2]})
for row in range(3):
    st.button("Delete", key=f"row_{row}")
st.text_input("Name", help="first")
st.text_input("Name", help="second")
with st.sidebar:
    st.data_editor(frame.assign(rest=0))
st.data_editor(frame)
for form in ("one", "two"):
    with st.form(form):
        st.form_submit_button("Save")
"""


def test_widgets_are_told_apart_and_never_called_by_an_id(tmp_path: Path, engine: str) -> None:
    steps: list[dict[str, Any]] = [
        {"click": "row_1"},
        {"set": "text_input#1", "value": "Ada"},
        {"edit": "dataframe#1", "rows": {"0": {"hours": 5}}},
        {"submit": "button#4"},
    ]
    given = recorded(tmp_path, ALIKE, steps, engine)
    actions = [item["action"] for item in given.facts["interactions"]]

    assert actions[1:] == [
        {"click": "Delete (key row_1)"},
        {"set": "Name, line 8", "value": "Ada"},
        {"edit": "data editor 2", "rows": {"0": {"hours": 5}}, "added": [], "deleted": []},
        {"submit": "Save (form two)"},
    ]
    terminal = shown(given)
    assert "2 set Name, line 8 to 'Ada'" in terminal
    assert "3 edit data editor 2" in terminal
    assert "$$" not in terminal
    assert told(given, 4).startswith("You edited data editor 2, so Streamlit ran app.py again")


PLACEHOLDERS = """\
import streamlit as st

st.write("one", 1)
own = st.empty()
st.write_stream(letter for letter in "ab")
own.write("two")
st.write("three", {"a": 3}, "four")
"""


def test_the_placeholder_of_st_write_is_no_element(tmp_path: Path, engine: str) -> None:
    given = recorded(tmp_path, PLACEHOLDERS, [], engine)
    empties = [w["line"] for w in given.run(1)["writes"] if w["element"] == "empty"]

    assert empties == [4]  # the app's own
    with given.store() as store:
        messages = [m for m in store.messages(given.id) if m.element == "empty"]
        assert len(messages) > 1  # the page's messages are as they were
        assert [bool(m.detail.get("placeholder")) for m in messages].count(False) == 1
    assert "It wrote 6 elements; 1 landed above something written before." in told(given, 1)
    assert "never saw" not in told(given, 1) + shown(given)


CACHED = """\
import streamlit as st


@st.cache_data
def area(width):
    result = width * 10
    return result


st.button("Again")
st.write("area", area(3))
"""


def test_a_call_that_the_cache_answered(tmp_path: Path, engine: str) -> None:
    given = recorded(tmp_path, CACHED, [{"click": "Again"}], engine)
    answered = "the call at line 11 was answered by the cache"

    assert reasons(given, 1) == {}
    assert reasons(given, 2) == {6: answered, 7: answered}
    assert f"lines not run app.py: 6-7  {answered}" in shown(given)


CAUGHT = """\
import streamlit as st

st.text_input("Prompt", key="prompt")
if st.button("Improve"):
    try:
        st.session_state.prompt = "better"
        st.success("Improved")
    except Exception:
        st.error("No")
if st.button("Again"):
    try:
        st.rerun()
    except:
        st.caption("caught")
"""


def test_an_exception_and_a_rerun_that_the_app_caught(tmp_path: Path, engine: str) -> None:
    given = recorded(tmp_path, CAUGHT, [{"click": "Improve"}, {"click": "Again"}], engine)

    assert reasons(given, 2)[7] == "line 6 raised"
    assert given.run(3)["outcome"] == "completed"
    assert "Line 12 called st.rerun(), but the app caught the exception" in told(given, 3)
    assert told(given, 3).startswith("You clicked Again, so Streamlit ran app.py again from")


CALLBACK = """\
import streamlit as st


def again():
    st.session_state.n = st.session_state.get("n", 0) + 1
    st.rerun()


st.button("Go", on_click=again)
st.write("n", st.session_state.get("n", 0))
"""


def test_st_rerun_in_a_callback(tmp_path: Path, engine: str) -> None:
    given = recorded(tmp_path, CALLBACK, [{"click": "Go"}], engine)
    if VERSION < (1, 63):
        ignored = "Line 6 called st.rerun() in a callback, which this Streamlit ignores."
        assert ignored in told(given, 2)
        assert "It ran to its end" in told(given, 2)
        assert len(given.facts["runs"]) == 2
        return
    assert told(given, 2) == (
        "You clicked Go, so Streamlit ran the callback again(). "
        "Line 6 called st.rerun() in the callback: the script itself did not run, "
        "and run 3 started."
    )
    assert told(given, 3).startswith("Run 2 called st.rerun() at line 6, so Streamlit ran app.py")
    assert reasons(given, 2)[10] == "not begun: line 6 called st.rerun() in a callback"
    assert "run 2 halted by a rerun at line 6" in shown(given)


OTHER = """\
import streamlit as st
from helper import leave

st.caption("one")
if st.button("Stop"):
    leave()
st.caption("two")
"""


def test_a_halt_in_another_file_names_that_file(tmp_path: Path, engine: str) -> None:
    (tmp_path / "helper.py").write_text("import streamlit as st\n\n\ndef leave():\n    st.stop()\n")
    given = recorded(tmp_path, OTHER, [{"click": "Stop"}], engine)

    assert "at helper.py line 5" in reasons(given, 2)[7]
    assert "line 5 of helper.py" in told(given, 2).lower()
    assert "line 7 of app.py never ran" in told(given, 2)


def test_nothing_new_is_not_said_to_come_from_the_menu(tmp_path: Path, engine: str) -> None:
    text = 'import streamlit as st\nst.text_input("Name")\n'
    steps = [{"set": "Name", "value": "Ada"}, {"set": "Name", "value": "Ada"}]
    given = recorded(tmp_path, text, steps, engine)

    assert "You set Name to 'Ada'" in told(given, 2)
    if len(given.facts["runs"]) > 2:  # whether it is sent at all is the browser's affair
        assert "with nothing new" in told(given, 3)


MOVED = """\
import streamlit as st

if st.session_state.get("warn"):
    st.warning("Provisional")
with st.expander("More"):
    st.caption("in it")
left, right = st.tabs(["Left", "Right"])
with right:
    st.toggle("Warn", key="warn")
"""


def test_blocks_that_move_begin_anew_in_the_browser(tmp_path: Path, engine: str) -> None:
    steps = [{"set": "Warn", "value": True}, {"set": "Warn", "value": False}]
    given = recorded(tmp_path, MOVED, steps, engine)
    forgets = "the browser takes them for new ones and shows the first tab."

    assert "moved" not in told(given, 1)
    assert (
        "The tabs of line 7 moved from place 0.1 to 0.2, as what line 4 writes came above them: "
        + forgets
    ) in told(given, 2)
    assert "The expander More of line 5 moved from place 0.0 to 0.1" in told(given, 2)
    assert f"as what line 4 wrote before is gone from above them: {forgets}" in told(given, 3)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (CACHED, [{"click": "Again"}]),
        (CAUGHT, [{"click": "Improve"}, {"click": "Again"}]),
        (CALLBACK, [{"click": "Go"}]),
        (OTHER.replace("from helper import leave", "leave = st.stop"), [{"click": "Stop"}]),
    ],
)
def test_source_flow_graph_and_comparison_say_the_same(
    text: str, steps: list[dict[str, Any]], tmp_path: Path, engine: str
) -> None:
    given = recorded(tmp_path, text, steps, engine)
    with given.store() as store:
        facts = read_recording(store, given.id)
        for run in given.facts["runs"]:
            said = reasons(given, run["n"])
            graph = flow_graph(store, given.id, run["n"], run["n"])
            first = {node.id: node.statements[0] for node in graph.nodes if node.statements}
            skipped = [edge for edge in graph.edges if edge.kind is FlowLink.UNTAKEN]
            assert {first[e.target]: e.where for e in skipped}.items() <= said.items()
        for episode in episodes_of(facts):
            (file,) = (
                each for each in compare_lines.files(ByRun(facts), episode) if each.file == "app.py"
            )
            notes = {mark.line: mark.note for mark in file.marks if mark.kind == "not-run"}
            assert len(episode.runs) > 1 or notes == reasons(given, episode.runs[0].n)
