"""What a recording says about real apps on the real Streamlit: the promises, one by one."""

from __future__ import annotations

import functools
import inspect
import time
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.proto.Element_pb2 import Element
from streamlit.runtime.app_session import AppSession
from support import ENGINES, SAMPLES, Recorded, Steps, record

from bench.fidelity.sequence import canonical
from rerun_trace.tracer.capture.budget import Budget

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def write_app(folder: Path, text: str, name: str = "app.py") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def test_a_rerun_halts_one_run_and_starts_another(engine: str, tmp_path: Path) -> None:
    recorded = record(SAMPLES / "rerun.py", [{"click": "Foo"}], tmp_path / "db", engine=engine)
    first, second = recorded.runs_of(1)
    assert first["outcome"] == "rerun"
    (request,) = first["rerun_requests"]
    assert request["allowed"]
    assert first["lines"][-1] == ["rerun.py", request["line"]], "nothing ran after its line"
    assert second["trigger"] == {"type": "rerun", "run": first["n"]}
    assert second["outcome"] == "completed"
    page = [(node["path"], node["element"], node["label"]) for node in recorded.facts["final_page"]]
    assert ([0, 0], "heading", "Foo") in page
    with recorded.store() as store:
        halted = store.messages(recorded.id, first["n"])
        fates = {m.n: m.fate for m in halted}
        for write, said in zip(
            store.container_writes(recorded.id, first["n"]), first["writes"], strict=True
        ):
            assert said["delivered"] == (fates[write.message] == "delivered")


def test_a_message_that_is_too_large_is_kept_without_its_content(
    engine: str, tmp_path: Path
) -> None:
    app = write_app(
        tmp_path / "app",
        """
        import streamlit as st
        above = st.container()
        st.title("Small")
        st.text("large " * 500)
        above.text("large " * 400)
        """.replace("        ", ""),
    )
    recorded = record(app, [], tmp_path / "db", engine=engine, budget=Budget(message_bytes=2000))
    writes = recorded.runs_of(0)[0]["writes"]
    shown = [(w["element"], w["label"][:5], w["out_of_order"]) for w in writes]
    assert [s for s in shown if s[0] != "container"] == [
        ("heading", "Small", False),
        ("text", "large", False),
        ("text", "large", True),
    ]
    with recorded.store() as store:
        messages = store.messages(recorded.id, 1)
        kept = {
            (m.label or "")[:5]: bool(m.body) for m in messages if m.element in ("heading", "text")
        }
        sizes = [m.size for m in messages if m.element == "text"]
        (limit,) = store.recording(recorded.id).limits
    assert kept == {"Small": True, "large": False}
    assert all(2000 < size < 4000 for size in sizes)
    assert limit == "2 page messages without content: larger than 2,000 bytes"


def test_a_callback_runs_before_the_body(engine: str, tmp_path: Path) -> None:
    recorded = record(SAMPLES / "callback.py", [{"click": "Bar"}], tmp_path / "db", engine=engine)
    (run,) = recorded.runs_of(1)
    (callback,) = run["callbacks"]
    assert callback["function"] == "update_value"
    assert run["lines"][0][1] > callback["line"] > run["lines"][1][1]


def test_a_container_is_written_out_of_order(engine: str, tmp_path: Path) -> None:
    recorded = record(SAMPLES / "container.py", [{"click": "Baz"}], tmp_path / "db", engine=engine)
    (run,) = recorded.runs_of(1)
    assert [w["label"] for w in run["writes"] if w["out_of_order"]] == ["Baz"]
    assert recorded.facts["final_page"][0]["label"] == "Baz"


def test_a_refused_fragment_rerun(engine: str, tmp_path: Path) -> None:
    recorded = record(SAMPLES / "fragment_refused.py", [], tmp_path / "db", engine=engine)
    (run,) = recorded.runs_of(0)
    assert run["outcome"] == "error"
    (request,) = run["rerun_requests"]
    assert (request["scope"], request["allowed"]) == ("fragment", False)
    assert run["error"]["line"] == request["line"]


def test_an_endless_rerun_stays_small(engine: str, tmp_path: Path) -> None:
    db = tmp_path / "db.sqlite"
    steps = [{"set": "Keep going", "value": True}]
    recorded = record(
        SAMPLES / "infinite_rerun.py",
        steps,
        db,
        engine=engine,
        timeout=4,
        budget=Budget(chain_runs=3, chain_rate=0.25),
    )
    assert recorded.drive.never_idle
    runs = recorded.runs_of(1)
    with recorded.store() as store:
        detailed = sum(run.detailed for run in store.runs(recorded.id, interaction=1))
    assert 3 <= detailed <= 5
    assert detailed < len(runs)
    assert any("runs without detail" in limit for limit in recorded.facts["recording"]["limits"])
    assert all(run["trigger"]["type"] == "rerun" for run in runs[1:])
    assert len(recorded.bytes()) < 5_000_000


def test_timers_run_fragments(engine: str, tmp_path: Path) -> None:
    steps = [{"wait_ms": 1200}]
    recorded = record(SAMPLES / "run_every.py", steps, tmp_path / "db", engine=engine)
    timers = [i for i in recorded.facts["interactions"] if "timer" in i["action"]]
    assert timers
    assert {i["action"]["timer"] for i in timers} == {"ticker"}
    assert all(recorded.run(n)["kind"] == "fragment" for i in timers for n in i["runs"])


def test_the_dashboard(engine: str, tmp_path: Path) -> None:
    steps = [{"set": "Least units a day", "value": 20}]
    recorded = record(SAMPLES / "dashboard.py", steps, tmp_path / "db", engine=engine)
    (run,) = recorded.runs_of(1)
    assert recorded.facts["interactions"][1]["action"] == {"set": "Least units a day", "value": 20}
    assert len(run["writes"]) > 30
    with recorded.store() as store:
        accesses = store.cache_accesses(recorded.id)
    assert [(a.function, a.hit) for a in accesses] == [("load_sales", False), ("load_sales", True)]


def test_user_threads_belong_to_their_run(engine: str, tmp_path: Path) -> None:
    recorded = record(SAMPLES / "threads.py", [], tmp_path / "db", engine=engine)
    with recorded.store() as store:
        chunk = store.steps(recorded.id, 1)
        spans = store.thread_spans(recorded.id)
    threads = {frame.n: frame.thread for frame in chunk.frames}
    workers = [frame for frame in chunk.frames if frame.function == "count_primes"]
    assert sorted(frame.thread for frame in workers) == [1, 2]
    assert [(s.run, s.thread, s.function) for s in spans] == [
        (1, 1, "count_primes"),
        (1, 2, "count_primes"),
    ]
    for span in spans:
        own = [
            (number, step.at_ns // 1000)
            for number, step in enumerate(chunk.steps, 1)
            if threads[step.frame] == span.thread
        ]
        assert (span.first_step, span.started_ns // 1000) == own[0]
        assert (span.last_step, span.ended_ns // 1000) == own[-1]
        assert span.steps == len(own)


def test_a_newer_interaction_supersedes_a_run(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import time
import streamlit as st
n = st.number_input("N", value=0)
for i in range(200):
    time.sleep(0.01 if n == 1 else 0)
    st.write(f"{n} {i}")
""",
    )
    steps = [{"set": "N", "value": 1, "no_wait": True}, {"set": "N", "value": 2}]
    recorded = record(app, steps, tmp_path / "db", engine=engine)
    outcomes = [run["outcome"] for run in recorded.facts["runs"]]
    assert outcomes == ["completed", "superseded", "completed"]


def test_stop_and_errors(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
if st.button("Stop"):
    st.stop()
if st.button("Fail"):
    raise ValueError("no luck")
st.write("end")
""",
    )
    steps: Steps = [{"click": "Stop"}, {"rerun": True}, {"click": "Fail"}]
    recorded = record(app, steps, tmp_path / "db", engine=engine)
    stopped, failed = recorded.run(2), recorded.run(4)
    assert (stopped["outcome"], recorded.lines(2)[-1]) == ("stopped", 4)
    assert (failed["outcome"], failed["error"]["line"]) == ("error", 6)
    assert (failed["error"]["type"], failed["error"]["message"]) == ("ValueError", "no luck")


def test_a_syntax_error_is_a_recorded_run(engine: str, tmp_path: Path) -> None:
    app = write_app(tmp_path / "app", "import streamlit as st\nst.write(\n")
    recorded = record(app, [], tmp_path / "db", engine=engine)
    (run,) = recorded.facts["runs"]
    assert run["outcome"] == "compile_error"
    assert (run["error"]["type"], run["error"]["line"]) == ("SyntaxError", 2)
    assert run["error"]["message"] == "'(' was never closed"
    assert run["lines"] == []


def test_a_rerun_in_a_callback(engine: str, tmp_path: Path) -> None:
    """Honoured from Streamlit 1.63 on, a no-op before: the verdict is what happened."""
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
def again():
    st.session_state.n = st.session_state.get("n", 0) + 1
    st.rerun()
st.button("Go", on_click=again)
st.write(st.session_state.get("n", 0))
""",
    )
    recorded = record(app, [{"click": "Go"}], tmp_path / "db", engine=engine)
    first, *rest = recorded.runs_of(1)
    (request,) = first["rerun_requests"]
    assert request["allowed"] == bool(rest)
    assert first["outcome"] == ("rerun" if rest else "completed")
    if rest:
        assert recorded.lines(first["n"]) == [4, 5], "callback only: the body never ran"


def test_a_swallowed_rerun_does_not_end_the_run(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
if st.button("Go"):
    try:
        st.rerun()
    except BaseException:
        st.write("caught")
st.write("end")
""",
    )
    recorded = record(app, [{"click": "Go"}], tmp_path / "db", engine=engine)
    run = recorded.runs_of(1)[0]
    assert run["outcome"] == "completed"
    assert [w["label"] for w in run["writes"] if w["label"]] == ["Go", "caught", "end"]


def state_writes(recorded: Recorded, n: int) -> list[tuple[Any, ...]]:
    writes = recorded.run(n)["state_writes"]
    return [(w["key"], w["old"], w["new"], w["line"]) for w in writes]


def test_a_keyed_widgets_value_is_session_state(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
seen = []
def greet():
    st.session_state.greeting = "Hello " + st.session_state.name
st.text_input("Name", "Bob", key="name", on_change=greet)
st.text_input("No key")
st.selectbox("Size", [10, 20], key="size")
st.button("Go", key="go")
""",
    )
    steps = [{"set": "name", "value": "Ann"}, {"set": "No key", "value": "x"}, {"click": "Go"}]
    recorded = record(app, steps, tmp_path / "db", engine=engine)
    assert state_writes(recorded, 1) == [
        ("name", None, "'Bob'", 6),
        ("size", None, "10", 8),
        ("go", None, "False", 9),
    ]
    assert state_writes(recorded, 2) == [
        ("name", "'Bob'", "'Ann'", None),
        ("greeting", None, "'Hello Ann'", 5),
    ]
    assert state_writes(recorded, 3) == []
    assert state_writes(recorded, 4) == [
        ("go", "False", "True", None),
        ("go", "True", "False", None),  # its press counts in its own run only
    ]


def test_the_edits_of_a_table_are_session_state(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
st.data_editor([{"name": "Ann"}], key="table", num_rows="dynamic")
""",
    )
    steps = [{"edit": "table", "rows": {"0": {"name": "Bob"}}}]
    recorded = record(app, steps, tmp_path / "db", engine=engine)
    ((key, old, new, line),) = state_writes(recorded, 2)
    assert (key, line) == ("table", None)
    assert "Bob" not in old
    assert "{'name': 'Bob'}" in new


def test_values_of_session_state_that_change_in_place(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
import copy
def add(things):
    things.append(3)
st.session_state.setdefault("basket", [])
st.session_state.basket.append(1)
basket = st.session_state.basket
basket.append(2)
add(st.session_state.basket)
st.session_state.setdefault("inner", {"deep": []})
deep = st.session_state.inner["deep"]
list(map(deep.append, [1]))
st.write("end")
""",
    )
    recorded = record(app, [], tmp_path / "db", engine=engine)
    assert state_writes(recorded, 1) == [
        ("basket", None, "[]", 6),
        ("basket", "[]", "[1]", 7),
        ("basket", "[1]", "[1, 2]", 9),
        ("basket", "[1, 2]", "[1, 2, 3]", 5),
        ("inner", None, "{'deep': []}", 11),
        ("inner", "{'deep': []}", "{'deep': [1]}", 13),
    ]


def test_a_change_in_place_that_no_statement_was_seen_to_make(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
box = st.session_state.setdefault("box", [])
class Keeper:
    held = box
Keeper.held.append(1)
""",
    )
    recorded = record(app, [], tmp_path / "db", engine=engine)
    assert state_writes(recorded, 1) == [("box", None, "[]", 3), ("box", "[]", "[1]", None)]


def test_state_writes_and_clean_up(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
if st.checkbox("More", value=True):
    st.text_input("Name", key="name")
st.session_state["a"] = [1]
del st.session_state["a"]
st.session_state.update(b=2)
""",
    )
    steps: Steps = [{"set": "name", "value": "Ann"}, {"set": "More", "value": False}]
    recorded = record(app, steps, tmp_path / "db", engine=engine)
    assert state_writes(recorded, 1)[0] == ("name", None, "''", 4)
    assert state_writes(recorded, 2)[0] == ("name", "''", "'Ann'", None)
    assert state_writes(recorded, 3) == [
        ("a", None, "[1]", 5),
        ("a", "[1]", None, 6),
        ("b", "2", "2", 7),
        ("name", "'Ann'", None, None),
    ]


def test_steps_are_in_time_order_and_inside_their_run(engine: str, tmp_path: Path) -> None:
    recorded = record(SAMPLES / "rerun.py", [{"click": "Foo"}], tmp_path / "db", engine=engine)
    with recorded.store() as store:
        for run in store.runs(recorded.id):
            times = [step.at_ns for step in store.steps(recorded.id, run.n).steps]
            assert times == sorted(times)
            assert run.ended_ns is not None
            assert run.started_ns <= times[0] <= times[-1] <= run.ended_ns


def test_a_run_that_never_ends_says_what_is_left_out(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import time
import streamlit as st
st.write("before")
n = 0
end = time.monotonic() + 3
while time.monotonic() < end:
    n += 1
""",
    )
    recorded = record(app, [], tmp_path / "db", engine=engine, timeout=1)
    assert recorded.drive.never_idle
    assert any("400+" in limit for limit in recorded.facts["recording"]["limits"])


def test_each_app_has_its_own_pages(engine: str, tmp_path: Path) -> None:
    """An app session of the app before must not bring that app's pages back."""
    record(SAMPLES / "navigation.py", [], tmp_path / "one.sqlite", engine=engine)
    steps = [{"click": "Go to the report"}]
    for n in range(2):
        record(SAMPLES / "form.py", [], tmp_path / f"form{n}.sqlite", engine=engine)
        app = SAMPLES / "multipage" / "app.py"
        recorded = record(app, steps, tmp_path / f"pages{n}.sqlite", engine=engine)
        assert [run["outcome"] for run in recorded.runs_of(1)] == ["switched", "completed"]


def test_parallel_fragments_are_threads_of_their_run(engine: str, tmp_path: Path) -> None:
    if "parallel" not in inspect.signature(st.fragment).parameters:
        pytest.skip("not in this version of Streamlit")
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
@st.fragment(parallel=True)
def part(name):
    st.write(name)
part("a")
part("b")
st.write("end")
""",
    )
    recorded = record(app, [], tmp_path / "db", engine=engine)
    (run,) = recorded.runs_of(0)
    labels = {w["label"]: w["line"] for w in run["writes"] if w["label"]}
    assert labels == {"a": 5, "b": 5, "end": 8}
    with recorded.store() as store:
        frames = store.steps(recorded.id, 1).frames
    workers = [frame.thread for frame in frames if frame.function == "part"]
    assert len(workers) == 2
    assert 0 not in workers, "the script thread ran neither"


def test_a_run_that_is_over_before_the_event_loop_hears_of_it(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy event loop handles a run's start when its thread has ended."""
    name = "_handle_scriptrunner_event_on_event_loop"
    handle = getattr(AppSession, name)

    @functools.wraps(handle)
    def handle_late(session: Any, sender: Any, event: Any, *args: Any, **told: Any) -> None:
        if event.name == "SCRIPT_STARTED":
            while sender._script_thread.is_alive():
                time.sleep(0.01)
        handle(session, sender, event, *args, **told)

    monkeypatch.setattr(AppSession, name, handle_late)
    app = write_app(tmp_path / "app", "import streamlit as st\nst.write('hello')\n")
    recorded = record(app, [{"rerun": True}], tmp_path / "db", engine=engine)
    with recorded.store() as store:
        messages = store.messages(recorded.id)
    ends = [m.run for m in messages if m.type == "script_finished"]
    assert ends == [1, 2]
    assert [m.run for m in messages if m.type == "new_session"] == [1, 2]


def test_an_end_that_streamlit_edits_before_it_is_sent(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that begins before the last one's end was sent makes of it an early end."""
    name = "_handle_scriptrunner_event_on_event_loop"
    handle, flush = getattr(AppSession, name), AppSession.flush_browser_queue
    held: list[bool] = []  # one entry, from the first run's end on: whether nothing is sent

    @functools.wraps(handle)
    def handle_and_ask(session: Any, sender: Any, event: Any, *args: Any, **told: Any) -> None:
        if event.name == "SCRIPT_STOPPED_WITH_SUCCESS" and not held:
            held.append(True)
        handle(session, sender, event, *args, **told)
        if event.name == "SHUTDOWN" and held == [True]:
            session.request_rerun(None)
        elif event.name == "SCRIPT_STARTED" and held:
            held[0] = False

    monkeypatch.setattr(AppSession, name, handle_and_ask)
    monkeypatch.setattr(
        AppSession, "flush_browser_queue", lambda self: [] if held == [True] else flush(self)
    )
    app = write_app(tmp_path / "app", "import streamlit as st\nst.write('hello')\n")
    recorded = record(app, [], tmp_path / "db", engine=engine)
    with recorded.store() as store:
        messages = store.messages(recorded.id)
        sent = sorted((m for m in messages if m.sent_order), key=lambda m: m.sent_order or 0)
        bodies = [store.message_body(m.body) for m in sent]
    assert canonical(bodies) == canonical(recorded.drive.messages)
    ends = [m for m in sent if m.type == "script_finished"]
    early, well = "FINISHED_EARLY_FOR_RERUN", "FINISHED_SUCCESSFULLY"
    assert [(m.run, m.detail["status"]) for m in ends] == [(1, early), (2, well)]


def test_a_page_is_named_by_its_title_and_found_by_its_path_too(
    engine: str, tmp_path: Path
) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
def first(): st.header("First")
def second(): st.header("Second")
pages = [st.Page(first, title="The start"), st.Page(second, title="Log out")]
st.navigation(pages).run()
""",
    )
    steps = [{"page": "Log out"}, {"page": "The start"}, {"page": "second"}]
    recorded = record(app, steps, tmp_path / "db", engine=engine)
    names = [item["action"].get("page") for item in recorded.facts["interactions"]]
    assert names == [None, "Log out", "The start", "Log out"]


def test_a_widget_that_comes_back_was_not_set_by_a_person(engine: str, tmp_path: Path) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
if st.checkbox("More"):
    st.text_input("Name", "nobody")
""",
    )
    more = [{"set": "More", "value": value} for value in (True, False, True)]
    steps: Steps = [more[0], {"set": "Name", "value": "Ann"}, *more[1:], {"rerun": True}]
    recorded = record(app, steps, tmp_path / "db", engine=engine)
    assert recorded.facts["interactions"][-1]["action"] == {"rerun": True}


def test_a_fragments_run_forgets_only_what_the_fragment_no_longer_draws(
    engine: str, tmp_path: Path
) -> None:
    app = write_app(
        tmp_path / "app",
        """
import streamlit as st
st.text_input("City", "nowhere")
@st.fragment
def part():
    if st.checkbox("More"):
        st.text_input("Name", "nobody")
part()
""",
    )
    steps: Steps = [
        {"set": "City", "value": "Ulm"},
        {"set": "More", "value": True},
        {"set": "City", "value": "nowhere"},  # what it began with, and a person typed it
        {"set": "Name", "value": "Ann"},
        {"set": "More", "value": False},
        {"set": "More", "value": True},
        {"rerun": True},  # "Name" is back with what it begins with, and nobody typed it
    ]
    recorded = record(app, steps, tmp_path / "db", engine=engine)
    actions = [interaction["action"] for interaction in recorded.facts["interactions"]]
    assert actions == [{"load": True}, *steps]
    with recorded.store() as store:
        sent = [
            {change.label: change.new for change in interaction.changes}
            for interaction in store.interactions(recorded.id)
        ]
    assert sent[-1] == {"Name": "nobody"}
    kinds = [[run["kind"] for run in recorded.runs_of(n)] for n in range(len(sent))]
    assert [kind for (kind,) in kinds] == [
        *("app", "app", "fragment", "app", "fragment", "fragment", "fragment", "app")
    ]


def test_stars_are_a_number(engine: str, tmp_path: Path) -> None:
    if "feedback" not in Element.DESCRIPTOR.fields_by_name:
        pytest.skip("not in this version of Streamlit: a group of buttons is in its place")
    app = write_app(tmp_path / "app", "import streamlit as st\nst.feedback('stars', key='stars')\n")
    recorded = record(app, [{"set": "stars", "value": 3}], tmp_path / "db", engine=engine)
    assert recorded.facts["interactions"][1]["action"] == {"set": "stars", "value": 3}
    assert [run["outcome"] for run in recorded.facts["runs"]] == ["completed"] * 2


def test_ten_interactions_of_the_dashboard_are_a_small_file(engine: str, tmp_path: Path) -> None:
    db = tmp_path / "db.sqlite"
    record(SAMPLES / "dashboard.py", [{"rerun": True}] * 10, db, engine=engine)
    assert db.stat().st_size <= 200_000
