"""One server for all tests of a module whose store stays as it is: what it has read, it has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rerun_trace.db.store import TraceStore
from rerun_trace.web.app import create_app
from rerun_trace.web.server.serving import RunningServer, serve


@pytest.fixture(scope="module")
def lasting_server(store: TraceStore) -> Iterator[RunningServer]:
    """In the place of `server`, which each test has anew."""
    server = serve(create_app(store))
    yield server
    server.close()
