"""The page of a moment: which messages make it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import SAMPLES, Recorded, record

from rerun_trace.tracer.analysis.moment import Gap, LivePage, page_at, page_before
from rerun_trace.tracer.model import ContainerWrite, MessageFate, PageMessage, WriteKind
from rerun_trace.web.replay.page_reads import PageReads

pytestmark = pytest.mark.ends


DELIVERED, DISCARDED = MessageFate.DELIVERED, MessageFate.DISCARDED


class Script:
    """Makes messages as a run does; each is sent at once unless its fate is another."""

    def __init__(self) -> None:
        self.n = 0
        self.messages: list[PageMessage] = []
        self.writes: list[ContainerWrite] = []

    def start(self, run: int, *fragments: str) -> Script:
        return self._add(run, "new_session", detail={"fragments": list(fragments)})

    def end(self, run: int, status: str = "FINISHED_SUCCESSFULLY") -> Script:
        return self._add(run, "script_finished", detail={"status": status})

    def put(
        self,
        run: int,
        step: int,
        path: tuple[int, ...],
        label: str,
        kind: WriteKind = WriteKind.ELEMENT,
        **more: Any,
    ) -> Script:
        element = more.pop("element", "text")
        self._add(run, "delta", path=path, kind=kind, element=element, label=label, **more)
        n = self.n
        self.writes.append(
            ContainerWrite(run, n, step, n, path, kind, element, label, out_of_order=False)
        )
        return self

    def _add(self, run: int, type_: str, **more: Any) -> Script:
        self.n += 1
        fate = more.pop("fate", DELIVERED)
        order = self.n if fate is DELIVERED else None
        message = PageMessage(
            self.n, 1, run, self.n, type_, f"body {self.n}", 9, fate=fate, sent_order=order
        )
        self.messages.append(replace(message, **more))
        return self

    def of(self, run: int) -> list[PageMessage]:
        return [message for message in self.messages if message.run == run]

    def page(self, run: int, step: int, *, ended: bool = False, written: bool = False) -> LivePage:
        before = page_before(message for message in self.messages if (message.run or 0) < run)
        writes = [write for write in self.writes if write.run == run]
        return page_at(before, self.of(run), writes, step, ended=ended, written=written)


def labels(page: LivePage) -> list[str]:
    return [node.label for node in page.page.visible()]


def halted() -> Script:
    """A run, and one that a rerun halted before the browser got anything of it."""
    script = Script().start(1).put(1, 1, (0, 0), "Title").put(1, 3, (0, 1), "done").end(1)
    return (
        script.start(2).put(2, 1, (0, 0), "Foo", fate=DISCARDED).end(2, "FINISHED_EARLY_FOR_RERUN")
    )


def test_a_write_is_there_from_its_step_on() -> None:
    script = halted()
    assert [labels(script.page(1, step)) for step in range(4)] == [
        [],
        ["Title"],
        ["Title"],
        ["Title", "done"],
    ]


def test_what_is_no_write_happens_between_the_writes_around_it() -> None:
    # GIVEN a run that names its page in the browser's tab, and at its end changes the address
    script = Script().start(1).put(1, 2, (0, 0), "Title")._add(1, "page_config_changed")
    script.put(1, 4, (0, 1), "done")._add(1, "navigation").end(1)
    titled, moved = 3, 5

    def fed(step: int, *, ended: bool = False) -> list[int]:
        feed = script.page(1, step, ended=ended).feed(1)
        return [item.n for item in feed if isinstance(item, PageMessage)]

    # THEN each is there when no write that came before it is still to come
    assert fed(1) == [1]
    assert fed(2) == fed(3) == [1, titled, 2]
    assert fed(4) == fed(4, ended=True) == [1, moved, titled, 2, 4]


def test_a_run_has_begun_at_its_first_step_though_another_thread_says_so_later() -> None:
    # GIVEN a run whose start was met after its writes, though the browser gets it first
    script = Script().start(1).put(1, 1, (0, 0), "Title").put(1, 2, (0, 1), "done").end(1)
    script.put(2, 1, (0, 0), "Foo").put(2, 3, (0, 1), "end").start(2).end(2)
    sent = {5: 6, 6: 7, 7: 5}
    script.messages = [replace(m, sent_order=sent.get(m.n, m.n)) for m in script.messages]

    def fed(step: int) -> list[int]:
        feed = script.page(2, step).feed(2)
        return [item.n for item in feed if isinstance(item, PageMessage)]

    # THEN the page is the new run's from the beginning
    assert [fed(step) for step in (0, 1, 3)] == [[7, 2, 3], [7, 5, 3], [7, 5, 6]]


def test_a_run_is_not_over_at_its_last_write() -> None:
    script = halted().start(3).put(3, 1, (0, 0), "Foo").end(3)
    for written in (False, True):
        assert labels(script.page(3, 5, written=written)) == ["Foo", "done"]
        assert labels(script.page(3, 5, ended=True, written=written)) == ["Foo"]


def test_what_was_not_written_again_stays_until_the_end() -> None:
    script = halted().start(3).put(3, 1, (0, 0), "Foo").end(3)
    assert labels(script.page(3, 0)) == ["Title", "done"]
    assert labels(script.page(3, 1)) == ["Foo", "done"]
    assert labels(script.page(3, 1, ended=True)) == ["Foo"]


def test_as_written_shows_what_was_discarded() -> None:
    script = halted()
    assert labels(script.page(2, 1, ended=True)) == ["Title", "done"]
    assert labels(script.page(2, 0, written=True)) == ["Title", "done"]
    assert labels(script.page(2, 1, ended=True, written=True)) == ["Foo", "done"]


def test_the_page_before_is_left_as_it_was() -> None:
    script = halted()
    before = page_before(script.of(1))
    writes = [write for write in script.writes if write.run == 2]
    page_at(before, script.of(2), writes, 9, ended=True, written=True)
    assert labels(before) == ["Title", "done"]


def test_the_feed_begins_with_the_newest_new_session_and_holds_live_nodes_only() -> None:
    script = halted().start(3).put(3, 1, (0, 0), "Foo").end(3)
    assert [item.n for item in script.page(3, 1).feed(3) if isinstance(item, PageMessage)] == [
        8,
        9,
        3,
    ]


def test_places_that_hold_nothing_are_filled() -> None:
    script = Script().start(1).put(1, 1, (0, 2), "third").put(1, 2, (2, 0), "hi", element="toast")
    fed = script.page(1, 2).feed(1)
    assert [item for item in fed if isinstance(item, Gap)] == [Gap((0, 0)), Gap((0, 1))]
    assert [item.path for item in fed[1:]] == [(0, 0), (0, 1), (0, 2), (2, 0)]
    # A toast is not shown again in a later run, and the others keep their places.
    assert Gap((2, 0)) in script.page(1, 2).feed(2)


def test_a_content_that_was_not_kept_is_said() -> None:
    script = Script().start(1).put(1, 1, (0, 0), "All sales", body="", size=12_000_000)
    assert script.page(1, 1).feed(1)[1:] == [Gap((0, 0), "All sales: not kept, 12 MB")]


def test_a_spinner_is_there_until_it_is_taken_away() -> None:
    script = Script().start(1)
    for step, label in ((1, "Working"), (2, "")):
        script.put(1, step, (0, 0), label, WriteKind.TRANSIENT, element="transient")
    assert len(script.page(1, 1).feed(1)) == 2
    assert len(script.page(1, 2).feed(1)) == 1


def test_a_spinner_that_nobody_took_away_goes_with_what_comes_in_its_place() -> None:
    def spinning() -> Script:
        script = Script().start(1).put(1, 1, (0, 0), "Title")
        return script.put(1, 2, (0, 1), "Working", WriteKind.TRANSIENT, element="transient")

    def fed(script: Script, run: int, step: int, *, ended: bool = False) -> list[int]:
        feed = script.page(run, step, ended=ended).feed(run)
        return [item.n for item in feed if isinstance(item, PageMessage)]

    # It comes last, and is no node of the page.
    assert fed(spinning(), 1, 2) == [1, 2, 3]
    assert labels(spinning().page(1, 2)) == ["Title"]
    # An element takes its place; an element elsewhere does not.
    assert fed(spinning().put(1, 3, (0, 1), "done"), 1, 3) == [1, 2, 4]
    assert fed(spinning().put(1, 3, (0, 2), "below"), 1, 3) == [1, 2, 4, 3]
    # It is over when its run ends well, and when the next one begins after an early end.
    assert fed(spinning().end(1), 1, 2, ended=True) == [1, 2]
    early = spinning().end(1, "FINISHED_EARLY_FOR_RERUN").start(2)
    assert fed(early, 1, 2, ended=True) == [1, 2, 3]
    assert fed(early, 2, 0) == [5, 2]


def test_added_rows_follow_their_element() -> None:
    script = Script().start(1).put(1, 1, (0, 0), "table").put(1, 2, (0, 1), "below")
    script.put(1, 3, (0, 0), "", WriteKind.ROWS)
    fed = script.page(1, 3).feed(1)
    assert [item.n for item in fed if isinstance(item, PageMessage)] == [1, 2, 4, 3]
    script.put(1, 4, (0, 0), "another")
    fed = script.page(1, 4).feed(1)
    assert [item.n for item in fed if isinstance(item, PageMessage)] == [1, 5, 3]


CASES: dict[str, list[dict[str, Any]]] = {
    "rerun.py": [{"click": "Foo"}],
    "container.py": [{"click": "Baz"}],
    "fragment.py": [{"click": "Roll"}],
    "dialog.py": [{"click": "Rename"}, {"click": "Save"}],
    "dashboard.py": [{"set": "Only days with returns", "value": True}],
}


@pytest.mark.parametrize("name", CASES)
def test_at_the_end_it_is_the_final_page_of_the_facts(name: str, tmp_path: Path) -> None:
    recorded = record(SAMPLES / name, CASES[name], tmp_path / "recordings.db", timeout=60)
    last = max(run["n"] for run in recorded.facts["runs"])
    told = [{k: node[k] for k in _TOLD} for node in recorded.facts["final_page"]]
    assert _visible(recorded, last) == told


_TOLD = ("path", "element", "label")


def _visible(recorded: Recorded, run: int) -> list[dict[str, Any]]:
    with recorded.store() as store:
        start = PageReads(store).start(recorded.id, run)
        page = start.page(start.run.steps, written=False)
        feed = page.feed(run)
        assert isinstance(feed[0], PageMessage)
        assert feed[0].type == "new_session"
        assert [item for item in feed if isinstance(item, Gap)] == []
        return [
            {"path": list(node.path), "element": node.element, "label": node.label}
            for node in page.page.visible()
        ]
