"""The list over HTTP: filters, counts of findings, deletion and samples, and from whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from ui import handmade
from ui.handmade_app import HandmadeApp

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.errors import HostError
from rerun_trace.tracer.explain.explainer import Explainer
from rerun_trace.tracer.model import ComparedVariant, Comparison
from rerun_trace.web.app import ANY_HOST, create_app
from rerun_trace.web.server.live import LiveState
from rerun_trace.web.views.samples import Sample

pytestmark = pytest.mark.first_row

PAGE = "http://localhost:5000"
SHOP = replace(handmade.INFO, app="shop.py", folder="/home/ada/Läden", complete=True)


def send(
    client: FlaskClient,
    method: str,
    path: str,
    body: Any = None,
    origin: str = PAGE,
    address: str = "127.0.0.1",
    **headers: str,
) -> Any:
    """What a script of the page at `origin` is answered."""
    sent = {"Origin": origin} | {name.replace("_", "-"): text for name, text in headers.items()}
    return client.open(
        path,
        method=method,
        json=body,
        base_url=PAGE,
        headers=sent,
        environ_base={"REMOTE_ADDR": address},
    )


def shown(page: str) -> list[int]:
    """The recordings that a page shows where no script runs."""
    rows = re.findall(r'<tr data-id="(\d+)"([^>]*)>', page)
    return [int(id) for id, rest in rows if " hidden" not in rest]


@dataclass
class Demo:
    """Samples that are recorded in no time. `answers`: what comes of each, in turn."""

    answers: list[str | Exception | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def offered(self) -> Sequence[Sample]:
        return [Sample("rerun", "rerun.py", "Shows <b>a header</b>.")]

    def record(self, name: str) -> str | None:
        self.asked.append(name)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


# -- filters ------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_app_and_by_words(store: TraceStore, client: FlaskClient) -> None:
    one, two = handmade.three_runs(store), handmade.keep(store, SHOP, [])
    three = handmade.keep(store, replace(SHOP, folder="/elsewhere"), [])
    store.rename(one, "The Double Click")
    assert shown(client.get("/").text) == [three, two, one]
    assert shown(client.get("/?app=/elsewhere/shop.py").text) == [three]
    assert shown(client.get("/?q=läden").text) == [two]
    assert shown(client.get("/?q=click+DOUBLE").text) == [one]
    assert shown(client.get("/?q=click&app=/elsewhere/shop.py").text) == []
    text = client.get("/?app=/elsewhere/shop.py").text
    assert '<option value="/elsewhere/shop.py" selected>elsewhere/shop.py (1)</option>' in text
    assert "1 of 3 recordings, newest first" in text


def test_what_is_asked_for_is_escaped(store: TraceStore, client: FlaskClient) -> None:
    handmade.keep(store, SHOP, [])
    assert "<script>alert" not in client.get('/?q="><script>alert(1)</script>').text


# -- findings -----------------------------------------------------------------------------------


def test_findings_are_counted_by_level(store: TraceStore, client: FlaskClient) -> None:
    id = handmade.everything(store)
    found = client.get(f"/api/recordings/{id}/findings").json
    counted = client.get(f"/api/recordings/{id}/levels").json
    assert found is not None
    assert counted is not None
    assert counted["fault"] > 0
    for level, number in counted.items():
        assert number == sum(each["level"] == level for each in found["findings"])
    assert client.get("/api/recordings/99/levels").status_code == 404


def test_a_recording_is_explained_once_until_something_is_added(
    store: TraceStore, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    explained = []
    findings = Explainer.findings

    def watched(self: Explainer) -> Any:
        explained.append(self)
        return findings(self)

    monkeypatch.setattr(Explainer, "findings", watched)
    batches = [handmade.first_load()]
    sink = store.sink()
    id = sink.open(handmade.INFO, lambda: batches.pop() if batches else [])
    sink.close(False)
    first = client.get(f"/api/recordings/{id}/levels").json
    assert client.get(f"/api/recordings/{id}/levels").json == first
    assert len(explained) == 1
    store._do(lambda engine: _tick(engine, id))
    client.get(f"/api/recordings/{id}/levels")
    assert len(explained) == 2


def _tick(engine: Any, id: int) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE recordings SET ticks = ticks + 1 WHERE id = {id}")


# -- deletion -----------------------------------------------------------------------------------


def test_recordings_are_deleted_after_saying_what_goes(
    store: TraceStore, client: FlaskClient
) -> None:
    one, two, three = (handmade.three_runs(store) for _ in range(3))
    variants = ComparedVariant("a", (one,)), ComparedVariant("b", (two,))
    store.add_comparison(Comparison("a, b", datetime.now(UTC), (), variants))
    going = client.get(f"/api/going?recordings={one},{two},99").json
    assert going == {
        "recordings": [two, one],
        "lines": [
            f"Recording {two} (rerun.py): 2 interactions, 3 script runs.",
            f"Recording {one} (rerun.py): 2 interactions, 3 script runs.",
            "Comparison 1 (a, b) goes, too.",
        ],
        "stays": None,
    }
    deleted = send(client, "DELETE", "/api/recordings", {"recordings": [one, two]})
    assert deleted.status_code == 200
    assert deleted.json["text"].startswith("Deleted 2 recordings and comparison 1.")
    assert [each.id for each in store.recordings()] == [three]


def test_a_live_recording_stays_and_it_says_why(store: TraceStore) -> None:
    quiet = handmade.three_runs(store)
    batches = [handmade.first_load()]
    sink = store.sink()
    # Begun long ago, and quiet since: only its app, which was started with the page, tells.
    live = sink.open(handmade.INFO, lambda: batches.pop() if batches else [])
    client = create_app(store, live_app=HandmadeApp(LiveState("running", live))).test_client()
    going = client.get(f"/api/going?recordings={quiet},{live}").json
    assert going is not None
    assert going["recordings"] == [quiet]
    assert f"Stays: recording {live} is live: end its app first" in going["stays"]
    refused = send(client, "DELETE", "/api/recordings", {"recordings": [quiet, live]})
    assert refused.status_code == 409
    assert f"Recording {live} is live" in refused.json["error"]
    assert len(store.recordings()) == 2
    sink.close(True)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"recordings": [99]}, 404, "no recording 99"),
        ({"recordings": []}, 400, "list of 1"),
        ({"recordings": 1}, 400, "list of 1"),
        ({"recordings": ["1"]}, 400, "whole numbers"),
        ({"recordings": [True]}, 400, "whole numbers"),
        ({"recordings": [2**80]}, 404, "no recording"),
        ({"recordings": [-1]}, 404, "no recording"),
        ({"recordings": list(range(2001))}, 400, "2,000"),
        ({"ids": [1]}, 400, "JSON object with recordings"),
        ([1], 400, "JSON object"),
    ],
)
def test_what_is_asked_for_wrongly_deletes_nothing(
    store: TraceStore, client: FlaskClient, body: Any, status: int, said: str
) -> None:
    handmade.three_runs(store)
    answer = send(client, "DELETE", "/api/recordings", body)
    assert answer.status_code == status
    assert said in answer.json["error"]
    assert len(store.recordings()) == 1
    assert client.get("/api/going?recordings=x").status_code == 400


def test_only_our_own_page_deletes_and_records(store: TraceStore) -> None:
    id, demo = handmade.three_runs(store), Demo()
    client = create_app(store, demo=demo, allowed_hosts={ANY_HOST}).test_client()
    changes = [
        ("DELETE", "/api/recordings", {"recordings": [id]}),
        ("POST", "/api/samples", {"sample": "rerun"}),
    ]
    for method, path, body in changes:
        for origin in ("http://localhost:8501", "http://evil.example", "null", ""):
            assert send(client, method, path, body, origin).status_code == 403
        for site in ("cross-site", "same-site", "none"):
            assert send(client, method, path, body, Sec_Fetch_Site=site).status_code == 403
        assert send(client, method, path, body, address="192.0.2.7").status_code == 403
        elsewhere = client.open(
            path,
            method=method,
            json=body,
            base_url="http://evil.example:5000",
            headers={"Origin": "http://evil.example:5000"},
        )
        assert elsewhere.status_code == 403
    assert len(store.recordings()) == 1
    assert demo.asked == []
    # Who only reads is not offered it either.
    page = client.get("/", environ_base={"REMOTE_ADDR": "192.0.2.7"}).text
    assert 'id="delete"' not in page
    assert 'type="checkbox"' not in page
    assert 'id="delete"' in client.get("/").text


# -- samples ------------------------------------------------------------------------------------


def test_an_empty_list_offers_samples(store: TraceStore, client: FlaskClient) -> None:
    demo = Demo(["/recordings/1", None, HostError("the sample was not recorded")])
    offering = create_app(store, demo=demo).test_client()
    text = offering.get("/").text
    assert '<button type="button" value="rerun">rerun.py</button>' in text
    assert "Shows &lt;b&gt;a header&lt;/b&gt;." in text
    assert 'id="samples"' not in client.get("/").text
    elsewhere = offering.get("/", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert 'id="samples"' not in elsewhere.text

    ask = ("POST", "/api/samples", {"sample": "rerun"})
    recorded = send(offering, *ask)
    assert (recorded.status_code, recorded.json) == (201, {"path": "/recordings/1"})
    busy = send(offering, *ask)
    assert (busy.status_code, busy.json["error"]) == (409, "A sample is being recorded already.")
    failed = send(offering, *ask)
    assert (failed.status_code, failed.json["error"]) == (500, "The sample was not recorded.")
    assert demo.asked == ["rerun"] * 3
    for unknown in ("../x", "", 3, ["rerun"]):
        assert send(offering, "POST", "/api/samples", {"sample": unknown}).status_code == 404
    assert send(client, *ask).status_code == 404
    handmade.three_runs(store)
    assert 'id="samples"' not in offering.get("/").text
