"""The comparison's page and document, from recordings made by hand in a real store."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from comparing import CALLBACK, CONTAINER, RERUN
from flask.testing import FlaskClient
from ui import handmade

from rerun_trace.db.reading.recording import read_recording
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.analysis.compare_figures import episodes_of
from rerun_trace.tracer.analysis.recording import ByRun, RecordingFacts
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.models import comparisons
from rerun_trace.web.models.compare_lines import files
from rerun_trace.web.models.compare_order import orders
from rerun_trace.web.models.compare_strip import strips
from rerun_trace.web.models.compared import Compared, ComparedInteraction
from rerun_trace.web.views.comparison import MOST_IN_WORDS

pytestmark = pytest.mark.first_row

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def compare(store: TraceStore, *variants: ComparedVariant, title: str = "Two") -> int:
    return store.add_comparison(Comparison(title, NOW, ({"click": "Foo"},), variants))


def test_a_comparison_has_a_page_a_document_and_a_place_in_the_list(
    store: TraceStore, client: FlaskClient
) -> None:
    first, second = handmade.three_runs(store), handmade.three_runs(store)
    variants = [ComparedVariant("a.py", (first,)), ComparedVariant("b.py", (second,))]
    number = compare(store, *variants)

    assert f'href="/comparisons/{number}"' in client.get("/").text
    page = client.get(f"/comparisons/{number}")
    assert page.status_code == 200
    assert "Runs twice for the click: run 2 is halted at line 10" in page.text
    document = client.get(f"/api/comparisons/{number}").get_json()
    assert document["schema"] == "rerun-trace/comparison/1"
    assert [item["name"] for item in document["variants"]] == ["a.py", "b.py"]


def test_the_page_s_answers_have_their_form(store: TraceStore, client: FlaskClient) -> None:
    good, odd = handmade.three_runs(store), handmade.everything(store)
    failed = ComparedVariant("c.py", (), "it broke")
    number = compare(
        store, ComparedVariant("a.py", (good,)), ComparedVariant("b.py", (odd,)), failed
    )
    base = f"/api/comparisons/{number}"

    overview = msgspec.json.decode(client.get(f"{base}/overview").data, type=Compared)
    assert [variant.recording for variant in overview.variants] == [good, odd, None]
    assert [variant.failed for variant in overview.variants] == [False, True, True]
    assert overview.interactions == ["0: first load", "1: click", "2: click"]
    assert client.get(f"{base}/interactions/3").status_code == 404
    for n in range(3):
        answer = client.get(f"{base}/interactions/{n}").data
        found = msgspec.json.decode(answer, type=ComparedInteraction)
        assert [side is None for side in found.sides] == [n > 1, False, True]
        assert all(step.beats[2] is None for step in found.steps)
    assert found.steps[0].beats[0] is None
    halted = msgspec.json.decode(
        client.get(f"{base}/interactions/1").data, type=ComparedInteraction
    )
    (stop,) = (beat for step in halted.steps if (beat := step.beats[0]) and beat.kind == "halted")
    assert (stop.run, stop.file_no, stop.line) == (2, 1, 10)
    assert stop.text == "Run 2 stops at line 10; run 3 starts."


def test_a_comparison_is_read_again_when_a_recording_has_gone(
    store: TraceStore, client: FlaskClient
) -> None:
    kept, gone = handmade.three_runs(store), handmade.three_runs(store)
    number = compare(store, ComparedVariant("a.py", (kept,)), ComparedVariant("b.py", (gone,)))

    def shown() -> list[int | None]:
        told = client.get(f"/api/comparisons/{number}/overview").get_json()
        return [variant["recording"] for variant in told["variants"]]

    assert shown() == [kept, gone]
    store.delete(gone)
    assert shown() == [kept, None]


def test_a_comparison_is_read_once_for_all_that_is_asked(
    store: TraceStore, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = compare(store, ComparedVariant("a.py", (handmade.three_runs(store),)))
    read: list[int] = []

    def counted(store: TraceStore, recording: int) -> RecordingFacts:
        read.append(recording)
        return read_recording(store, recording)

    monkeypatch.setattr(comparisons, "read_recording", counted)
    for path in (f"/comparisons/{number}", *(f"/api/comparisons/{number}/interactions/1",) * 3):
        assert client.get(path).status_code == 200
    assert len(read) == 1


def test_of_many_interactions_the_page_tells_a_few_in_words(
    store: TraceStore, client: FlaskClient
) -> None:
    number = compare(store, ComparedVariant("a.py", (handmade.many_runs(store, 40),)))
    text = client.get(f"/comparisons/{number}").text
    assert text.count("<h2>Interaction ") == MOST_IN_WORDS
    assert f"And {41 - MOST_IN_WORDS} more interactions." in text


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/comparisons/7").status_code == 404
    assert "error" in client.get("/api/comparisons/7").get_json()


def test_variants_without_recordings_have_a_column(store: TraceStore, client: FlaskClient) -> None:
    number = compare(store, ComparedVariant("a.py", (), "it broke"), ComparedVariant("b.py", ()))
    text = client.get(f"/comparisons/{number}").text

    assert "✕ Failed: it broke." in text
    assert text.count("✕ Failed: ") == 2


def test_a_variant_whose_recording_was_deleted(store: TraceStore, client: FlaskClient) -> None:
    kept, gone = handmade.three_runs(store), handmade.three_runs(store)
    number = compare(store, ComparedVariant("a.py", (kept,)), ComparedVariant("b.py", (gone,)))
    store.delete(gone)

    assert client.get(f"/comparisons/{number}").status_code == 200


def test_names_are_escaped(store: TraceStore, client: FlaskClient) -> None:
    evil = "<script>alert(1)</script>"
    id = handmade.everything(store)
    number = compare(store, ComparedVariant(evil, (id,), evil), title=evil)

    for url in ("/", f"/comparisons/{number}"):
        assert "<script>alert" not in client.get(url).text


def test_strips_share_one_scale_and_one_height() -> None:
    recordings = [ByRun(RERUN), ByRun(CALLBACK), None]
    episodes = [episodes_of(RERUN)[1], episodes_of(CALLBACK)[1], None]
    first, second, third = strips(recordings, episodes, 320)

    assert first is not None
    assert second is not None
    assert third is None
    assert first.height == second.height
    assert first.end == second.end == "17 ns"
    assert [bar.run for bar in first.bars] == [2, 3]
    assert first.bars[0].width == second.bars[0].width
    assert second.bars[0].callbacks
    assert first.bars[1].arrow.startswith(f"M{first.bars[0].x + first.bars[0].width - 2:.1f}")


def test_orders_cross_only_where_something_was_written_late() -> None:
    again, kept = orders(ByRun(RERUN), episodes_of(RERUN)[1])
    (crossed,) = orders(ByRun(CONTAINER), episodes_of(CONTAINER)[1])

    assert again.lost
    assert [item.number for item in kept.items] == [3, 4]
    assert not any(item.crosses for item in (*again.items, *kept.items))
    assert all(item.crosses for item in crossed.items)
    assert crossed.words == (
        "run 2. In reading order: heading Baz (written 2), button Baz (written 1)."
    )


def test_lines_say_what_ran_again_and_what_halted() -> None:
    (script,) = files(ByRun(RERUN), episodes_of(RERUN)[1])
    marks = [(item.line, item.kind, item.count) for item in script.marks]

    assert marks == [
        (1, "again", "2×"),
        (2, "again", "2×"),
        (3, "again", "2×"),
        (4, "ran", "1×"),
        (5, "halting", "■ 1×"),
    ]
