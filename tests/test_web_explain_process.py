"""The process that explains recordings: it answers as this one would, and never outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from explaining import FINDINGS, scenario_of
from flask.testing import FlaskClient
from support import record

from rerun_trace.commands.live_lines import LiveLines
from rerun_trace.commands.live_runs import News
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.errors import RecordingNotFound, StoreError
from rerun_trace.web.app import create_app
from rerun_trace.web.models.questions import FindingsAsked
from rerun_trace.web.server.explain_process import ExplainProcess
from rerun_trace.web.server.explaining import ExplainError, explanations_of

pytestmark = pytest.mark.first_row
WAIT_S = 30


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TraceStore]:
    folder = FINDINGS / "stale-read"
    db = tmp_path_factory.mktemp("explained") / "recordings.db"
    record(folder / "fault.py", scenario_of("stale-read"), db)
    with TraceStore.open(db) as store:
        yield store


@pytest.fixture(scope="module")
def process(store: TraceStore) -> Iterator[ExplainProcess]:
    with ExplainProcess(store.address) as process:
        yield process


def until(ask: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WAIT_S
    while not ask():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(said.stdout.strip()) and not said.stdout.startswith("Z")


def children_of(pid: int) -> list[int]:
    order = ["pgrep", "-P", str(pid), "-f", "explain_process"]
    return [int(n) for n in subprocess.run(order, capture_output=True, text=True).stdout.split()]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("1/findings", 200),
        ("1/findings?interactions=0,1", 200),
        ("1/why?about=run&run=2", 200),
        ("1/why?about=line&run=2&name=fault.py&line=4&not=1", 404),
        ("1/why?about=run&run=99", 404),
        ("1/why?about=weather", 400),
        ("99/findings", 404),
    ],
)
def test_it_answers_as_this_process_would(
    store: TraceStore, process: ExplainProcess, path: str, code: int
) -> None:
    def answer(client: FlaskClient) -> tuple[int, Any]:
        found = client.get(f"/api/recordings/{path}")
        return found.status_code, found.get_json()

    own, other = create_app(store), create_app(store, explaining=process)
    assert answer(other.test_client()) == answer(own.test_client())
    assert answer(own.test_client())[0] in (code, 200)


def test_the_lines_of_a_recording_are_the_same(store: TraceStore, process: ExplainProcess) -> None:
    said: dict[str, list[Any]] = {}
    for name, explaining in (("own", explanations_of(store)), ("other", process)):
        LiveLines(store, explaining, 1, said.setdefault(name, []).append).close()
    assert said["own"] == said["other"]
    assert any("stale-read" in str(line) for line in said["own"])


def test_what_was_told_is_not_sent_again(process: ExplainProcess) -> None:
    told, findings = process.of(1).ask(News(1, frozenset(), frozenset()))
    known = frozenset(each.identity for each in findings)
    assert len(told) > 2
    assert findings
    left = process.of(1).ask(News(2, frozenset({3}), known))
    assert [run.n for run, _ in left[0]] == [run.n for run, _ in told if run.n not in (1, 3)]
    assert left[1] == []


def test_many_ask_at_once(process: ExplainProcess) -> None:
    found: list[bytes] = []
    asking = [
        threading.Thread(target=lambda: found.append(process.of(1).ask(FindingsAsked())))
        for _ in range(12)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(WAIT_S)
    assert len(found) == 12
    assert len(set(found)) == 1


def test_its_errors_are_errors_here(process: ExplainProcess, tmp_path: Path) -> None:
    with pytest.raises(RecordingNotFound, match="no recording 99"):
        process.of(99).ask(FindingsAsked())
    with pytest.raises(ExplainError, match="this cannot be explained: TypeError"):
        process.of(1).ask(len)  # type: ignore[arg-type]
    with (
        ExplainProcess(f"sqlite:///{tmp_path / 'none.db'}") as other,
        pytest.raises(StoreError),
    ):
        other.of(1).ask(FindingsAsked())


def test_one_that_was_killed_is_followed_by_another(store: TraceStore) -> None:
    with ExplainProcess(store.address) as process:
        before = process.of(1).ask(FindingsAsked())
        (pid,) = [n for n in children_of(os.getpid()) if n == process.pid]
        os.kill(pid, signal.SIGKILL)

        def answered() -> bool:
            try:
                return process.of(1).ask(FindingsAsked()) == before
            except ExplainError:  # it was asked before its end was known
                return False

        until(answered, "an answer of another process")
        assert process.pid != pid
    assert not runs(process.pid)
    with pytest.raises(ExplainError, match="ended"):
        process.of(1).ask(FindingsAsked())


def test_it_ends_with_the_process_that_started_it(store: TraceStore) -> None:
    code = (
        "import sys, time\n"
        "from rerun_trace.web.server.explain_process import ExplainProcess\n"
        "process = ExplainProcess(sys.argv[1])\n"
        "print(process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    order = [sys.executable, "-c", code, store.address]
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert runs(pid)
        parent.kill()
    until(lambda: not runs(pid), "the end of the process that explains")
