"""Findings about reruns and how runs end: other shapes that are found, look-alikes that are not."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit
from explaining import explained, kinds_of

from rerun_trace.tracer.explain.finding import Finding
from rerun_trace.tracer.source.program import program_of

pytestmark = pytest.mark.ends

SHOP = """
import streamlit as st

st.session_state.setdefault("cart", [])
st.session_state.setdefault("stage", "browse")
"""


def of_kind(findings: list[Finding], kind: str) -> list[int | None]:
    return [line for name, line in kinds_of(findings) if name == kind]


# rerun-instead-of-callback


def test_a_rerun_in_a_helper_of_a_keyed_button_in_a_loop_is_found(tmp_path: Path) -> None:
    app = """
import streamlit as st

st.session_state.setdefault("tasks", ["tea", "rye", "oats"])
st.write("To do:", len(st.session_state.tasks))


def drop(task):
    st.session_state.tasks = [each for each in st.session_state.tasks if each != task]
    st.rerun()


for task in list(st.session_state.tasks):
    if st.button("Done", key=f"done_{task}"):
        drop(task)
"""
    found = explained(app, [{"click": "done_rye"}], tmp_path)
    assert of_kind(found, "rerun-instead-of-callback") == [10]
    assert "`tasks`" in found[0].text


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        pytest.param(
            """
if st.session_state.stage == "browse":
    if st.button("To the till"):
        st.session_state.stage = "pay"
        st.rerun()
else:
    st.text_input("Card number")
""",
            [{"click": "To the till"}],
            id="a stage is switched",
        ),
        pytest.param(
            """
import time
st.metric("Cart", len(st.session_state.cart))
if st.button("Reserve"):
    with st.spinner("Asking the store"):
        time.sleep(0.6)
    st.session_state.cart = ["drink"]
    st.rerun()
""",
            [{"click": "Reserve"}],
            id="it follows long work",
        ),
        pytest.param(
            """
@st.dialog("Add")
def add():
    name = st.text_input("What")
    if st.button("OK"):
        st.session_state.cart = [*st.session_state.cart, name]
        st.rerun()

st.metric("Cart", len(st.session_state.cart))
if st.button("Add a thing"):
    add()
""",
            [{"click": "Add a thing"}, {"click": "OK"}],
            id="a dialog closes",
        ),
        pytest.param(
            """
@st.fragment
def panel():
    if st.button("Add here"):
        st.session_state.cart = [*st.session_state.cart, "tea"]
        st.rerun()

st.metric("Cart", len(st.session_state.cart))
panel()
""",
            [{"click": "Add here"}],
            id="a fragment reruns the app",
        ),
        pytest.param(
            """
if st.button("Refresh"):
    st.rerun()
""",
            [{"click": "Refresh"}],
            id="nothing was stored",
        ),
    ],
)
def test_a_rerun_that_is_needed_is_no_hint(
    body: str, steps: list[dict[str, str]], tmp_path: Path
) -> None:
    found = explained(SHOP + body, steps, tmp_path)
    names = [kind for kind, _ in kinds_of(found)]
    assert "rerun-instead-of-callback" not in names
    assert "infinite-rerun" not in names
    assert "lost-output" not in names


# infinite-rerun


def test_an_animation_that_ends_is_silent(tmp_path: Path) -> None:
    app = """
import streamlit as st

st.session_state.setdefault("frame", 0)
bar = st.progress(st.session_state.frame / 12)
if st.session_state.frame < 12:
    st.session_state.frame += 1
    st.rerun()
st.write("Done")
"""
    found = explained(app, [], tmp_path)
    assert [each.title for each in found if each.kind.name == "infinite-rerun"] == []


# swallowed-control-exception


def test_a_decorator_and_a_stop_that_was_caught_are_found(tmp_path: Path) -> None:
    app = """
import streamlit as st


def guarded(function):
    def inner():
        try:
            return function()
        except BaseException as error:
            print("failed", type(error))

    return inner


@guarded
def orders():
    if not st.toggle("Show orders"):
        st.stop()
    st.write("Three orders")


def invoice():
    print("an invoice is sent")


orders()
invoice()
st.caption("Footer")
"""
    found = explained(app, [], tmp_path)
    assert of_kind(found, "swallowed-control-exception") == [18]
    assert ["st.stop()" in each.title for each in found] == [True]


@pytest.mark.parametrize("name", ["return", "break", "with", "one line", "alias"])
def test_what_else_takes_a_rerun_is_found(name: str, tmp_path: Path) -> None:
    """A `finally` that is left, a `with` that takes everything, an `except` by another name."""
    save = {
        "return": """
    try:
        st.rerun()
    finally:
        with Closing() as closing:
            if closing:
                return True
""",
        "break": """
    for _ in range(2):
        try:
            st.rerun()
        finally:
            break
    return True
""",
        "with": """
    with st.container(), suppress(BaseException):
        st.rerun()
    return True
""",
        "one line": """
    try: st.rerun()
    except: pass
    return True
""",
        "alias": """
    everything = (OSError, BaseException)
    try:
        st.rerun()
    except ValueError:
        return False
    except everything:
        pass
    return True
""",
    }[name]
    app = f"""
from contextlib import suppress
import streamlit as st


class Closing:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


def save():
    {save.strip()}


if st.button("Save"):
    st.session_state.saved = save()
    st.caption("Saved")
"""
    found = explained(app, [{"click": "Save"}], tmp_path)
    line = next(n for n, text in enumerate(app.splitlines(), 1) if "st.rerun()" in text)
    assert of_kind(found, "swallowed-control-exception") == [line]
    (finding,) = [each for each in found if each.kind.name == "swallowed-control-exception"]
    taker = {"return": "return True", "break": "break", "with": "suppress", "alias": "everything:"}
    assert taker.get(name, "except: pass") in finding.evidence[1].text


def test_ways_out_that_only_look_like_handlers_are_silent(tmp_path: Path) -> None:
    app = """
from contextlib import contextmanager, suppress
import streamlit as st


@contextmanager
def noted(what):
    try:
        yield what
    finally:
        for each in what:
            if each == "a":
                continue
            break
        st.session_state.noted = what


def reraised(error):
    raise error


def save():
    try:
        with noted("ab"), suppress(OSError):
            st.rerun()
    except BaseException as error:
        with suppress(ValueError):
            int("x")
        if error:
            reraised(error)
    finally:
        for each in "ab":
            break


if st.button("Save"):
    save()
st.caption("Saved")
"""
    found = explained(app, [{"click": "Save"}], tmp_path)
    assert of_kind(found, "swallowed-control-exception") == []


def test_ways_out_and_handlers_that_let_go_are_silent(tmp_path: Path) -> None:
    app = """
import streamlit as st


def save():
    try:
        int("x")
    except:  # noqa: E722
        st.session_state.failed = True
    try:
        st.session_state.saved = True
        st.rerun()
    except Exception:
        st.error("not saved")
    finally:
        st.session_state.closed = True


if st.button("Save"):
    with st.container():
        save()
if st.button("Stop"):
    try:
        st.stop()
    except BaseException:
        st.session_state.stopped = True
        raise
"""
    found = explained(app, [{"click": "Save"}, {"click": "Stop"}], tmp_path)
    assert of_kind(found, "swallowed-control-exception") == []
    assert of_kind(found, "uncaught-exception") == []


# lost-output


def test_messages_that_stay_are_silent(tmp_path: Path) -> None:
    app = """
import time

import streamlit as st

st.session_state.setdefault("chat", [])
for line in st.session_state.chat:
    st.chat_message("user").write(line)
if said := st.chat_input("Say"):
    st.chat_message("user").write(said)
    st.session_state.chat.append(said)
    st.rerun()
if st.button("Slow"):
    st.info("Please wait a moment")
    time.sleep(0.7)
    st.session_state.slow = True
    st.rerun()
"""
    steps = [{"set": "Say", "value": "Hello"}, {"click": "Slow"}]
    assert of_kind(explained(app, steps, tmp_path), "lost-output") == []


def test_a_message_in_a_dialog_that_closes_is_found(tmp_path: Path) -> None:
    app = """
import streamlit as st


@st.dialog("Rename")
def rename():
    name = st.text_input("New name")
    if st.button("OK"):
        st.session_state.name = name
        st.success("Renamed.")
        st.rerun()


st.write(st.session_state.get("name", "untitled"))
if st.button("Rename it"):
    rename()
"""
    found = explained(app, [{"click": "Rename it"}, {"click": "OK"}], tmp_path)
    assert of_kind(found, "lost-output") == [10]


# uncaught-exception


def test_errors_of_callbacks_fragments_and_state_are_found_and_caught_ones_are_not(
    tmp_path: Path,
) -> None:
    app = """
import streamlit as st

prices = {"tea": 2}


def choose():
    st.session_state.price = prices[st.session_state.drink]


@st.fragment
def basket():
    if st.button("Count"):
        st.write(st.session_state.basket)


try:
    prices["rye"]
except KeyError:
    st.write("No rye")
st.selectbox("Drink", ["tea", "coffee"], key="drink", on_change=choose)
basket()
if st.button("Leave"):
    st.stop()
"""
    steps = [{"click": "Count"}, {"set": "Drink", "value": "coffee"}, {"click": "Leave"}]
    found = explained(app, steps, tmp_path)
    assert of_kind(found, "uncaught-exception") == [14, 8]
    texts = {each.line: each for each in found}
    assert 'if "basket" not in st.session_state' in texts[14].remedy
    assert "KeyError" in texts[8].title


def test_what_to_do_about_an_exception_fits_it(tmp_path: Path) -> None:
    app = """
import streamlit as st

chosen = [st.button(name) for name in ("Package", "Name", "Raise")]
if chosen[0]:
    import no_such_package.plots
if chosen[1]:
    st.experimental_buton("Old")
if chosen[2]:
    raise RuntimeError("No orders today")
"""
    steps = [{"click": name} for name in ("Package", "Name", "Raise")]
    found = {each.line: each for each in explained(app, steps, tmp_path)}
    assert "the package that `no_such_package` belongs to" in found[6].remedy
    assert f"Streamlit {streamlit.__version__} has no such name" in found[8].remedy
    assert "module 'streamlit' has no attribute 'experimental_buton'" in found[8].text
    assert "`st.error(…)`" in found[10].remedy


def test_a_change_of_session_state_is_no_change_of_the_module_it_is_reached_by() -> None:
    program = program_of(
        "st.session_state.setdefault('n', 0)\n"
        "st.session_state.n += 1\n"
        "st.session_state['rows'].append(2)\n"
        "rows.append(3)\n"
    )
    assert program is not None
    assert [sorted(program.statements[n].changes) for n in (1, 2, 3, 4)] == [[], [], [], ["rows"]]
