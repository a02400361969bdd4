"""Recordings tell what the second observer sees: of every sample, and of generated scripts.

More of them: `python -m tests.truth --scripts 2000` (its head says how).
"""

from __future__ import annotations

import random
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import ENGINES, SAMPLES
from test_samples import CASES

from truth.check import FREE, Pair, differences, observe, quick_streamlit
from truth.claims import DROPPED, REFUSED, STALE, SWALLOWED
from truth.generated import check_scripts

COMPARED = {
    f"compare/{scenario.parent.name}/{app.stem}": (
        app.relative_to(SAMPLES).as_posix(),
        tomllib.loads(scenario.read_text())["steps"],
    )
    for scenario in SAMPLES.glob("compare/*/*.toml")
    for app in scenario.parent.glob("*.py")
}
APPS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    **CASES,
    **COMPARED,
    "dashboard": ("dashboard.py", [{"set": "Only days with returns", "value": True}]),
    "run_every": ("run_every.py", [{"click": "Reset"}]),
    "secret_login": ("secret_login.py", [{"set": "Password", "value": "open sesame"}]),
    "threads": ("threads.py", [{"set": "Up to", "value": 150}]),
}
# Enough for a few seconds in each row of the matrix.
SCRIPTS = 15


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_streamlit(monkeypatch)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", APPS)
def test_sample(name: str, engine: str) -> None:
    app, steps = APPS[name]
    pair = observe(SAMPLES / app, steps, engine)
    assert pair.drive.failed_step is None
    assert differences(pair) == []


@pytest.mark.parametrize("name", ["dashboard", "fragment", "multipage"])
def test_the_database_says_the_same(name: str, tmp_path: Path) -> None:
    app, steps = APPS[name]
    assert differences(observe(SAMPLES / app, steps, "auto", tmp_path / "db.sqlite")) == []


def test_scripts_of_a_fixed_seed() -> None:
    assert check_scripts(SCRIPTS, 1, shrink=False)["scripts"] == SCRIPTS


def test_scripts_of_a_fresh_seed() -> None:
    """Reports only: what it finds becomes a fixed case. It names the command that repeats it."""
    number = random.randrange(10**6)
    print(f"seed {number}")
    try:
        assert check_scripts(SCRIPTS, number, shrink=False)["scripts"] == SCRIPTS
    except AssertionError as error:
        pytest.xfail(f"a new case, to be made a fixed one: {error}")


RERUNS = """
import streamlit as st
runs = st.session_state.setdefault("runs", 0)
for i in range(5):
    st.text(i)
if runs % 60 < 59:
    st.session_state.runs += 1
    st.rerun()
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_messages_of_two_threads_are_told_apart(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script and the event loop make messages at the same time: each gets its own number."""
    (tmp_path / "app.py").write_text(RERUNS)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        pair = observe(tmp_path / "app.py", [], engine)
    finally:
        sys.setswitchinterval(interval)
    assert differences(pair) == []


OUTSIDE = """
import streamlit as st
box = st.container()
@st.fragment
def f():
    n = st.session_state.setdefault("n", 0)
    st.session_state.n += 1
    st.button("Go")
    for i in range(3 - n):
        st.write(f"inside {i}")
    box.write(f"outside {n}")
f()
box.write("main")
"""


def test_what_a_fragment_wrote_outside_of_itself_stays(tmp_path: Path) -> None:
    """On older versions each run of it adds an element there; what it wrote inside is replaced."""
    (tmp_path / "app.py").write_text(OUTSIDE)
    pair = observe(tmp_path / "app.py", [{"click": "Go"}, {"click": "Go"}], "auto")
    assert differences(pair) == []
    shown = [node["label"] for node in pair.facts["final_page"]]
    assert [label for label in shown if "inside" in label] == ["inside 0"]


ASKED_TWICE = """
import streamlit as st
def again():
    st.rerun()
st.button("Go", on_click=again)
if st.session_state.setdefault("left", 1) and st.session_state.get("loaded"):
    st.session_state.left = 0
    st.rerun()
st.session_state.loaded = True
"""


def test_rerun_requests_are_told_in_the_order_of_the_calls(tmp_path: Path) -> None:
    """Older versions ignore the one of a callback, so that the script may ask once more."""
    (tmp_path / "app.py").write_text(ASKED_TWICE)
    assert differences(observe(tmp_path / "app.py", [{"click": "Go"}], "auto")) == []


HALTED = """
import streamlit as st
try:
    with st.container():
        if st.checkbox("Halt"):
            st.stop()
finally:
    try:
        int("x")
    except ValueError:
        pass
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_script_does_on_its_way_out_hides_no_halt(engine: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HALTED)
    pair = observe(tmp_path / "app.py", [{"set": "Halt", "value": True}], engine)
    assert differences(pair) == []
    assert pair.facts["runs"][1]["outcome"] == "stopped"


LARGE = """
import streamlit as st
st.button("Again")
st.write("chose", st.selectbox("Which", [f"option {n:05}" for n in range(1000)]))
"""


def test_what_the_browser_is_only_reminded_of_is_still_there(tmp_path: Path) -> None:
    """Older versions send a large message once, and then a reference to it."""
    (tmp_path / "app.py").write_text(LARGE)
    steps = [{"click": "Again"}, {"set": "Which", "value": "option 00007"}]
    pair = observe(tmp_path / "app.py", steps, "auto")
    assert pair.drive.failed_step is None
    assert differences(pair) == []
    assert "chose option 00007" in {node["label"] for node in pair.facts["final_page"]}


def test_the_observer_forgets_a_thread_that_is_over(tmp_path: Path) -> None:
    """Its number may be given to another one, of another run."""
    (tmp_path / "app.py").write_text(OUTSIDE)
    assert observe(tmp_path / "app.py", [{"click": "Go"}], "auto").observer.by_thread == {}


INTERRUPTED = """
import streamlit as st
from truth.gate import wait_for_an_interruption
slow = st.button("Slow")
st.button("Other")
if slow:
    wait_for_an_interruption()
    st.write("too late")
    st.session_state.late = True
st.write("end")
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_newer_interaction_and_a_stop_end_a_run(engine: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(INTERRUPTED)
    slow = {"click": "Slow", "no_wait": True}
    pair = observe(tmp_path / "app.py", [slow, {"click": "Other"}, slow, {"stop": True}], engine)
    assert differences(pair) == []
    outcomes = [run["outcome"] for run in pair.facts["runs"]]
    assert outcomes == ["completed", "superseded", "completed", "stopped"]


SAME_DRIVE = [engine for engine in ENGINES if engine in FREE]


@pytest.mark.parametrize("engine", SAME_DRIVE)
def test_a_fragment_with_a_timer(engine: str, tmp_path: Path) -> None:
    """How often it goes off is a matter of time, so both must watch the same drive."""
    (tmp_path / "app.py").write_text((SAMPLES / "run_every.py").read_text().replace("0.5", "0.05"))
    steps: list[dict[str, Any]] = [{"wait_ms": 300}, {"click": "Reset"}, {"wait_ms": 100}]
    assert differences(observe(tmp_path / "app.py", steps, engine)) == []


@pytest.mark.parametrize("engine", SAME_DRIVE)
def test_a_script_that_never_rests(engine: str, tmp_path: Path) -> None:
    app, steps = SAMPLES / "infinite_rerun.py", [{"set": "Keep going", "value": True}]
    pair = observe(app, steps, engine, idle_timeout_s=0.2)
    assert differences(pair) == []


CLAIMED = """
import streamlit as st
st.session_state.setdefault("n", 0)
st.metric("Pieces", st.session_state.n)
if st.button("Add"):
    st.session_state.n += 1
if st.checkbox("Ask", True):
    st.text_input("Name", key="wname")
    try:
        st.session_state.wname = "Ada"
    except Exception as error:
        refused = error
if st.button("Again"):
    try:
        st.rerun()
    except BaseException as error:
        st.caption("too late")
"""
CLAIMED_LINES = {STALE: 4, REFUSED: 10, SWALLOWED: 15, DROPPED: 8}


@pytest.fixture(scope="module")
def claimed(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """An app with a fault of each kind that the observer can check."""
    app = tmp_path_factory.mktemp("claimed") / "app.py"
    app.write_text(CLAIMED)
    steps: list[dict[str, Any]] = [
        {"click": "Add"},
        {"set": "Name", "value": "Bob"},
        {"set": "Ask", "value": False},
        {"click": "Again"},
        {"set": "Ask", "value": True},
    ]
    return observe(app, steps, "auto")


def test_what_the_explainer_claims_was_seen(claimed: Pair) -> None:
    assert differences(claimed) == []
    found = {finding.kind.name: finding.line for finding in claimed.findings}
    assert {kind: found.get(kind) for kind in CLAIMED_LINES} == CLAIMED_LINES


TAKEN = """
from contextlib import suppress
import streamlit as st
class Meter:
    total = 2
    def __enter__(self):
        return self
    def __exit__(self, *error):
        return False
    def run(self):
        try:
            for i in range(2):
                if st.button("Return"):
                    st.rerun()
                break
        finally:
            with Meter() as m:
                if m.total > 1:
                    return len(
                        "m")
Meter().run()
for i in range(2):
    try:
        if i and st.button("Continue"):
            st.rerun()
    finally:
        continue
with suppress(BaseException):
    if st.button("Suppress"):
        st.rerun()
def again():
    st.rerun()
twice = st.button("Twice")
try:
    if twice:
        st.rerun()
finally:
    if twice:
        again()
try:
    if st.button("Handler"):
        st.rerun()
except BaseException:
    st.rerun()
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_whatever_takes_a_rerun_is_told(engine: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(TAKEN)
    steps = [{"click": name} for name in ("Return", "Continue", "Suppress", "Twice", "Handler")]
    pair = observe(tmp_path / "app.py", steps, engine)
    assert differences(pair) == []
    told = [f.evidence[1].text for f in pair.findings if f.kind.name == SWALLOWED]
    assert [each.split()[0].strip("`:") for each in told] == ["return", "continue", "with"]


@pytest.mark.parametrize("kind", CLAIMED_LINES)
def test_a_claim_that_is_not_true_is_seen(claimed: Pair, kind: str) -> None:
    others = [each for each in claimed.findings if each.kind.name != kind]
    said = next(each for each in claimed.findings if each.kind.name == kind)
    changed = {"same": "n"} if kind == DROPPED else {"line": 3}
    found = differences(replace(claimed, findings=[*others, replace(said, **changed)]))
    assert any(f"explaining: {kind} at app.py" in each for each in found)
    # Nobody but the explainer says which old values are meant.
    assert kind == STALE or differences(replace(claimed, findings=others))
