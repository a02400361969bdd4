"""The fidelity bench: what it does on a page, what it calls a difference, and its verdicts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from bench.fidelity.check import CRASHED, NONDETERMINISTIC, SAME, SKIPPED, check, scripts
from bench.fidelity.drives import Drives
from bench.fidelity.sequence import canonical, first_difference
from bench.fidelity.visit import Visit
from rerun_trace.tracer.driver.driver import drive

pytestmark = pytest.mark.first_row


def write(folder: Path, name: str, body: str) -> Path:
    app = folder / name
    app.write_text(f"import streamlit as st\n{body}")
    return app


@pytest.fixture(scope="module")
def drives() -> Iterator[Drives]:
    with Drives(timeout_s=60) as started:
        yield started


def test_a_visit_uses_every_widget_once_and_those_that_appear(tmp_path: Path) -> None:
    app = write(
        tmp_path,
        "app.py",
        """
import datetime as dt
if st.button("More"):
    st.session_state.more = True
if "more" in st.session_state:
    st.text_input("Name")
st.checkbox("Agree")
st.selectbox("Dish", ["Pie", "Soup"])
st.slider("Range", 0, 10, (2, 8))
st.date_input("Day", None)
st.date_input("Days", (dt.date(2024, 5, 6), dt.date(2024, 5, 8)))
st.button("Never", disabled=True)
with st.form("order"):
    st.number_input("Portions", 0, 9, 1)
    st.form_submit_button("Order")
""",
    )
    visit = Visit()
    done = drive(app, explore=visit.next)
    assert done.failed_step is None
    assert [str(step) for step in visit.steps] == [
        "click 'button#0'",
        "set 'text_input#0'",
        "set 'checkbox#0'",
        "set 'selectbox#0'",
        "set 'slider#0'",
        "set 'date_input#0'",
        "set 'date_input#1'",
        "set 'number_input#0'",
        "submit 'button#2'",
        "rerun",
    ]
    assert not [each for each in canonical(done.messages) if "exception" in str(each)]


def test_a_visit_ends_where_something_new_always_appears(tmp_path: Path) -> None:
    app = write(
        tmp_path,
        "app.py",
        "st.session_state.n = st.session_state.get('n', 0) + 1\n"
        "st.button('Next', key=f'next{st.session_state.n}')\n",
    )
    visit = Visit(limit=5)
    assert drive(app, explore=visit.next).failed_step is None
    assert [step.verb for step in visit.steps] == ["click"] * 4 + ["rerun"]


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ([{"a": 1}], [{"a": 1}], None),
        (
            [{"delta": {"text": ["x", "y"]}}],
            [{"delta": {"text": ["x", "z"]}}],
            'message 1.delta.text[1]: "y" is not "z"',
        ),
        ([{}, {"a": 1}], [{}, {"b": 1}], "message 2.a: 1 is not null"),
        ([{}], [{}, {"a": 1}], '1 messages, 2 messages: only the second has {"a": 1}'),
    ],
)
def test_the_first_difference_is_named(one: list, other: list, said: str | None) -> None:  # type: ignore[type-arg]
    assert first_difference(one, other) == said


def delta(kind: str, *path: int, text: str = "") -> bytes:
    message = ForwardMsg()
    message.metadata.delta_path.extend(path)
    if kind == "block":
        message.delta.add_block.vertical.SetInParent()
    else:
        message.delta.new_element.text.body = text
    return bytes(message.SerializeToString())


@pytest.mark.parametrize(
    ("all_sent", "flushed_late"),
    [
        (  # an element in the place of one
            [delta("text", 0, 0, text="a"), delta("text", 0, 1), delta("text", 0, 0, text="b")],
            [delta("text", 0, 0, text="b"), delta("text", 0, 1)],
        ),
        (  # a block in the place of an element
            [delta("text", 0, 0), delta("text", 0, 1), delta("block", 0, 0)],
            [delta("block", 0, 0), delta("text", 0, 1)],
        ),
        (  # a block stays
            [delta("block", 0, 0), delta("text", 0, 0, text="a"), delta("text", 0, 0, text="b")],
            [delta("block", 0, 0), delta("text", 0, 0, text="b")],
        ),
    ],
)
def test_when_the_queue_was_flushed_is_no_difference(
    all_sent: list[bytes], flushed_late: list[bytes]
) -> None:
    queue = ForwardMsgQueue()
    for each in all_sent:
        queue.enqueue(ForwardMsg.FromString(each))
    assert [m.SerializeToString() for m in queue.flush()] == flushed_late
    assert canonical(all_sent) == canonical(flushed_late)


def styled(uuid: str, colour: str) -> bytes:
    message = ForwardMsg()
    element: Any = message.delta.new_element
    older = hasattr(element, "arrow_data_frame")
    table = element.arrow_data_frame if older else element.dataframe.arrow_data
    table.styler.uuid, table.styler.styles = uuid, f"#T_{uuid}_row0 {{ color: {colour} }}"
    table.styler.display_values = b"values"
    return bytes(message.SerializeToString())


def test_the_name_that_pandas_draws_for_a_style_is_no_difference() -> None:
    assert canonical([styled("1e3d4", "red")]) == canonical([styled("2d571", "red")])
    assert canonical([styled("1e3d4", "red")]) != canonical([styled("2d571", "blue")])
    assert canonical([styled("mine", "red")]) != canonical([styled("yours", "red")])


def test_random_ids_in_a_long_text_are_no_difference() -> None:
    one, other = (f"{{'id': '{uuid.uuid4()}'}}" + 200_000 * "x" for _ in range(2))
    assert canonical([delta("text", 0, text=one)]) == canonical([delta("text", 0, text=other)])
    changed = canonical([delta("text", 0, text=other + "y")])
    assert canonical([delta("text", 0, text=one)]) != changed


def test_what_is_taken_for_an_app(tmp_path: Path) -> None:
    others = ("app_test.py", "_hidden.py", "sub/pages/one.py", "shared/charts.py")
    for name in ("app.py", "sub/app.py", *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("import streamlit as st\n")
    (tmp_path / "module.py").write_text("x = 'streamlit'\n")
    names = [app.relative_to(tmp_path).as_posix() for app in scripts(tmp_path)]
    assert names == ["app.py", "sub/app.py"]


@pytest.mark.parametrize(
    ("body", "result", "why"),
    [
        ("st.button('Press')\n", SAME, None),
        ("import random, numpy\nst.write(random.random(), numpy.random.rand())\n", SAME, None),
        ("import time\nst.write(time.time_ns())\n", NONDETERMINISTIC, "untraced twice"),
        ("import no_such_package\n", SKIPPED, "No module named 'no_such_package'"),
        ("import requests\nraise requests.exceptions.ConnectionError\n", SKIPPED, "the network"),
        # Only the traced one is watched by sys.settrace: stands for every harm that we might do.
        (
            "import os, threading\nif threading.gettrace() is not None:\n    os._exit(3)\n",
            CRASHED,
            "exit code 3",
        ),
        (
            "import threading\nst.write(threading.gettrace() is not None)\n",
            "different",
            '"`False`" is not "`True`"',
        ),
    ],
)
def test_verdicts(body: str, result: str, why: str | None, drives: Drives, tmp_path: Path) -> None:
    app = write(tmp_path, "app.py", body)
    verdict = check(drives, app, tmp_path, ["settrace"])
    assert verdict.results == {"settrace": result}
    assert (why or "") in verdict.why.get("settrace", "")


def test_an_app_that_hangs_is_given_up(tmp_path: Path) -> None:
    app = write(tmp_path, "app.py", "import time\ntime.sleep(3600)\n")
    with Drives(timeout_s=3) as drives:
        verdict = check(drives, app, tmp_path, ["settrace"])
    assert verdict.results == {"settrace": SKIPPED}
    assert "not over after 3 s" in verdict.why["settrace"]
