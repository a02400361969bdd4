"""Hand-made records, and the databases that the other test_db files run on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import (
    AppSession,
    AttemptFate,
    CacheAccess,
    Callback,
    CodeBlock,
    ContainerWrite,
    DrawnWidget,
    Frame,
    Interaction,
    InteractionKind,
    LineCount,
    MessageBody,
    MessageFate,
    MessageSettled,
    Outcome,
    PageMessage,
    QueryChange,
    Record,
    RecordingInfo,
    RerunRequest,
    RunError,
    RunKind,
    ScriptRun,
    Source,
    StateAttempt,
    StateOp,
    StateRead,
    StateWrite,
    Step,
    StepChunk,
    TriggerType,
    ValueChange,
    WidgetChange,
    WriteKind,
)

pytestmark = pytest.mark.first_row

POSTGRES = os.environ.get("RERUN_TRACE_TEST_POSTGRES")
KINDS = [
    "sqlite",
    pytest.param(
        "postgresql",
        marks=pytest.mark.skipif(not POSTGRES, reason="RERUN_TRACE_TEST_POSTGRES is not set"),
    ),
]


@pytest.fixture(name="url", params=KINDS)
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: a SQLite file, and a schema of its own on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'recordings.sqlite'}"
        return
    assert POSTGRES is not None
    schema = f"rerun_{uuid.uuid4().hex}"
    server = make_url(POSTGRES).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        own = server.update_query_dict({"options": f"-csearch_path={schema}"})
        yield own.render_as_string(hide_password=False)
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(name="store")
def open_store(url: str) -> Iterator[TraceStore]:
    """A store on an empty database."""
    with TraceStore.open(url) as store:
        yield store


def child_process(code: str, *args: str) -> subprocess.Popen[str]:
    """A Python process that runs `code` and can import what this one can. Pipes carry text."""
    path = [str(Path(__file__).parent), *filter(None, sys.path)]
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}\n{code}", *args]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


class Feed:
    """Stands in for a recorder: what is given here, the sink drains."""

    def __init__(self, *records: Record) -> None:
        self._records = list(records)
        self._lock = threading.Lock()
        self._written = threading.Event()
        self._taken: bool | None = None
        self.wake: Callable[[], object] = lambda: None  # the sink's

    def drain(self) -> list[Record]:
        with self._lock:
            if self._taken:  # the sink came back: it has written what it took
                self._written.set()
            if self._taken is not None:
                self._taken = True
            taken, self._records = self._records, []
            return taken

    def give(self, *records: Record) -> None:
        """Hands records over, and waits until the sink has written them."""
        with self._lock:
            self._records += records
            self._written.clear()
            self._taken = False
        for _ in range(3000):
            self.wake()
            if self._written.wait(0.01):
                return
        pytest.fail("the sink does not drain")


def info(**changes: object) -> RecordingInfo:
    values: dict[str, object] = {
        "app": "app.py",
        "folder": "/home/ada/demo",
        "started_at": datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
        "python": "3.13.0",
        "streamlit": "1.67.0",
        "engine": "monitoring",
        "engine_reason": "Python 3.12 or newer",
    }
    return RecordingInfo(**{**values, **changes})  # type: ignore[arg-type]


def record(store: TraceStore, *records: Record, **changes: object) -> int:
    """A complete recording of `records`; its id."""
    sink = store.sink()
    id = sink.open(info(**changes), Feed(*records).drain)
    sink.close()
    assert sink.error is None
    return id


def run(n: int, **changes: object) -> ScriptRun:
    values: dict[str, object] = {
        "n": n,
        "app_session": 1,
        "kind": RunKind.APP,
        "trigger_type": TriggerType.INTERACTION,
        "trigger": n - 1,
        "interaction": n - 1,
        "script": "app.py",
        "started_ns": n * 1_000_000,
    }
    return ScriptRun(**{**values, **changes})  # type: ignore[arg-type]


def message(n: int, run: int | None = 1, body: str = "h1", **changes: object) -> PageMessage:
    values: dict[str, object] = {
        "n": n,
        "app_session": 1,
        "run": run,
        "at_ns": n * 1000,
        "type": "delta",
        "body": body,
        "size": 5,
    }
    return PageMessage(**{**values, **changes})  # type: ignore[arg-type]


def chunk(run: int, first: int, last: int) -> StepChunk:
    """Steps `first` to `last` of a loop: the module body, and one frame for every 10 steps."""
    steps = [Step(n * 7000, 1, 10 + n % 3, 1 + (n - 1) // 10 + 1) for n in range(first, last + 1)]
    frames = [Frame(1, 0, "<module>", 1, 1, 0)] if first == 1 else []
    frames += [
        Frame(n, 1, "work", 1, 9, 0)
        for n in dict.fromkeys(step.frame for step in steps)
        if (n - 2) * 10 + 1 >= first
    ]
    changes = [
        ValueChange(n, step.frame, "i", "local", str(n)) for n, step in enumerate(steps, first)
    ]
    return StepChunk(run, first, steps, frames, changes)


LARGE = 2**62  # ns: more than 32 bits, less than the 64 of the columns

# Any: lists of the class that is their key.
EVERYTHING: dict[type, list[Any]] = {
    AppSession: [AppSession(1, "abc", 0, 99), AppSession(2, "def", LARGE)],
    Interaction: [
        Interaction(0, 1, 0, InteractionKind.LOAD, {"load": True}),
        Interaction(
            1,
            1,
            5,
            InteractionKind.WIDGET,
            {"set": "Grüße 🎈", "value": [1, 2.5, None]},
            (
                WidgetChange("$$ID-1", "slider", "Size", None, 1, 2.5),
                WidgetChange("$$ID-2", "text_input", "Name", "name", None, {"a": [True]}),
            ),
            "fragment-1",
            "page-2",
            "view=map&q=%20",
        ),
        Interaction(2, 2, LARGE, InteractionKind.STOP, {"stop": True}),
    ],
    ScriptRun: [
        run(1),
        run(
            2,
            kind=RunKind.FRAGMENT,
            trigger_type=TriggerType.RERUN,
            fragments=("f1", "f2"),
            outcome=Outcome.RERUN,
            ended_ns=LARGE,
            body_started_ns=7,
            halted_file="/else/where.py",
            halted_line=12,
            steps=3,
            dropped_steps=2**40,
            detailed=False,
            took=(0, 1),
            fragment_names=("board", "chart"),
            fragments_gone=("f2",),
            stopped_by="browser",
            blind_step=2**40,
            query="a=1",
        ),
        run(3, interaction=0, outcome=Outcome.COMPILE_ERROR, ended_ns=8),
    ],
    RunError: [
        RunError(2, 5, 0, "SyntaxError", "", "Traceback …\n  line"),
        RunError(2, 6, 3, "KeyError", "'a'", "Traceback", "app.py", 3),
    ],
    Callback: [
        Callback(2, "on_click", "app.py", 3, 5, 6, 0),
        Callback(2, "on_change", "lib/b.py", 9, 6, LARGE, 2, "$$ID-1", "Size", "ValueError: no"),
        Callback(
            *(2, "on_change", "lib/b.py", 9, 6, 7, 2),
            arguments=(("name", "'tea'"), ("n", "1")),
            closure=(("item", "'rye'"),),
        ),
    ],
    RerunRequest: [
        RerunRequest(1, 5, 2, None, None, None, "app", True),
        RerunRequest(2, 6, 3, "app.py", 3, "work", "fragment", False, "not in a fragment"),
    ],
    StateWrite: [
        StateWrite(1, 5, 2, "count", StateOp.SET, None, "1", "app.py", 4),
        StateWrite(1, 6, 2, "count", StateOp.CLEANUP, "1", None),
        StateWrite(3, 7, 2, "", StateOp.WIDGET, "", "''"),
    ],
    StateAttempt: [
        StateAttempt(0, LARGE, 0, "total", AttemptFate.LOST, None, "no context"),
        StateAttempt(1, 5, 2, "prompt", AttemptFate.REFUSED, "'a'", "a widget's", "app.py", 8),
    ],
    StateRead: [StateRead(1, 2, "count", True), StateRead(3, 2**20, "", False)],
    QueryChange: [
        QueryChange(1, 5, 2, "", "view=map", "app.py", 3),
        QueryChange(2, LARGE, 0, "view=map", ""),
    ],
    DrawnWidget: [
        DrawnWidget(1, 1, "$$ID-1", "slider", "Size", None, (("min", "0"), ("max", "5"))),
        DrawnWidget(2, 1, "$$ID-1", "slider", "Size", "size", (), "form-1"),
    ],
    ContainerWrite: [
        ContainerWrite(1, 5, 2, 1, (0, 1, 2), WriteKind.ELEMENT, "heading", "Title", False),
        ContainerWrite(
            1, 6, 3, 2, (), WriteKind.ROWS, "arrow_table", "", True, "app.py", 3, "$$ID-1", "f1"
        ),
        ContainerWrite(
            *(
                1,
                7,
                4,
                4,
                (0, 1),
                WriteKind.ELEMENT,
                "slider",
                "Size",
                False,
                "app.py",
                4,
                "$$ID-1",
            ),
            shows="12 (+2)",
            widget=2,
            value="3",
        ),
    ],
    PageMessage: [
        message(1, type="new_session", detail={"fragments": ["f1"], "n": 1}),
        message(
            2,
            path=(0, 1),
            kind=WriteKind.ELEMENT,
            element="heading",
            label="Title",
            fate=MessageFate.DELIVERED,
            fate_ns=LARGE,
            sent_order=1,
        ),
        message(3, None, "h2", type="page_info", path=(), size=2**31 - 1),
        message(4, 2, "h3", fate=MessageFate.DISCARDED, fate_ns=5),
    ],
    CacheAccess: [
        CacheAccess(1, 5, 2, "load", "data", False, LARGE),
        CacheAccess(1, 6, 2, "load", "resource", True, 3, "app.py", 5),
    ],
    LineCount: [
        LineCount(1, "app.py", 1, 1),
        LineCount(1, "app.py", 2, 2**40, True),
        LineCount(2, "/else/where.py", 7, 3),
    ],
    Source: [
        Source(
            1,
            "app.py",
            "import streamlit as st\r\n\n",
            "the main script",
            (CodeBlock("<module>", 1, (1, 5)), CodeBlock("work", 5, ())),
            1,
        ),
        Source(2, "app.py", "", "the main script, edited", (), 4),
        Source(3, "/else/where.py", "# \0 \udc80 é", "imported by it"),
    ],
}
BODIES: list[MessageBody] = [
    MessageBody("h1", b"short"),
    MessageBody("h2", b"long" * 999),
    MessageBody("h3", b""),
]
SETTLED = MessageSettled(3, MessageFate.IGNORED, 77, None)


def record_until_killed(url: str, says: Connection) -> None:
    """Records a run every 4 ms. Says the recording's id, then of each run (n, when made)."""
    queue: deque[Record] = deque()
    sink = TraceStore.open(url).sink()
    says.send(sink.open(info(), lambda: [queue.popleft() for _ in range(len(queue))]))
    for n in range(1, 1_000_000):
        body = MessageBody(f"h{n}", b"x" * n)
        queue.extend((run(n), chunk(n, 1, 50), body, message(n, n, body.hash)))
        says.send((n, time.monotonic()))
        time.sleep(0.004)
