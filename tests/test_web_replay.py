"""The page of a moment as JSON, and the frame that shows it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from ui import handmade

from rerun_trace.db.store import TraceStore
from rerun_trace.db.writing.direct import DirectWriter
from rerun_trace.tracer.model import (
    ContainerWrite,
    MessageBody,
    MessageFate,
    MessageSettled,
    Outcome,
    PageMessage,
    Record,
    RunKind,
    ScriptRun,
    WriteKind,
)
from rerun_trace.web.app import create_app
from rerun_trace.web.replay import batch
from rerun_trace.web.replay import streamlit_files as frontend
from rerun_trace.web.replay.batch import LATER, MOST, NOT_KEPT

pytestmark = pytest.mark.first_row

FRAME = "/recordings/1/replay/"
API = "/api/recordings/1"


def unpacked(answer: bytes) -> list[bytes | int]:
    """The bodies of an answer; of one that is not there, what is said in its place."""
    found: list[bytes | int] = []
    while answer:
        length = int.from_bytes(answer[:4])
        if length in (LATER, NOT_KEPT):
            found.append(length)
            length = 0
        else:
            found.append(answer[4 : 4 + length])
        answer = answer[4 + length :]
    return found


def run_of(
    n: int, writes: list[str], ended: str, fragment: str | None = None, sent: bool = True
) -> list[Record]:
    """A run that writes texts one below the other, one each step; a fragment's begin at 5."""
    outcome = Outcome.RERUN if ended == "FINISHED_EARLY_FOR_RERUN" else Outcome.COMPLETED
    fragments = (fragment,) if fragment else ()
    kind = RunKind.FRAGMENT if fragment else RunKind.APP
    run = handmade.app_run(n, 0, n * 10, 5, outcome=outcome, steps=len(writes))
    records: list[Record] = [replace(run, kind=kind, fragments=fragments)]
    number = n * 100

    def message(type_: str, detail: dict[str, Any], **more: Any) -> PageMessage:
        nonlocal number
        number += 1
        body = f"{number:032x}"
        records.append(MessageBody(body, type_.encode()))
        lost = type_ == "delta" and not sent
        fate = MessageFate.DISCARDED if lost else MessageFate.DELIVERED
        order = None if lost else number
        made = PageMessage(number, 1, n, number, type_, body, 9, detail=detail, **more)
        records.append(replace(made, fate=fate, sent_order=order))
        return made

    message("new_session", {"fragments": list(fragments)})
    for step, label in enumerate(writes, start=1):
        place = (0, step - 1 + (5 if fragment else 0))
        detail = {"fragment": fragment} if fragment else {}
        text = (WriteKind.ELEMENT, "text", label)
        made = message("delta", detail, path=place, kind=text[0], element=text[1], label=label)
        records.append(ContainerWrite(n, number, step, made.n, place, *text, False, "a.py", step))
    message("script_finished", {"status": ended})
    return records


WELL = "FINISHED_SUCCESSFULLY"
FRAGMENT = "FINISHED_FRAGMENT_RUN_SUCCESSFULLY"
EARLY = "FINISHED_EARLY_FOR_RERUN"


def keep(store: TraceStore, *runs: list[Record]) -> None:
    info = replace(handmade.INFO, complete=True, streamlit=frontend.version())
    handmade.keep(store, info, [record for run in runs for record in run])


def page(client: FlaskClient, run: int, query: str = "") -> dict[str, Any]:
    answer = client.get(f"{API}/runs/{run}/page?{query}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def labels(page: dict[str, Any]) -> list[str]:
    return [node["label"] for node in page["nodes"]]


def test_the_page_after_a_step(client: FlaskClient, store: TraceStore) -> None:
    keep(store, run_of(1, ["Title", "done"], WELL))
    found = page(client, 1, "step=1")
    assert found["feed"] == [{"n": n, "hash": f"{n:032x}"} for n in (101, 102)]
    (node,) = found["nodes"]
    assert node["order"] == 1
    assert [node["run"], node["step"], node["line"]] == [1, 1, 1]
    assert found["text"] == "as the browser had it after step 1"
    assert labels(page(client, 1)) == ["Title", "done"]
    assert found["versions"] == [frontend.version()] * 2


def test_a_run_that_goes_on_has_no_end_yet(client: FlaskClient, store: TraceStore) -> None:
    first, *rest = run_of(1, ["Title"], WELL)
    assert isinstance(first, ScriptRun)
    keep(store, [replace(first, outcome=Outcome.RUNNING, ended_ns=None), *rest])
    assert page(client, 1)["text"] == "as the browser had it so far in run 1"


def test_what_is_on_its_way_when_a_run_is_looked_at_is_seen_when_it_has_arrived(
    client: FlaskClient, store: TraceStore
) -> None:
    # GIVEN a run that has ended, whose second text and end have not left the queue yet
    records = run_of(1, ["Title", "done"], WELL)
    waiting = {103: 3, 104: 4}
    for i, item in enumerate(records):
        if isinstance(item, PageMessage) and item.n in waiting:
            records[i] = replace(item, fate=MessageFate.PENDING, sent_order=None)
    writer = DirectWriter(store._engine)
    writer.begin(handmade.INFO)
    writer.write(records)
    # WHEN the page is looked at before they are sent, and once more after that
    early = page(client, 1)
    settled = waiting.items()
    writer.write(MessageSettled(n, MessageFate.DELIVERED, n, order) for n, order in settled)
    # THEN it is not what was kept from before
    assert (labels(early), early["pending"]) == (["Title"], True)
    late = page(client, 1)
    assert (labels(late), late["pending"]) == (["Title", "done"], False)


def test_what_a_halted_run_wrote(client: FlaskClient, store: TraceStore) -> None:
    keep(
        store,
        run_of(1, ["Title", "done"], WELL),
        run_of(2, ["Foo"], EARLY, sent=False),
        run_of(3, ["Foo"], WELL),
    )
    assert labels(page(client, 2)) == ["Title", "done"]
    written = page(client, 2, "as=written")
    assert labels(written) == ["Foo", "done"]
    assert [node["order"] for node in written["nodes"]] == [1, None]
    assert [node["fate"] for node in written["nodes"]] == ["discarded", "delivered"]
    assert written["text"] == "as written: the browser never saw it, discarded by run 3"
    assert labels(page(client, 3, "step=0")) == ["Title", "done"]
    assert labels(page(client, 3)) == ["Foo"]


def test_of_a_fragment_only_the_last_whole_run_counts(
    client: FlaskClient, store: TraceStore
) -> None:
    ticks = [run_of(n, [f"tick {n}"], FRAGMENT, fragment="clock") for n in range(2, 6)]
    other = run_of(6, ["other"], FRAGMENT, fragment="other")
    keep(store, run_of(1, ["1", "2", "3", "4", "5"], WELL), *ticks, other)
    base = store.page_base(1, store.run(1, 6))
    assert base.runs == [1, 5]
    assert not base.partial
    assert labels(page(client, 6, "step=0")) == ["1", "2", "3", "4", "5", "tick 5"]
    # The same, however one came there.
    assert labels(page(client, 4)) == ["1", "2", "3", "4", "5", "tick 4"]
    assert labels(page(client, 5)) == ["1", "2", "3", "4", "5", "tick 5"]


def test_a_run_without_detail_is_said(client: FlaskClient, store: TraceStore) -> None:
    bare: list[Record] = [replace(handmade.app_run(2, 0, 20, 5), detailed=False)]
    keep(store, run_of(1, ["Title"], WELL), bare, run_of(3, [], WELL))
    found = page(client, 2)
    assert found["partial"]
    assert found["text"] == "run 2 was not recorded in full: the page before it"
    assert labels(found) == ["Title"]
    assert page(client, 3)["partial"]


def test_bad_requests_get_a_sentence(client: FlaskClient, store: TraceStore) -> None:
    keep(store, run_of(1, ["Title"], WELL))
    for query, code in (("as=seen", 400), ("step=x", 400), ("step=-1", 400)):
        answer = client.get(f"{API}/runs/1/page?{query}")
        assert answer.status_code == code
        assert answer.get_json()["error"]
    assert client.get(f"{API}/runs/7/page").status_code == 404
    for hashes in ("", ",".join(f"{n:032x}" for n in range(MOST + 1))):
        answer = client.get(f"{API}/bodies?of={hashes}")
        assert answer.status_code == 400
        assert answer.get_json()["error"].startswith("of must be 1 to 200 content hashes")


def test_a_locked_database_is_not_said_to_keep_no_body(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rerun_trace.db.engine.BUSY_TIMEOUT_S", 0.01)
    path = tmp_path / "locked.sqlite"
    with TraceStore.open(path) as store:
        keep(store, run_of(1, ["Title"], WELL))
        client = create_app(store).test_client()
        assert client.get(f"{API}/bodies?of={102:032x}").status_code == 200
        store._version.close()
        store._engine.dispose()  # no connection of ours is open just now
        # GIVEN another program that reads and writes the file alone
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        try:
            answer = client.get(f"{API}/bodies?of={102:032x}")
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert answer.status_code == 503
        assert "is locked by another program" in answer.get_data(as_text=True)


def test_a_body_never_changes(client: FlaskClient, store: TraceStore) -> None:
    keep(store, run_of(1, ["Title"], WELL))
    answer = client.get(f"{API}/bodies?of={102:032x}")
    assert unpacked(answer.data) == [b"delta"]
    assert "immutable" in answer.headers["Cache-Control"]
    # Only pages of this site may read it: the frame may not.
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_frame_is_sandboxed_and_ours_comes_first(client: FlaskClient) -> None:
    answer = client.get(FRAME)
    assert "sandbox allow-scripts" in answer.headers["Content-Security-Policy"]
    assert "allow-same-origin" not in answer.headers["Content-Security-Policy"]
    assert answer.text.index("replay.js") < answer.text.index("static/js/")
    assert "shortcut icon" not in answer.text
    with client.get(f"{FRAME}-/replay.js") as script:
        assert script.status_code == 200
    assert client.get(f"{FRAME}-/main.js").status_code == 404
    config = client.get(f"{FRAME}_stcore/host-config").get_json()
    assert config["metricsUrl"] == "off"
    assert client.get(f"{FRAME}_stcore/health").text == "ok"


@pytest.mark.parametrize("path", ["../web/cli.py", "%2e%2e/web/cli.py", "static/../../web/cli.py"])
def test_nothing_else_of_streamlit_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(FRAME + path).status_code == 404


def test_what_was_not_recorded_has_a_placeholder(client: FlaskClient) -> None:
    media = client.get(f"{FRAME}media/abc.png")
    assert media.mimetype == "image/svg+xml"
    component = client.get(f"{FRAME}component/some.name/index.html")
    assert "not recorded" in component.text
    assert "sandbox allow-scripts" in component.headers["Content-Security-Policy"]


def test_bodies_come_in_the_order_asked_for(client: FlaskClient, store: TraceStore) -> None:
    keep(store, run_of(1, ["Title", "Text"], WELL))
    named = [f"{n:032x}" for n in (102, 101, 999, 102)]
    answer = client.get(f"{API}/bodies?of={','.join(named)}")
    assert unpacked(answer.data) == [b"delta", b"new_session", NOT_KEPT, b"delta"]
    # What is not there now may be there later.
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_damaged_body_costs_no_other(
    client: FlaskClient, store: TraceStore, tmp_path: Path
) -> None:
    keep(store, run_of(1, ["Title", "Text"], WELL))
    with store._engine.begin() as connection:
        damage = f"UPDATE message_bodies SET zipped = true WHERE hash = '{102:032x}'"
        connection.execute(text(damage))
    answer = client.get(f"{API}/bodies?of={101:032x},{102:032x},{103:032x}")
    assert unpacked(answer.data) == [b"new_session", NOT_KEPT, b"delta"]


def test_a_long_answer_ends_early_and_says_so(
    client: FlaskClient, store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LONG", 12)
    keep(store, run_of(1, ["Title", "Text"], WELL))
    asked = [f"{n:032x}" for n in (101, 102, 103)]
    there = unpacked(client.get(f"{API}/bodies?of={','.join(asked)}").data)
    # Each request brings something, so that whoever asks again comes to an end.
    assert there.count(LATER) == 1
    again = [hash for hash, body in zip(asked, there, strict=True) if body == LATER]
    assert LATER not in unpacked(client.get(f"{API}/bodies?of={again[0]}").data)
