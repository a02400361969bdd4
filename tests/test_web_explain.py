"""Findings and the answers to why as the pages read them: whole, run by run, and anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from explaining import FINDINGS, scenario_of
from flask.testing import FlaskClient
from support import SAMPLES, record

from rerun_trace.db.reading.recording import read_recording, to_explain
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.errors import RecordingNotFound
from rerun_trace.tracer.explain.explainer import Explainer, explain
from rerun_trace.tracer.model import MessageFate, Outcome
from rerun_trace.tracer.render.findings import finding_forms
from rerun_trace.web.app import create_app
from rerun_trace.web.server import explaining
from rerun_trace.web.server.explaining import Explained, Explanations, explanations_of

pytestmark = pytest.mark.first_row


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1: samples/findings/stale-read, two clicks; 2: samples/rerun.py, one click."""
    db = tmp_path_factory.mktemp("explained") / "recordings.db"
    record(FINDINGS / "stale-read" / "fault.py", scenario_of("stale-read"), db)
    record(SAMPLES / "rerun.py", [{"click": "Foo"}], db)
    return db


@pytest.fixture(scope="module")
def store(recorded: Path) -> Iterator[TraceStore]:
    with TraceStore.open(recorded, create=False) as store:
        yield store


@pytest.fixture(scope="module")
def client(store: TraceStore) -> FlaskClient:
    return create_app(store).test_client()


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api/recordings/{path}")
    assert answer.status_code == status, answer.text
    return answer.get_json()


def test_a_fault_met_twice_is_one_finding_and_both_times_are_told(client: FlaskClient) -> None:
    found = get(client, "1/findings")
    (finding,) = found["findings"]
    assert (finding["id"], finding["code"], finding["line"], finding["times"]) == (1, "RT103", 7, 2)
    assert found["runs"] == 3
    assert found["met"] == [{"id": 1, "interaction": [1, 2], "run": [2, 3]}]
    own = {each["interaction"]: each["findings"] for each in found["own"]}
    assert [[each["id"] for each in own[n]] for n in own] == [[1], [1]]
    assert own[1][0]["text"] != own[2][0]["text"]  # the values of that time
    assert own[1][0]["times"] == 1


def test_interactions_are_told_in_full_when_they_are_asked_for(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rerun_trace.web.models.findings.NEWEST", 1)
    assert [each["interaction"] for each in get(client, "1/findings")["own"]] == [2]
    found = get(client, "1/findings?interactions=1,0")
    assert [(each["interaction"], len(each["findings"])) for each in found["own"]] == [
        *((0, 0), (1, 1), (2, 1)),
    ]


def test_a_version_stays_until_something_is_added(client: FlaskClient, store: TraceStore) -> None:
    before = get(client, "1/findings")["version"]
    store.add_note(1, 1, 1, "Look here")  # nothing of it is recorded
    assert get(client, "1/findings")["version"] == before


WHY = {
    "about=line&run=2&name=fault.py&line=7": ("fault.py:7", 7),
    "about=run&run=2": ("run 2", None),
    "about=key&run=2&name=cart": ("`cart`", 11),
    "about=name&run=2&name=drink": ("`drink`", 9),
}


@pytest.mark.parametrize("query", WHY)
def test_why(client: FlaskClient, query: str) -> None:
    answer = get(client, f"1/why?{query}")
    named, line = WHY[query]
    assert named in answer["question"]
    assert answer["first"][0] == answer["links"][0]
    assert answer["links"][0]["line"] == line
    assert answer["links"][-1]["end"]


def test_a_value_is_asked_about_at_its_moment(client: FlaskClient) -> None:
    """Step 1 of run 2 is before the click's branch: the cart is still the one of the load."""
    answer = get(client, "1/why?about=key&run=2&name=cart&step=1")
    assert (answer["links"][0]["run"], answer["links"][0]["line"]) == (1, 5)


def test_an_element_of_the_page(client: FlaskClient) -> None:
    nodes = get(client, "1/runs/2/page?step=99&as=sent")["nodes"]
    metric = next(node for node in nodes if node["label"] == "In your cart")
    answer = get(client, f"1/why?about=element&message={metric['message']}")
    assert "In your cart" in answer["question"]
    answer = get(client, f"1/why?about=element&message={metric['message']}&not=1")
    assert "not show the new value" in answer["question"]


def test_why_not_a_line(client: FlaskClient) -> None:
    answer = get(client, "1/why?about=line&run=1&name=fault.py&line=11&not=1")
    assert answer["question"] == "Why did fault.py:11 not run in run 1?"
    assert answer["links"][0]["line"] == 10


WRONG = {
    "": (400, "about must be one of"),
    "about=line&run=2&name=fault.py&line=900": (404, "is no statement"),
    "about=run&run=9": (404, "There is no run 9"),
    "about=key&run=9&name=cart": (404, "There is no run 9"),
    "about=key&run=1&name=none": (404, "had no key"),
    "about=name&run=1&name=none": (404, "Nothing is called"),
    "about=element&message=999": (404, "Message 999 wrote no element"),
    "about=run&run=x": (400, "run must be a whole number"),
}


@pytest.mark.parametrize("query", WRONG)
def test_what_cannot_be_answered_says_why(client: FlaskClient, query: str) -> None:
    status, words = WRONG[query]
    assert words in get(client, f"1/why?{query}", status)["error"]
    get(client, f"99/why?{query}", 404)


# Beside a recording that grows


class Growing:
    """A store whose first recording has come as far as some run."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self.runs_there = 1
        self.going_on = False  # whether the newest run has not ended yet
        self.is_complete = False
        self.more = 0  # changes of something else
        self.asked: list[str] = []

    def counts(self, id: int) -> dict[str, int]:
        ended = self.runs_there - self.going_on
        ticks = 10 * (self.runs_there + ended) + self.more
        return {**self._store.counts(id), "ticks": ticks, "ended_runs": ended}

    def recording(self, id: int) -> Any:
        self.asked.append("recording")
        return replace(self._store.recording(id), complete=self.is_complete)

    def runs(self, id: int, *, first: int = 1) -> Any:
        return [self._now(run) for run in self._store.runs(id, first=first)][
            : max(0, self.runs_there - first + 1)
        ]

    def news(self, id: int, again: set[int], run: int, interaction: int) -> dict[str, Any]:
        self.asked.append("news")
        found = self._store.news(id, again, run, interaction)
        found["runs"] = [self._now(each) for each in found["runs"] if each.n <= self.runs_there]
        for name in {*_OF_RUNS, "writes"} & found.keys():
            found[name] = [each for each in found[name] if (each.run or 0) <= self.runs_there]
        return found

    def _now(self, run: Any) -> Any:
        if run.n < self.runs_there or not self.going_on:
            return run
        return replace(run, outcome=Outcome.RUNNING, ended_ns=None)

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._store, name)

        def read(id: int, run: int | None = None, *, runs: Any = None, **more: Any) -> Any:
            self.asked.append(name)
            if run is None and runs is None and name in _OF_RUNS:
                return part(id, runs=(1, self.runs_there))
            if run is not None:
                return part(id, run)
            return part(id, runs=runs) if runs else part(id, **more)

        return read


_OF_RUNS = {
    *("callbacks", "rerun_requests", "state_writes", "state_attempts", "state_reads", "errors"),
    *("query_changes", "container_writes", "cache_accesses", "line_counts", "messages"),
}


def test_what_is_new_is_read_at_once_as_it_is_read_part_by_part(store: TraceStore) -> None:
    whole = read_recording(store, 1)
    first, last = whole.runs[0].n, whole.runs[-1].n
    assert last > first + 1
    news = store.news(1, {first}, last, 1)
    assert news["interactions"] == [each for each in whole.interactions if each.n >= 1]
    assert news["sources"] == whole.sources
    assert news["runs"] == [whole.runs[0], whole.runs[-1]]
    of_runs = news.keys() - {"interactions", "sources", "runs"}
    assert len(of_runs) == 11
    for name in of_runs:
        own = [each for each in getattr(whole, name) if each.run in (first, last)]
        assert news[name] == own, name
    with pytest.raises(RecordingNotFound):
        store.news(99, {1}, 2, 0)


@pytest.mark.parametrize("recording", [1, 2])
def test_what_is_read_when_it_is_asked_for_is_the_same(store: TraceStore, recording: int) -> None:
    at_once, later = (read(store, recording) for read in (read_recording, to_explain))
    found = explain(later)
    assert found == explain(at_once)
    for name in ("messages", "line_counts"):
        assert list(getattr(later, name)) == getattr(at_once, name)


def test_messages_that_nobody_asks_for_are_not_read(store: TraceStore) -> None:
    """They are most of a long recording. Of one that goes on, what is read is of one moment."""
    growing = Growing(store)
    to_explain(growing, 1)  # type: ignore[arg-type]
    assert {"messages", "line_counts"} <= set(growing.asked)
    growing.asked.clear()
    growing.is_complete = True
    facts = to_explain(growing, 1)  # type: ignore[arg-type]
    assert not {"messages", "line_counts"} & set(growing.asked)
    assert len(facts.messages) == len(store.messages(1, runs=(1, 1)))
    assert growing.asked[-1] == "messages"


@pytest.mark.parametrize("recording", [1, 2])
def test_run_by_run_it_comes_to_the_same(store: TraceStore, recording: int) -> None:
    growing = Growing(store)
    explained = Explained(growing, recording)  # type: ignore[arg-type]

    def found(explainer: Explainer, version: int) -> Any:
        return finding_forms(explainer.findings()), explainer.met().keys()

    versions = []
    for n in range(1, store.counts(recording)["runs"] + 1):
        growing.runs_there = n
        for going_on in (True, False):
            growing.going_on = going_on
            explained.ask(found)
        versions.append(explained.ask(lambda _, version: version))
        growing.asked.clear()
        assert explained.ask(found) == explained.ask(found)
        assert growing.asked == ["recording", "recording"]  # nothing is new: nothing is read
    assert versions == sorted(set(versions))
    whole = explain(read_recording(store, recording))
    assert explained.ask(found)[0] == finding_forms(whole)


def test_what_goes_on_is_read_for_questions_alone(store: TraceStore) -> None:
    """Of findings, a run that has not ended yet has none: its beginning costs next to nothing."""
    growing = Growing(store)
    explained = Explained(growing, 1)  # type: ignore[arg-type]

    def runs(explainer: Explainer, _: int) -> int:
        return len(explainer.history.runs)

    assert explained.ask(runs, of_ended=True) == 1
    growing.more = 1
    explained.ask(runs)  # the first run has settled
    growing.runs_there, growing.going_on = 2, True
    assert explained.ask(runs, of_ended=True) == 1
    assert explained.ask(runs) == 2
    growing.going_on = False
    assert explained.ask(runs, of_ended=True) == 2
    growing.runs_there = 3
    assert explained.ask(runs, of_ended=True) == 3


def test_what_comes_after_a_run_s_end_is_read_too(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = Growing(store)
    explained = Explained(growing, 1)  # type: ignore[arg-type]
    explained.ask(lambda explainer, _: None, of_ended=True)
    growing.runs_there = 2
    with monkeypatch.context() as patched:
        news = store.news
        patched.setattr(store, "news", lambda *args: {**news(*args), "messages": [], "writes": []})
        assert explained.ask(lambda explainer, _: explainer.findings(), of_ended=True) == []
    growing.more = 1  # a tick, without a further run
    found = explained.ask(lambda explainer, _: explainer.findings(), of_ended=True)
    assert [each.kind.name for each in found] == ["stale-read"]
    growing.asked.clear()
    growing.more = 2
    explained.ask(lambda explainer, _: None, of_ended=True)
    assert growing.asked == ["recording"]  # it has settled


def test_runs_whose_messages_are_on_their_way_are_read_again(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = Growing(store)
    explained = Explained(growing, 1)  # type: ignore[arg-type]
    messages = store.messages
    monkeypatch.setattr(
        store,
        "messages",
        lambda *args, **more: [
            replace(each, fate=MessageFate.PENDING) for each in messages(*args, **more)
        ],
    )
    explained.ask(lambda explainer, _: None)
    monkeypatch.undo()
    growing.runs_there = 2
    fates = explained.ask(lambda explainer, _: set(explainer.history.fates.values()))
    assert MessageFate.PENDING not in fates


def test_a_run_that_is_read_again_keeps_its_place(store: TraceStore) -> None:
    facts = read_recording(store, 1)
    explainer = Explainer(facts)
    before = [write.run for write in explainer.history.writes_of_key(1, "cart")]
    assert before == [1, 2, 3]
    parts: dict[str, Any] = {
        name: [each for each in getattr(facts, name) if each.run == 2]
        for name in ("state_writes", "writes", "state_reads", "line_counts", "messages")
    }
    found = finding_forms(explainer.findings())
    explainer.extend(replace(facts, runs=[facts.runs[1]], **parts))
    assert [write.run for write in explainer.history.writes_of_key(1, "cart")] == before
    assert finding_forms(explainer.findings()) == found


def test_another_recording_under_the_number_is_explained_anew(
    tmp_path: Path, store: TraceStore
) -> None:
    db = tmp_path / "again.db"
    record(SAMPLES / "rerun.py", [], db)
    with TraceStore.open(db) as own:
        client = create_app(own).test_client()
        assert get(client, "1/findings")["runs"] == 1
        own.delete(1)
        assert "no recording 1" in get(client, "1/findings", 404)["error"]
        record(SAMPLES / "rerun.py", [{"click": "Foo"}], db)
        assert own.latest() is not None
        newest = getattr(own.latest(), "id", 0)
        assert get(client, f"{newest}/findings")["runs"] == 3


def test_a_rule_that_fails_is_told_once_and_not_tried_again(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def broken(facts: Any) -> Any:
        tries.append(1)
        raise TypeError("a rule is wrong")

    monkeypatch.setattr(explaining, "Explainer", broken)
    with TraceStore.open(store.location, create=False) as own:
        client = create_app(own).test_client()
        for _ in range(2):
            said = get(client, "1/findings", 500)["error"]
            assert said == "This recording cannot be explained: TypeError: a rule is wrong"
        assert len(tries) == 1
        assert get(client, "1/index")["total"]["runs"] == 3  # all else is shown


def test_who_reads_from_a_store_shares_what_is_explained(store: TraceStore) -> None:
    assert explanations_of(store) is explanations_of(store)
    with TraceStore.open(store.location, create=False) as other:
        assert explanations_of(other) is not explanations_of(store)


def test_few_recordings_are_kept(store: TraceStore) -> None:
    kept = Explanations(store)
    first = kept.of(1)
    assert kept.of(1) is first
    for n in range(2, explaining.KEPT + 2):
        kept.of(n)
    assert kept.of(1) is not first
