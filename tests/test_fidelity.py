"""The traced app sends the browser what the untraced one sends, message by message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from support import ENGINES, SAMPLES, record
from test_samples import CASES

from rerun_trace.tracer.host.driver import drive
from rerun_trace.tracer.host.scenario import parse_scenario

APPS = {
    **CASES,
    "dashboard": ("dashboard.py", [{"set": "Least units a day", "value": 20}]),
    "threads": ("threads.py", [{"rerun": True}]),
    "secret_login": ("secret_login.py", [{"set": "Password", "value": "open sesame"}]),
}
# Named anew in every process, run or session: what they name is compared, not the names.
_RANDOM = {"sessionId", "scriptRunId", "runId", "hash", "cacheable"}
_COUNTED = re.compile(r"\b((?:param|view)_)\d+")  # Altair numbers them through the process
_HEX = re.compile(r"[0-9a-f]{24,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def canonical(messages: Sequence[bytes]) -> list[Any]:
    """The sequence without what only Streamlit's own timing decides.

    Streamlit flushes its queue every 10 ms, wherever the script is. If two writes to one place wait
    in the queue together, only the second is sent, in the first one's turn; and what a run wrote
    before a rerun is sent or not. Two untraced runs differ in this. So: each place once in a run,
    where it was written first, as it was written last; and nothing of a run that was halted.
    """
    runs: list[list[tuple[Any, Any]]] = [[]]
    for data in messages:
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            runs.append([])
        plain = _normal(MessageToDict(message))
        if kind == "delta":
            place = (tuple(message.metadata.delta_path), message.delta.WhichOneof("type"))
            known = [n for n, (other, _) in enumerate(runs[-1]) if other == place]
            if known and place[1] == "new_element":
                runs[-1][known[0]] = (place, plain)
                continue
            runs[-1].append((place, plain))
        else:
            runs[-1].append((None, plain))
    return [
        plain
        for run in runs
        for place, plain in run
        if place is None or not any(_halted(other) for _, other in run)
    ]


def _halted(message: dict[str, Any]) -> bool:
    return message.get("scriptFinished") == "FINISHED_EARLY_FOR_RERUN"


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        plain = {k: _normal(v) for k, v in value.items() if k not in _RANDOM}
        return {k: v for k, v in plain.items() if v != {}}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if isinstance(value, str):
        return _COUNTED.sub(r"\1N", _HEX.sub("<hex>", value))
    return value


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
