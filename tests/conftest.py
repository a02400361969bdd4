"""What tests of several files start from: an empty store, and the pages over it."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from rerun_trace.db.store import TraceStore
from rerun_trace.web.app import create_app
from rerun_trace.web.server.serving import RunningServer, serve

# A shell lets what it starts in the background ignore Ctrl-C, and nohup the end of the terminal;
# the commands that are tested would inherit that, but not a handler.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)


# A file is one worker's: what takes longest does not begin when the other worker is about to end.
LONGEST = ("test_report_replay.py", "test_live_process.py", "test_report_page.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those with a browser come last: it leaves an event loop in its process."""
    items.sort(key=lambda item: (item.path.parent.name == "ui", item.path.name not in LONGEST))


def _watching() -> tuple[object, ...]:
    """Whatever is told of running code now: trace functions, and the tools of `sys.monitoring`."""
    monitoring = getattr(sys, "monitoring", None)
    tools = [] if monitoring is None else [monitoring.get_tool(n) for n in range(6)]
    return sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile(), *tools


@pytest.fixture(autouse=True)
def nothing_goes_on_watching() -> Iterator[None]:
    """No test leaves a trace function or a monitoring tool behind."""
    before = _watching()
    yield
    assert _watching() == before


@pytest.fixture(autouse=True, scope="module")
def what_was_loaded_is_left_alone() -> None:
    """Streamlit collects garbage after each run: in this process there is much to look through."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TraceStore]:
    with TraceStore.open(tmp_path / "recordings.db") as store:
        yield store


@pytest.fixture
def client(store: TraceStore) -> FlaskClient:
    """Asks the pages without a server between."""
    return create_app(store).test_client()


@pytest.fixture
def server(store: TraceStore) -> Iterator[RunningServer]:
    server = serve(create_app(store))
    yield server
    server.close()
