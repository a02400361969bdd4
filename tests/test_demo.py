"""The samples that come along: `rerun-trace demo`, and what the pages offer."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import say

from rerun_trace import demo
from rerun_trace.db.store import TraceStore

pytestmark = pytest.mark.first_row


def test_the_command_records_and_compares_the_three(tmp_path: Path) -> None:
    db = tmp_path / "recordings.sqlite"
    said = say(db, "demo", "--no-browser")
    assert said.code == 0, said.err
    assert "1 hint" in said.out
    with TraceStore.open(db) as store:
        (comparison,) = store.comparisons()
        assert comparison.title == "samples: rerun, callback, container"
        assert [each.failed for each in comparison.variants] == [None] * 3
        runs = {each.info.app: each.runs for each in store.summaries()}
    assert runs == {"rerun.py": 3, "callback.py": 2, "container.py": 2}


def test_one_sample_is_recorded_for_the_pages(tmp_path: Path) -> None:
    with TraceStore.open(tmp_path / "recordings.sqlite") as store:
        samples = demo.DemoSamples(store)
        names = [each.name for each in samples.offered()]
        assert names == ["rerun", "callback", "container", "all"]
        assert samples.offered()[0].text.startswith("Update a header that was drawn earlier")
        assert samples.record("rerun") == "/recordings/1"
        (info,) = store.recordings()
        assert (info.app, info.variant, info.complete) == ("rerun.py", None, True)
        assert store.counts(1)["runs"] == 3


def test_one_at_a_time(tmp_path: Path) -> None:
    with TraceStore.open(tmp_path / "recordings.sqlite") as store:
        samples = demo.DemoSamples(store)
        samples._at_work.acquire()
        assert samples.record("rerun") is None
        samples._at_work.release()
