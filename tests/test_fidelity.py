"""The traced app sends the browser what the untraced one sends, message by message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import ENGINES, SAMPLES, record
from test_samples import CASES

from bench.fidelity.sequence import canonical
from rerun_trace.tracer.driver.driver import drive
from rerun_trace.tracer.driver.scenario import parse_scenario

pytestmark = pytest.mark.ends

APPS = {
    **CASES,
    "dashboard": ("dashboard.py", [{"set": "Least units a day", "value": 20}]),
    "threads": ("threads.py", [{"rerun": True}]),
    "secret_login": ("secret_login.py", [{"set": "Password", "value": "open sesame"}]),
}


@pytest.fixture(scope="module")
def untraced() -> dict[str, list[Any]]:
    return {}


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("engine", ENGINES)
def test_same_messages(
    name: str, engine: str, tmp_path: Path, untraced: dict[str, list[Any]]
) -> None:
    app, steps = APPS[name]
    if name not in untraced:
        # Older versions keep some of an app's pages for the process: compare warm with warm.
        drive(SAMPLES / app, parse_scenario(steps))
        plain = drive(SAMPLES / app, parse_scenario(steps))
        assert plain.failed_step is None
        untraced[name] = canonical(plain.messages)
    recorded = record(SAMPLES / app, steps, tmp_path / "db.sqlite", engine=engine)
    traced = canonical(recorded.drive.messages)
    assert traced == untraced[name]


def test_the_store_holds_what_the_browser_received(tmp_path: Path) -> None:
    app, steps = APPS["dashboard"]
    recorded = record(SAMPLES / app, steps, tmp_path / "db.sqlite")
    with recorded.store() as store:
        delivered = [m for m in store.messages(recorded.id) if m.sent_order is not None]
        delivered.sort(key=lambda m: m.sent_order or 0)
        bodies = [store.message_body(m.body) for m in delivered]
    received = recorded.drive.messages
    assert len(bodies) == len(received)
    assert canonical(bodies) == canonical(received)
