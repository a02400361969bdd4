"""The driver does what a browser does: what is true here was seen in Chromium, too.

The apps write what they got to the page; nothing is recorded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import needs

from rerun_trace.tracer.driver.browser import Browser
from rerun_trace.tracer.driver.driver import DriveResult, drive
from rerun_trace.tracer.driver.scenario import parse_scenario
from rerun_trace.tracer.errors import ScenarioError

pytestmark = pytest.mark.ends

IMPORTS = "import datetime, json, time\nimport pandas as pd\nimport streamlit as st\n"
Steps = list[dict[str, Any]]


class Drive:
    """What came of driving an app: the texts of the page that the browser showed at the end."""

    def __init__(self, folder: Path, source: str, steps: Steps, query: str = "") -> None:
        (folder / "app.py").write_text(IMPORTS + source)
        scenario = parse_scenario({"steps": steps, "query": query}, str(folder))
        self.result: DriveResult = drive(folder / "app.py", scenario, idle_timeout_s=30)

    @property
    def texts(self) -> list[str]:
        """What `st.text` shows."""
        assert self.result.failed_step is None
        return texts_of(self.result)

    @property
    def problem(self) -> str:
        """Why the scenario broke off."""
        assert self.result.failed_step is not None
        assert "$$ID" not in self.result.failed_step
        return self.result.failed_step


def texts_of(result: DriveResult) -> list[str]:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    browser = Browser()
    for message in result.messages:
        browser.write_forward_msg(ForwardMsg.FromString(message))
    return [n.label for n in browser.page.nodes() if n.element == "text"]


# Timing


def test_waiting_after_no_wait_goes_by_the_clock(tmp_path: Path) -> None:
    source = """
start = st.button("Start")
more = st.checkbox("More")
st.session_state.setdefault("seen", [])
st.session_state.seen.append(f"{start} {more} begins")
for _ in range(40):
    time.sleep(0.02)
    st.empty()
st.session_state.seen.append(f"{start} {more} ends")
for entry in st.session_state.seen:
    st.text(entry)
"""
    steps: Steps = [
        {"click": "Start", "no_wait": True},
        {"wait_ms": 300},
        {"set": "More", "value": True},
    ]
    assert Drive(tmp_path, source, steps).texts == [
        "False False begins",
        "False False ends",
        "True False begins",
        "False True begins",
        "False True ends",
    ]


def test_the_second_wait_waits_until_the_app_is_idle(tmp_path: Path) -> None:
    source = """
if st.button("Slow"):
    time.sleep(0.5)
    st.session_state.done = True
st.button("Look")
st.text(str(st.session_state.get("done")))
"""
    steps: Steps = [
        {"click": "Slow", "no_wait": True},
        {"wait_ms": 20},
        {"wait_ms": 0},
        {"click": "Look"},
    ]
    assert Drive(tmp_path, source, steps).texts == ["True"]


def test_a_last_step_that_does_not_wait_is_waited_for(tmp_path: Path) -> None:
    source = """
if st.button("Slow"):
    time.sleep(0.3)
    st.text("done")
"""
    assert Drive(tmp_path, source, [{"click": "Slow", "no_wait": True}]).texts == ["done"]


def test_a_superseded_run_that_still_goes_on_is_waited_for(tmp_path: Path) -> None:
    source = """
from pathlib import Path
if st.button("Slow"):
    try:
        time.sleep(0.8)
        st.text("never seen")
    finally:
        Path(__file__).with_name("ended").touch()
st.button("Other")
st.text("all")
"""
    steps: Steps = [{"click": "Slow", "no_wait": True}, {"wait_ms": 100}, {"click": "Other"}]
    assert Drive(tmp_path, source, steps).texts == ["all"]
    assert (tmp_path / "ended").exists()


def test_stop_and_rerun_do_what_their_buttons_do(tmp_path: Path) -> None:
    source = """
st.session_state.n = st.session_state.get("n", 0) + 1
st.text(str(st.session_state.n))
if st.button("Slow"):
    for _ in range(100):
        time.sleep(0.02)
        st.empty()
    st.session_state.n = 100
"""
    slow: dict[str, Any] = {"click": "Slow", "no_wait": True}
    # Nothing runs, so there is nothing to stop; a rerun while something runs is not asked for.
    steps: Steps = [{"stop": True}, slow, {"wait_ms": 200}, {"rerun": True}, {"stop": True}]
    assert Drive(tmp_path, source, steps).texts == ["2"]


# Forms and values


def test_a_form_that_clears_itself_sends_its_defaults_next(tmp_path: Path) -> None:
    source = """
got = st.session_state.setdefault("got", [])
with st.form("f", clear_on_submit=True):
    values = [st.text_input("Name"), st.number_input("Age", 1, 9, 3), st.checkbox("Adult", True),
              st.multiselect("Tags", ["a", "b"], ["b"])]
    if st.form_submit_button("Send"):
        got.append(values)
st.checkbox("Other")
st.text(json.dumps(got))
"""
    steps: Steps = [
        {"set": "Name", "value": "Ann"},
        {"set": "Age", "value": 7},
        {"set": "Adult", "value": False},
        {"set": "Tags", "value": ["a"]},
        {"submit": "Send"},
        {"set": "Other", "value": True},
        {"submit": "Send"},
    ]
    first, second = ["Ann", 7, False, ["a"]], ["", 3, True, ["b"]]
    assert Drive(tmp_path, source, steps).texts == [
        str([first, second]).replace("'", '"').replace("False", "false").replace("True", "true")
    ]


def test_what_the_front_end_does_not_send_goes_along_with_the_next(tmp_path: Path) -> None:
    needs("ignore_rerun")
    source = """
st.session_state.n = st.session_state.get("n", 0) + 1
name = st.text_input("Name", on_change="ignore")
st.download_button("Save", "text", on_click="ignore")
st.checkbox("Go")
st.text(f"{st.session_state.n} {name}")
"""
    steps: Steps = [
        {"set": "Name", "value": "Ann"},
        {"click": "Save"},
        {"set": "Go", "value": True},
    ]
    assert Drive(tmp_path, source, steps).texts == ["2 Ann"]


# Data editors


def test_the_edits_of_an_editor_add_up(tmp_path: Path) -> None:
    source = """
data = pd.DataFrame({"name": ["a", "b", "c"], "hours": [1, 2, 3]})
edited = st.data_editor(data, num_rows="dynamic")
st.text(edited.astype({"hours": int}).to_json(orient="values"))
"""
    steps: Steps = [
        {"edit": "data_editor#0", "rows": {"0": {"hours": 5}}},
        {"edit": "data_editor#0", "rows": {"1": {"hours": 7}}, "added": [{"name": "d"}]},
        {"edit": "data_editor#0", "rows": {"3": {"hours": 8}}, "deleted": [0]},
        {"edit": "dataframe#0", "added": [{"name": "e", "hours": 9}]},
    ]
    texts = Drive(tmp_path, source, steps).texts
    assert texts == ['[["b",7],["c",3],["d",8],["e",9]]']


def test_an_editor_with_another_identity_begins_anew(tmp_path: Path) -> None:
    source = """
rows = st.number_input("Rows", 1, 5, 2)
edited = st.data_editor(pd.DataFrame({"hours": range(rows)}))
st.text(str(list(edited["hours"])))
"""
    steps: Steps = [
        {"edit": "data_editor#0", "rows": {"0": {"hours": 5}}},
        {"set": "Rows", "value": 3},
        {"edit": "data_editor#0", "rows": {"2": {"hours": 9}}},
    ]
    assert Drive(tmp_path, source, steps).texts == ["[0, 1, 9]"]


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"rows": {"0": {"hourz": 5}}}, "no column 'hourz' (did you mean hours?)"),
        ({"rows": {"7": {"hours": 5}}}, "no row 7"),
        ({"added": [{"hours": 5}]}, "no rows can be added"),
        ({"deleted": [0]}, "no rows can be deleted"),
    ],
)
def test_what_an_editor_does_not_allow(edit: dict[str, Any], told: str, tmp_path: Path) -> None:
    source = 'st.data_editor(pd.DataFrame({"hours": [1, 2]}))\n'
    assert told in Drive(tmp_path, source, [{"edit": "data_editor#0", **edit}]).problem


# The address


QUERY = """
here = st.query_params.get("view", "list")
st.text(here)
for name in ("list", "map"):
    if st.button(name):
        st.query_params["view"] = name
        st.rerun()
st.button("Nothing")
"""


def test_the_address_goes_back_with_everything(tmp_path: Path) -> None:
    steps: Steps = [{"click": "map"}, {"click": "Nothing"}]
    assert Drive(tmp_path, QUERY, steps).texts == ["map"]


def test_a_start_address_and_loading_it_again(tmp_path: Path) -> None:
    assert Drive(tmp_path, QUERY, [], "?view=about").texts == ["about"]
    assert Drive(tmp_path, QUERY, [{"click": "map"}, {"reload": True}], "view=x").texts == ["map"]


def test_a_second_tab_has_a_session_and_an_address_of_its_own(tmp_path: Path) -> None:
    source = """
@st.cache_resource
def visits():
    return []
st.session_state.n = st.session_state.get("n", 0) + 1
if st.button("Visit"):
    visits().append(st.session_state.n)
st.text(str(visits()))
"""
    steps: Steps = [
        {"click": "Visit"},
        {"click": "Visit", "tab": 2},
        {"click": "Visit"},
        {"click": "Visit", "tab": 2},
    ]
    assert Drive(tmp_path, source, steps).texts == ["[2, 2, 3]"]


def test_pages_leave_the_address_behind(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "other.py").write_text(
        IMPORTS + 'st.text(f"other {dict(st.query_params)}")\nst.checkbox("C")\n'
    )
    steps: Steps = [{"click": "map"}, {"page": "other"}, {"set": "C", "value": True}]
    assert Drive(tmp_path, QUERY, steps).texts == ["other {}"]
    assert Drive(tmp_path, QUERY, [*steps, {"reload": True}]).texts == ["other {}"]


# Limits


@pytest.mark.parametrize(
    ("widget", "value", "told"),
    [
        ('st.slider("W", 0, 10, step=2)', 12, "takes values from 0 to 10, not 12"),
        ('st.slider("W", 0, 10, step=2)', 3, "goes in steps: 4 is the nearest to 3"),
        ('st.slider("W", 0, 10, (1, 2))', 3, "takes two values"),
        ('st.slider("W", 0, 10, (1, 2))', [3, 1], "the lower value first"),
        ('st.number_input("W", 0, 10)', 11, "takes values from 0 to 10, not 11"),
        ('st.number_input("W", max_value=5)', 6, "takes 5 or less, not 6"),
        ('st.number_input("W", 0)', 2.5, "takes whole numbers, not 2.5"),
        ('st.text_input("W", max_chars=3)', "four", "at most 3 characters, not 4"),
        ('st.text_area("W", max_chars=3)', "four", "at most 3 characters, not 4"),
        ('st.chat_input("W", max_chars=3)', "four", "at most 3 characters, not 4"),
        ('st.selectbox("W", ["red", "blue"])', "rad", "no option 'rad' (did you mean red?)"),
        ('st.selectbox("W", ["red", "blue"])', None, "cannot be emptied"),
        ('st.multiselect("W", ["a", "b"], max_selections=1)', ["a", "b"], "at most 1 of its"),
        ('st.pills("W", ["a", "b"])', ["a", "b"], "takes one of its options"),
        ('st.color_picker("W")', "red", "takes a colour such as #00ff7f"),
        (
            'st.date_input("W", *(datetime.date(2025, 1, day) for day in (2, 1, 9)))',
            "2025-02-01",
            "takes values from 2025-01-01 to 2025-01-09, not 2025-02-01",
        ),
        ('st.time_input("W")', "half past", "takes a value such as 09:30"),
        ('st.checkbox("W")', "perhaps", "takes true or false"),
    ],
)
def test_what_cannot_be_entered_is_said(widget: str, value: Any, told: str, tmp_path: Path) -> None:
    assert told in Drive(tmp_path, widget, [{"set": "W", "value": value}]).problem


def test_values_by_position_and_by_days_from_now(tmp_path: Path) -> None:
    source = """
today = datetime.date.today()
st.text(str([
    st.selectbox("S", ["a", "b", "c"]), st.multiselect("M", ["a", "b", "c"]),
    st.radio("R", ["a", "b", "c"]), st.pills("P", ["a", "b", "c"]),
    (st.date_input("D", today) - today).days,
    st.select_slider("L", ["a", "b", "c"]),
]))
"""
    steps: Steps = [
        {"set": "S", "option": 2},
        {"set": "M", "option": [2, 0]},
        {"set": "R", "option": 1},
        {"set": "P", "option": 1},
        {"set": "D", "days_from_now": 3},
        {"set": "L", "option": 1},
    ]
    texts = Drive(tmp_path, source, steps).texts
    assert texts == ["['c', ['c', 'a'], 'b', 'b', 3, 'b']"]
    assert "has 3 options" in Drive(tmp_path, source, [{"set": "S", "option": 3}]).problem


# Files


def test_files_are_uploaded(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    source = """
one = st.file_uploader("One", ["csv"])
many = st.file_uploader("Many", accept_multiple_files=True)
st.text(f"{one and (one.name, one.type, one.read())}")
st.text(f"{[(file.name, file.read()) for file in many]}")
"""
    steps: Steps = [
        {"set": "One", "files": ["data.csv"]},
        {"set": "Many", "files": [{"name": "x.txt", "text": "x"}]},
        {"set": "Many", "files": [{"name": "y.bin", "base64": "AAE="}]},
    ]
    assert Drive(tmp_path, source, steps).texts == [
        "('data.csv', 'text/csv', b'a,b\\n1,2\\n')",
        "[('x.txt', b'x'), ('y.bin', b'\\x00\\x01')]",
    ]
    assert Drive(tmp_path, source, [*steps, {"set": "Many", "files": []}]).texts[1] == "[]"
    wrong = Drive(tmp_path, source, [{"set": "One", "files": [{"name": "a.txt", "text": ""}]}])
    assert "takes '.csv', not 'a.txt'" in wrong.problem


# Naming


def test_a_widget_without_a_name_is_called_by_its_kind_and_place(tmp_path: Path) -> None:
    source = """
st.dataframe(pd.DataFrame({"a": [1]}))
a = st.text_input("", label_visibility="collapsed", help="1")
b = st.text_input("", label_visibility="collapsed", help="2")
c = st.toggle("")
d = st.select_slider("", [1, 2])
st.text(f"{a!r} {b!r} {c} {d}")
"""
    steps: Steps = [
        {"set": "text_input#1", "value": "second"},
        {"set": "toggle#0", "value": True},
        {"set": "select_slider#0", "value": 2},
    ]
    assert Drive(tmp_path, source, steps).texts == ["'' 'second' True 2"]
    listed = Drive(tmp_path, source, [{"set": "text_input#2", "value": 1}]).problem
    assert "the page has text_input#0, text_input#1, toggle#0, select_slider#0" in listed


def test_a_name_that_nearly_fits_is_proposed(tmp_path: Path) -> None:
    problem = Drive(tmp_path, 'st.button("Save all")\n', [{"click": "Save al"}]).problem
    assert "no widget has this name (did you mean Save all?)" in problem


# Dialogs, wrappers


def test_a_dialog_is_dismissed(tmp_path: Path) -> None:
    source = """
@st.dialog("Rename")
def rename():
    st.text_input("New name")
if st.button("Open"):
    rename()
"""
    steps: Steps = [{"click": "Open"}, {"dismiss": True}, {"set": "New name", "value": "x"}]
    problem = Drive(tmp_path, source, steps).problem
    assert problem.startswith("step 3: set 'New name': no widget has this name")
    assert "no dialog is open" in Drive(tmp_path, source, [{"dismiss": True}]).problem


def test_a_dialog_is_heard_after_a_tick_of_the_fragment_that_opened_it(tmp_path: Path) -> None:
    """So it is in Chromium, unless Streamlit merges the click with a further tick into one run."""
    source = """
@st.dialog("Counter")
def counter():
    st.session_state.n = st.session_state.get("n", 0) + st.button("Add")
    st.text(f"n is {st.session_state.n}")
@st.fragment(run_every=0.2)
def board():
    st.session_state.ticks = st.session_state.get("ticks", 0) + 1
    if st.button("Open"):
        counter()
    st.text(f"ticks {st.session_state.ticks}")
board()
"""
    steps: Steps = [{"click": "Open"}, {"click": "Add"}, {"wait_ms": 300}, {"click": "Add"}]
    assert Drive(tmp_path, source, steps).texts == ["ticks 3", "n is 2"]


def test_the_app_hears_of_a_dismissed_dialog(tmp_path: Path) -> None:
    needs("on_dismiss")
    source = """
def gone():
    st.session_state.gone = True
@st.dialog("Rename", on_dismiss=gone)
def rename():
    st.text_input("New name")
if st.button("Open"):
    rename()
st.text(str(st.session_state.get("gone")))
"""
    assert Drive(tmp_path, source, [{"click": "Open"}, {"dismiss": True}]).texts == ["True"]


def test_an_app_object_is_driven_through_its_page(tmp_path: Path) -> None:
    needs("App")
    (tmp_path / "page.py").write_text(IMPORTS + 'if st.button("Go"):\n    st.text("went")\n')
    (tmp_path / "app.py").write_text('import streamlit as st\n\napp = st.App("page.py")\n')
    result = drive(tmp_path / "app.py", parse_scenario([{"click": "Go"}]), idle_timeout_s=30)
    assert result.failed_step is None
    assert texts_of(result) == ["went"]


# Words


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"steps": [], "stepz": 1}, "the scenario: unknown words: stepz (did you mean steps?)"),
        ([{"clik": "A"}], "clik (did you mean click?)"),
        ([{"set": "A", "valeu": 1}], r"steps\[0\]: unknown words: valeu \(did you mean"),
        ([{"set": "A", "files": [{"naem": "x"}]}], "naem (did you mean name?)"),
        ([{"set": "A", "files": ["no such file.csv"]}], "there is no file"),
        ([{"set": "A", "files": [{"name": "x"}]}], "exactly one of path, text and base64"),
        ([{"set": "A", "value": 1, "option": 2}], "takes one of value, option"),
        ([{"set": "A", "option": -1}], "steps[0].option: expected a whole number from 0"),
        (
            [{"edit": "A", "rows": {"x": {}}}],
            "steps[0].rows: expected a text of digits as the name",
        ),
        ([{"click": "A", "tab": 0}], "steps[0].tab: expected a whole number from 1"),
    ],
)
def test_unknown_words_are_named_with_the_nearest_known(data: Any, told: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        parse_scenario(data)
    assert told.replace("\\", "") in str(raised.value)
