"""What tests of several files start from: an empty store, and the pages over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from rerun_trace.db.store import TraceStore
from rerun_trace.web.app import create_app
from rerun_trace.web.server import RunningServer, serve


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
