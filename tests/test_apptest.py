"""`rerun_trace.start()` around Streamlit's `AppTest`: each `run()` is an interaction."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner
from support import OWN_ENGINE, SAMPLES, Recorded

import rerun_trace
from rerun_trace.db.store import TraceStore
from rerun_trace.facts import facts_of
from rerun_trace.tracer.driver.driver import DriveResult

pytestmark = [pytest.mark.ends, pytest.mark.parametrize("engine", OWN_ENGINE)]

APP = """\
import streamlit as st

def on_reset():
    st.session_state.total = 0

name = st.text_input("Name", key="name")
level = st.slider("Level", 0, 10, 3)
if "total" not in st.session_state:
    st.session_state.total = 0
st.button("Reset", on_click=on_reset)
if st.button("Add"):
    st.session_state.total += level
    st.rerun()
st.metric("Total", st.session_state.total)
if name:
    st.write(f"Hello {name}")
"""


def record_test(
    test: Callable[[], object], db: Path, engine: str, app: str | None = None
) -> Recorded:
    """Run a test that makes its own `AppTest`, recorded."""
    with rerun_trace.start(db, engine, app=app) as recording:
        test()
        id = recording.id
    if recording.recorder.error is not None:
        raise recording.recorder.error
    assert id is not None
    with TraceStore.open(db, create=False) as store:
        nothing = DriveResult.__new__(DriveResult)
        return Recorded(facts_of(store, id), db, id, nothing)


def actions(recorded: Recorded) -> list[dict[str, Any]]:
    return [interaction["action"] for interaction in recorded.facts["interactions"]]


def test_each_run_is_an_interaction(engine: str, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(APP)

    def test() -> None:
        at = AppTest.from_file(str(app)).run(timeout=20)
        at.text_input(key="name").set_value("Ann").run(timeout=20)
        at.slider[0].set_value(5).run(timeout=20)
        at.button[1].click().run(timeout=20)
        assert at.metric[0].value == "5"
        at.button[0].click().run(timeout=20)
        at.run(timeout=20)

    recorded = record_test(test, tmp_path / "db", engine)
    assert actions(recorded) == [
        {"load": True},
        {"set": "Name", "value": "Ann"},
        {"set": "Level", "value": 5},
        {"click": "Add"},
        {"click": "Reset"},
        {"rerun": True},
    ]
    assert recorded.facts["recording"]["app"] == "app.py"
    # A click that asks for a rerun is two runs of one interaction.
    halted, again = recorded.runs_of(3)
    assert (halted["outcome"], again["outcome"]) == ("rerun", "completed")
    assert again["trigger"] == {"type": "rerun", "run": halted["n"]}
    assert halted["lines"][-1] == ["app.py", 13]
    (request,) = halted["rerun_requests"]
    assert (request["line"], request["allowed"]) == (13, True)
    written = [(w["key"], w["new"], w["line"]) for w in halted["state_writes"] if w["line"]]
    assert ("total", "5", 12) in written
    # The callback belongs to its click.
    (reset,) = recorded.runs_of(4)
    (callback,) = reset["callbacks"]
    assert (callback["function"], callback["line"]) == ("on_reset", 3)
    # The page is that which the test sees.
    page = [(node["element"], node["label"]) for node in recorded.facts["final_page"]]
    assert page == [
        ("text_input", "Name"),
        ("slider", "Level"),
        ("button", "Reset"),
        ("button", "Add"),
        ("metric", "Total"),
        ("markdown", "Hello Ann"),
    ]
    assert all(w["delivered"] for w in reset["writes"] if w["element"] != "empty")


def test_each_object_is_an_app_session(engine: str, tmp_path: Path) -> None:
    def test() -> None:
        one = AppTest.from_string("import streamlit as st\nst.checkbox('One')\n").run(timeout=20)
        other = AppTest.from_string("import streamlit as st\nst.toggle('Two')\n").run(timeout=20)
        one.checkbox[0].check().run(timeout=20)
        other.toggle[0].set_value(True).run(timeout=20)

    recorded = record_test(test, tmp_path / "db", engine)
    assert actions(recorded) == [
        {"load": True},
        {"load": True},
        {"set": "One", "value": True},
        {"set": "Two", "value": True},
    ]
    with recorded.store() as store:
        assert [s.streamlit_id for s in store.app_sessions(recorded.id)] == [
            "AppTest 1",
            "AppTest 2",
        ]
        assert [run.app_session for run in store.runs(recorded.id)] == [1, 2, 1, 2]
    # A generated script is the user's as well.
    assert [[line for _, line in run["lines"]] for run in recorded.facts["runs"]] == [[1, 2]] * 4


def test_a_function_is_a_script(engine: str, tmp_path: Path) -> None:
    def script() -> None:
        import streamlit as st

        if st.button("Fail"):
            raise ValueError("no luck")
        st.stop()

    def test() -> None:
        at = AppTest.from_function(script).run(timeout=20)
        at.button[0].click().run(timeout=20)

    recorded = record_test(test, tmp_path / "db", engine)
    assert actions(recorded) == [{"load": True}, {"click": "Fail"}]
    stopped, failed = recorded.facts["runs"]
    assert (stopped["outcome"], failed["outcome"]) == ("stopped", "error")
    assert (failed["error"]["type"], failed["error"]["message"]) == ("ValueError", "no luck")
    assert failed["error"]["line"] == failed["lines"][-1][1]


def test_another_page(engine: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import streamlit as st\nst.title('Start')\n")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "report.py").write_text("import streamlit as st\nst.title('Report')\n")

    def test() -> None:
        at = AppTest.from_file(str(tmp_path / "app.py")).run(timeout=20)
        at.switch_page("pages/report.py").run(timeout=20)
        assert at.title[0].value == "Report"
        at.run(timeout=20)

    recorded = record_test(test, tmp_path / "db", engine)
    assert actions(recorded) == [{"load": True}, {"page": "report"}, {"rerun": True}]
    assert recorded.lines(2, "pages/report.py") == [1, 2]
    labels = [node["label"] for node in recorded.facts["final_page"]]
    assert labels == ["Report"]


def test_secrets_of_a_test_are_masked(engine: str, tmp_path: Path) -> None:
    def test() -> None:
        at = AppTest.from_string(
            "import streamlit as st\nshown = st.secrets['word']\nst.text_input('Word', shown)\n"
        )
        at.secrets["word"] = "xyzzy-42"
        at.run(timeout=20)

    recorded = record_test(test, tmp_path / "db", engine)
    assert recorded.facts["runs"][0]["outcome"] == "completed"
    assert b"xyzzy-42" not in recorded.bytes()


def test_the_example_of_the_readme(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = re.findall(
        r"```python\n(.*?)```", (SAMPLES.parent / "README.md").read_text(), re.DOTALL
    )
    (example,) = (block for block in blocks if "AppTest" in block)
    (tmp_path / "app.py").write_text((SAMPLES / "rerun.py").read_text())
    example = example.replace('.sqlite"', f'.sqlite", engine="{engine}"')
    test = tmp_path / "test_app.py"
    test.write_text(example.replace(".run()", ".run(timeout=20)"))
    monkeypatch.chdir(tmp_path)
    exec(compile(test.read_text(), str(test), "exec"), {"__file__": str(test)})
    with TraceStore.open(tmp_path / "recordings.sqlite", create=False) as store:
        assert [i.action for i in store.interactions(1)] == [{"load": True}, {"click": "Foo"}]
        outcomes = [run.outcome.value for run in store.runs(1)]
        assert outcomes == ["completed", "rerun", "completed"]
        assert store.recording(1).complete


def test_nothing_of_streamlit_is_replaced(engine: str, tmp_path: Path) -> None:
    def kept() -> list[object]:
        return [LocalScriptRunner.run, LocalScriptRunner.__init__, LocalScriptRunner.run.__code__]

    before = kept()

    def test() -> None:
        AppTest.from_string("import streamlit as st\nst.write('hi')\n").run(timeout=20)
        assert all(one is other for one, other in zip(before, kept(), strict=True))

    record_test(test, tmp_path / "db", engine)
