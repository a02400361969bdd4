"""Recordings made by hand, kept through the real store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import (
    AppSession,
    CacheAccess,
    Callback,
    CodeBlock,
    ContainerWrite,
    Frame,
    Interaction,
    InteractionKind,
    Limit,
    LineCount,
    MessageBody,
    MessageFate,
    Outcome,
    PageMessage,
    Record,
    RecordingInfo,
    RerunRequest,
    RunError,
    RunKind,
    ScriptRun,
    Source,
    StateOp,
    StateWrite,
    Step,
    StepChunk,
    TriggerType,
    WriteKind,
)

MS = 1_000_000
INFO = RecordingInfo(
    "rerun.py",
    "/home/ada/apps",
    datetime(2026, 5, 4, 10, 30, tzinfo=UTC),
    "3.13.1",
    "1.67.0",
    "monitoring",
    "sys.monitoring is there: Python 3.13",
)
RERUN_APP = """\
import streamlit as st

if "value" not in st.session_state:
    st.session_state.value = "Title"

st.header(st.session_state.value)

if st.button("Foo"):
    st.session_state.value = "Foo"
    st.rerun()
st.caption("done")
"""
LINES = (1, 3, 4, 6, 8, 9, 10, 11)
SOURCE = Source(1, "rerun.py", RERUN_APP, "the app's script", (CodeBlock("<module>", 1, LINES),))


def keep(store: TraceStore, info: RecordingInfo, records: Sequence[Record]) -> int:
    """Records `records` as one recording that is complete if `info` is, and returns its id."""
    sink = store.sink()
    batches = [list(records)]
    id = sink.open(replace(info, complete=False), lambda: batches.pop() if batches else [])
    sink.close(info.complete)
    return id


def write(
    n: int, run: int, at_ns: int, element: str, label: str, line: int, **change: object
) -> list[Record]:
    """A container write and its page message; `fate` and `out_of_order` may be given."""
    fate = change.get("fate", MessageFate.DELIVERED)
    assert isinstance(fate, MessageFate)
    path = (0, n % 9)
    body = f"{n:064x}"
    return [
        MessageBody(body, b"message"),
        PageMessage(
            n, 1, run, at_ns, "delta", body, 7, path, WriteKind.ELEMENT, element, label, fate=fate
        ),
        ContainerWrite(
            run,
            at_ns,
            0,
            n,
            path,
            WriteKind.ELEMENT,
            element,
            label,
            bool(change.get("out_of_order")),
            "rerun.py",
            line,
        ),
    ]


def counts(run: int, lines: Iterable[int], file: str = "rerun.py") -> list[Record]:
    return [LineCount(run, file, line, 1) for line in lines]


def app_run(n: int, interaction: int, started: float, took: float, **change: object) -> ScriptRun:
    """A completed app run, times in ms; `change` replaces fields."""
    run = ScriptRun(
        n,
        1,
        RunKind.APP,
        TriggerType.INTERACTION,
        interaction,
        interaction,
        "rerun.py",
        int(started * MS),
        outcome=Outcome.COMPLETED,
        ended_ns=int((started + took) * MS),
        body_started_ns=int((started + 0.1) * MS),
    )
    return replace(run, **change)  # type: ignore[arg-type]


def click(n: int, at: float, label: str = "Foo") -> Interaction:
    return Interaction(n, 1, int(at * MS), InteractionKind.WIDGET, {"click": label})


def load() -> Interaction:
    return Interaction(0, 1, 1 * MS, InteractionKind.LOAD, {"load": True})


def halted_click(n: int, run: int, at: float, message: int) -> list[Record]:
    """A click whose run is halted by `st.rerun` at line 10, and the run after it."""
    halted = app_run(
        run,
        n,
        at + 1,
        13,
        outcome=Outcome.RERUN,
        halted_file="rerun.py",
        halted_line=10,
    )
    again = app_run(run + 1, n, at + 18, 11, trigger_type=TriggerType.RERUN, trigger=run)
    lost = MessageFate.DISCARDED
    return [
        click(n, at),
        halted,
        *counts(run, (1, 3, 6, 8, 9, 10)),
        *write(message, run, int((at + 5) * MS), "heading", "Title", 6, fate=lost),
        *write(message + 1, run, int((at + 9) * MS), "button", "Foo", 8, fate=lost),
        StateWrite(
            run, int((at + 12) * MS), 5, "value", StateOp.SET, "'Title'", "'Foo'", "rerun.py", 9
        ),
        RerunRequest(run, int((at + 13) * MS), 6, "rerun.py", 10, "<module>", "app", True),
        again,
        *counts(run + 1, (1, 3, 6, 8, 11)),
        *write(message + 2, run + 1, int((at + 21) * MS), "heading", "Foo", 6),
        *write(message + 3, run + 1, int((at + 24) * MS), "button", "Foo", 8),
    ]


def first_load() -> list[Record]:
    return [
        AppSession(1, "abc", 0),
        SOURCE,
        load(),
        app_run(1, 0, 2, 10),
        *counts(1, (1, 3, 4, 6, 8, 11)),
        StateWrite(1, 3 * MS, 3, "value", StateOp.SET, None, "'Title'", "rerun.py", 4),
        *write(1, 1, 5 * MS, "heading", "Title", 6),
        *write(2, 1, 8 * MS, "button", "Foo", 8),
    ]


def three_runs(store: TraceStore) -> int:
    """First load, then one click that is halted by a rerun."""
    records = [*first_load(), *halted_click(1, 2, 3200, 3)]
    return keep(store, replace(INFO, complete=True), records)


def two_threads(store: TraceStore) -> int:
    """A run of 12 ms that starts two threads; they run at the same time, from 4 and 5 ms on."""
    frames = (
        Frame(1, 0, "<module>", 1, 1, 0),
        Frame(2, 0, "load_sales", 1, 3, 1),
        Frame(3, 0, "load_prices", 1, 8, 2),
    )
    places = [(3, 1), (4, 2), (5, 3), (6, 1), (9, 2), (10, 3), (11, 2)]
    steps = [Step(at * MS, 1, 1, frame) for at, frame in places]
    records = [
        AppSession(1, "abc", 0),
        SOURCE,
        load(),
        app_run(1, 0, 2, 10, steps=len(steps)),
        StepChunk(1, 1, steps, frames),
        *counts(1, (1,)),
    ]
    return keep(store, replace(INFO, complete=True), records)


def many_runs(store: TraceStore, clicks: int = 1500) -> int:
    """The first load and `clicks` clicks, two runs each; people pause for seconds in between."""
    records = first_load()
    for n in range(1, clicks + 1):
        records += halted_click(n, 2 * n, 3000 * n + (n % 7) * 400, 4 * n)
    return keep(store, replace(INFO, complete=True, limits=("older steps were dropped",)), records)


LONG = "Show me the very long quarterly revenue forecast of the north-eastern region, please"


def everything(store: TraceStore) -> int:
    """Every kind of record once, with names that are much too long."""
    script = "a/rather/deeply/nested/folder/with_a_surprisingly_long_application_name.py"
    text = RERUN_APP + "\n".join(
        [
            "def update_the_value_of_the_application(value):",
            "    st.session_state.value = value",
            "    return value",
            "@st.fragment",
            "def clock():",
            '    st.write("a long line: " + ", ".join(str(number) for number in range(1_000_000)))',
            "    raise ValueError('<b>no</b>')",
        ]
    )
    blocks = (
        CodeBlock("<module>", 1, (*LINES, 12, 16)),
        CodeBlock("update_the_value_of_the_application", 12, (13, 14)),
        CodeBlock("clock", 16, (17, 18)),
    )
    traceback = 'Traceback:\n  File "x.py", line 18, in clock\nValueError: <b>no</b>'
    base = {"script": script}
    records: list[Record] = [
        AppSession(1, "abc", 0),
        Source(1, script, text, "the app's script", blocks),
        load(),
        app_run(1, 0, 2, 400, **base),
        *counts(1, (1, 3, 4, 6, 8, 11, 12, 16, 17, 18), script),
        click(1, 5000, LONG),
        app_run(
            2, 1, 5001, 30, **base, outcome=Outcome.SUPERSEDED, halted_file=script, halted_line=8
        ),
        *counts(2, (13, 14, 1, 3, 6, 8), script),
        Callback(
            2,
            "update_the_value_of_the_application",
            script,
            12,
            int(5001.5 * MS),
            5003 * MS,
            3,
            label=LONG,
        ),
        StateWrite(2, 5002 * MS, 2, "value", StateOp.SET, "'Title'", repr("x" * 200), script, 13),
        *write(1, 2, 5010 * MS, "heading", LONG, 6, out_of_order=True),
        CacheAccess(2, 5011 * MS, 4, "load_data", "data", False, 2 * MS, script, 6),
        click(2, 5020, "Bar"),
        app_run(3, 2, 5025, 20, **base),
        *counts(3, (1, 3, 6, 8, 11), script),
        RerunRequest(3, 5030 * MS, 3, script, 8, "f", "fragment", False, "not in a fragment"),
        StateWrite(3, 5044 * MS, 5, "name", StateOp.CLEANUP, "'Ada'", None),
        Interaction(3, 1, 9000 * MS, InteractionKind.TIMER, {"timer": True}, fragment="f" * 32),
        app_run(
            4,
            3,
            9001,
            4,
            **base,
            kind=RunKind.FRAGMENT,
            fragments=("f" * 32,),
            outcome=Outcome.ERROR,
            halted_file=script,
            halted_line=18,
        ),
        *counts(4, (17, 18), script),
        RunError(4, 9004 * MS, 2, "ValueError", "<b>no</b>", traceback, script, 18),
        Limit("values", "values longer than 200 characters were shortened"),
    ]
    info = replace(INFO, app=script, complete=False, variant="callback")
    return keep(store, info, records)


def now() -> datetime:
    """For a recording that is to count as live."""
    return datetime.now(UTC)
