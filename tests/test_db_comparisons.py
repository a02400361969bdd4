"""Comparisons in the store, and databases that are older than them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from test_db_examples import fresh_database, open_store, record  # noqa: F401 (fixtures)

from rerun_trace.db.schema import migrations
from rerun_trace.db.store import TraceStore
from rerun_trace.facts import facts_of
from rerun_trace.tracer.errors import ComparisonNotFound, StoreError
from rerun_trace.tracer.model import ComparedVariant, Comparison

pytestmark = pytest.mark.first_row

REVISION_0001 = Path(__file__).parent / "data" / "revision-0001.sqlite.gz"
AT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def comparison(*variants: ComparedVariant, title: str = "a, b", id: int = 0) -> Comparison:
    steps = ({"click": "Grüße 🎈"}, {"set": "Tags", "value": [1, 2.5, None]})
    return Comparison(title, AT, steps, variants, id)


def test_a_comparison_comes_back_as_it_was(store: TraceStore) -> None:
    assert store.comparisons() == []
    with pytest.raises(ComparisonNotFound, match="nothing has been compared yet"):
        store.comparison(1)
    one, two, three = (record(store) for _ in range(3))
    given = comparison(
        ComparedVariant("a", (two, one)),
        ComparedVariant("b", (), "the app did not become idle"),
        ComparedVariant("c", (three,), "step 2: no widget"),
    )
    id = store.add_comparison(given)
    found = comparison(*given.variants, id=id)
    assert store.comparison(id) == found
    newer = store.add_comparison(comparison(title="newer"))
    assert store.comparisons() == [comparison(title="newer", id=newer), found]
    for missing in (0, -1, newer + 1, 2**70):
        with pytest.raises(ComparisonNotFound, match=f"the newest is {newer}"):
            store.comparison(missing)


def test_a_deleted_recording_leaves_the_comparison(store: TraceStore) -> None:
    one, two, three = (record(store) for _ in range(3))
    variants = ComparedVariant("a", (one, two)), ComparedVariant("b", (three,))
    id = store.add_comparison(comparison(*variants))
    store.delete(one)
    store.delete(three)
    assert store.comparison(id).variants == (
        ComparedVariant("a", (two,)),
        ComparedVariant("b", (), "its recording was deleted"),
    )


def test_a_comparison_goes_with_the_last_of_its_recordings(store: TraceStore) -> None:
    one, two, three = (record(store) for _ in range(3))
    first = store.add_comparison(
        comparison(ComparedVariant("a", (one,)), ComparedVariant("b", (two,)))
    )
    second = store.add_comparison(
        comparison(ComparedVariant("a", (one,)), ComparedVariant("b", (three,)))
    )
    failed = store.add_comparison(comparison(ComparedVariant("a", (), "it failed")))
    assert store.delete(one, two).comparisons == (first,)
    assert [each.id for each in store.comparisons()] == [failed, second]


def test_a_comparison_of_a_recording_that_is_not_there_is_refused(store: TraceStore) -> None:
    with pytest.raises(StoreError):
        store.add_comparison(comparison(ComparedVariant("a", (99,))))
    assert store.comparisons() == []


def test_a_file_of_revision_0001_is_migrated(tmp_path: Path) -> None:
    # GIVEN a file that was written before there were comparisons: samples/rerun.py, one click
    path = tmp_path / "old.sqlite"
    path.write_bytes(gzip.decompress(REVISION_0001.read_bytes()))
    # WHEN it is opened
    with TraceStore.open(path, create=False) as store:
        # THEN its recording is what it was, and it takes comparisons
        facts = facts_of(store, 1)
        assert [i["runs"] for i in facts["interactions"]] == [[1], [2, 3]]
        assert [run["outcome"] for run in facts["runs"]] == ["completed", "rerun", "completed"]
        assert facts["final_page"][0]["label"] == "Foo"
        id = store.add_comparison(comparison(ComparedVariant("rerun", (1,))))
        assert store.comparison(id).variants[0].recordings == (1,)
        with store._engine.connect() as connection:
            query = text(f"SELECT version_num FROM {migrations.VERSION_TABLE}")
            assert connection.execute(query).scalar() == migrations.REVISIONS[-1]
