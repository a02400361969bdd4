"""Names and notes in the store: kept, numbered, deleted, and refused in one line."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from test_db_examples import fresh_database, open_store, record, run  # noqa: F401 (fixtures)

from rerun_trace.db.editing import notes
from rerun_trace.db.store import TraceStore
from rerun_trace.facts import facts_of
from rerun_trace.tracer.errors import NoteNotFound, RecordingNotFound, StoreError

pytestmark = pytest.mark.first_row


def test_notes_come_back_in_the_order_of_their_moments(store: TraceStore) -> None:
    one, two = record(store, run(1, steps=9), run(2, steps=9)), record(store, run(1))
    assert store.notes(one) == []
    late = store.add_note(one, 2, 3, "late Grüße 🎈")
    early = store.add_note(one, 1, 0, "nul \0 and a lone surrogate \ud800")
    assert early.text == "nul ␀ and a lone surrogate ?"
    assert store.notes(one) == [early, late]
    assert store.notes(two) == []
    changed = store.change_note(one, late.n, "later")
    assert (changed.text, changed.run, changed.step) == ("later", 2, 3)
    assert changed.written_at >= late.written_at
    store.delete_note(one, early.n)
    assert store.notes(one) == [changed]
    assert [summary.notes for summary in store.summaries()] == [0, 1]
    document = facts_of(store, one)
    assert [note["text"] for note in document["notes"]] == ["later"]
    assert document["recording"]["name"] is None


def test_a_number_is_never_given_away_twice(store: TraceStore) -> None:
    id = record(store, run(1, steps=2))
    first = store.add_note(id, 1, 1, "first")
    store.delete_note(id, first.n)
    again = store.add_note(id, 1, 1, "again")
    assert again.n > first.n
    with pytest.raises(NoteNotFound, match=f"recording {id} has no note {first.n}"):
        store.change_note(id, first.n, "of another page, which did not know")


def test_a_name_is_in_every_list(store: TraceStore) -> None:
    id = record(store)
    store.rename(id, "The double click")
    assert store.recording(id).name == "The double click"
    assert store.summaries()[0].info.name == "The double click"
    store.rename(id, None)
    assert store.recording(id).name is None


def test_every_change_is_seen_by_who_watches(store: TraceStore) -> None:
    id = record(store, run(1, steps=2))
    edits = store.counts(id)["edits"]
    with store.watching(id) as is_new:
        assert is_new()
        assert not is_new()
        store.rename(id, "name")
        assert is_new()
        note = store.add_note(id, 1, 1, "note")
        assert is_new()
        store.delete_note(id, note.n)
        assert is_new()
    assert store.counts(id)["edits"] == edits + 3


def test_what_is_not_there_is_named(store: TraceStore) -> None:
    id = record(store, run(1))
    for missing in (0, -1, id + 1, 2**70):
        with pytest.raises(RecordingNotFound):
            store.notes(missing)
        with pytest.raises(RecordingNotFound):
            store.rename(missing, "x")
        with pytest.raises(RecordingNotFound):
            store.add_note(missing, 1, 0, "x")
        with pytest.raises(NoteNotFound):
            store.delete_note(id, missing)
        with pytest.raises(RecordingNotFound, match="no run"):
            store.add_note(id, missing if missing != id + 1 else 2, 0, "x")
    # What failed has changed nothing.
    assert store.counts(id)["edits"] == 0


def test_there_is_an_end_of_notes(store: TraceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MOST_NOTES", 2)
    id = record(store, run(1, steps=2))
    for text in "ab":
        store.add_note(id, 1, 1, text)
    with pytest.raises(StoreError, match="has 2 notes already; delete some first"):
        store.add_note(id, 1, 1, "c")
    assert len(store.notes(id)) == 2


def test_notes_go_with_their_recording(store: TraceStore) -> None:
    one, two = record(store, run(1, steps=2)), record(store, run(1, steps=2))
    for id in (one, two):
        store.add_note(id, 1, 1, f"of {id}")
    store.delete(one)
    assert [note.text for note in store.notes(two)] == [f"of {two}"]
    with pytest.raises(RecordingNotFound):
        store.notes(one)


def test_a_locked_file_is_said_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "PATIENCE_S", 0.05)
    path = tmp_path / "recordings.sqlite"
    with TraceStore.open(path) as store:
        id = record(store, run(1, steps=2))
        # GIVEN another program that keeps the file's write lock
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        # WHEN a note is to be kept
        began = time.monotonic()
        with pytest.raises(StoreError, match="is locked by another program"):
            store.add_note(id, 1, 1, "x")
        assert time.monotonic() - began < 25, "it did not wait as long as a recording does"
        # THEN it is possible again as soon as the lock is gone, and nothing was half done
        other.execute("ROLLBACK")
        other.close()
        assert store.notes(id) == []
        store.add_note(id, 1, 1, "y")
        # and the connection waits for others again as long as all do
        with store._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
