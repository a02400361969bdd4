"""The documents have the forms that they are said to have, and what is made of these is not old."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from support import record

from rerun_trace.db.store import TraceStore
from rerun_trace.documents.lessons import ROOT
from rerun_trace.documents.made import made
from rerun_trace.documents.schema import DOCUMENTS, schema
from rerun_trace.facts import facts_of
from rerun_trace.tracer.documents.facts import Evidence, Facts, Finding, Reference
from rerun_trace.tracer.documents.scenario import STEPS
from rerun_trace.tracer.driver.scenario import parse_scenario
from rerun_trace.tracer.errors import ScenarioError
from rerun_trace.web.app import create_app
from rerun_trace.web.models.answers import ANSWERS, EITHER

pytestmark = pytest.mark.ends


APP = """\
import threading
import streamlit as st

@st.cache_data
def double(n):
    return 2 * n

def work():
    st.session_state.get("none")

def clicked(by):
    st.session_state.count = double(by)

st.session_state.setdefault("count", 0)
with st.container():
    st.text_input("Name", key="name")
    st.button("Go", on_click=clicked, args=(2,))
thread = threading.Thread(target=work)
thread.start()
thread.join()
if st.button("Again"):
    st.rerun()
if st.button("Fail"):
    raise ValueError("no")
st.write(st.session_state.count)
"""
STEPS_PLAYED = [
    {"set": "Name", "value": "Ann"},
    {"click": "Go"},
    {"click": "Again"},
    {"click": "Fail"},
]


@pytest.mark.first_row
def test_what_is_made_of_the_forms_is_not_old() -> None:
    for name, text in made().items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, "python -m rerun_trace.documents"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TraceStore]:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "app.py").write_text(APP)
    record(folder / "app.py", STEPS_PLAYED, folder / "db.sqlite")
    with TraceStore.open(folder / "db.sqlite") as store:
        store.add_note(1, 1, 1, "Look here")
        yield store


@pytest.fixture(scope="module")
def client(store: TraceStore) -> FlaskClient:
    return create_app(store).test_client()


PATHS = {"<recording>": "1", "<number>": "3", "<file_no>": "1"}
QUERIES = {
    "at": "?file_no=1&line=19",
    "search": "?q=count",
    "history": "?key=count",
    "why": "?about=run&run=2",
}


@pytest.mark.parametrize("route", [each for each in ANSWERS if "comparisons" not in each])
def test_a_page_s_answer_has_its_form(client: FlaskClient, route: str) -> None:
    url = re.sub(r"<\w+>", lambda name: PATHS[name[0]], route)
    answer = client.get(url + QUERIES.get(url.rpartition("/")[2], ""))
    assert answer.status_code == 200
    msgspec.json.decode(answer.data, type=ANSWERS[route])
    for (form, field), either in EITHER.items():
        if form == ANSWERS[route].__name__:
            items = answer.get_json()[field]
            assert items
            assert [each for each in items if not any(_has_form(each, one) for one in either)] == []


def _has_form(value: Any, form: type[msgspec.Struct]) -> bool:
    try:
        msgspec.convert(value, form)
    except msgspec.ValidationError:
        return False
    return True


def test_every_route_that_answers_with_json_has_a_form(client: FlaskClient) -> None:
    rules = client.application.url_map.iter_rules()
    asked = {re.sub(r"<\w+:", "<", rule.rule) for rule in rules if "GET" in (rule.methods or ())}
    told = {each for each in asked if each.startswith("/api/")}
    others = {"graph.dot", "events", "bodies"}  # DOT text, a stream, bytes
    elsewhere = {"/api/comparisons/<number>"}  # a document
    left = {each for each in told if each.rpartition("/")[2] not in others} - elsewhere
    assert left == set(ANSWERS)


def test_each_of_the_parts_was_met(client: FlaskClient) -> None:
    """Or the forms were compared with empty lists."""
    runs = [client.get(f"/api/recordings/1/runs/{n}").get_json() for n in range(1, 7)]
    for part in ("callbacks", "requests", "state_writes", "writes", "errors", "cache", "files"):
        assert any(run[part] for run in runs), part


def test_the_facts_have_their_form(store: TraceStore) -> None:
    facts = msgspec.convert(facts_of(store, 1), Facts)
    assert facts.findings is not msgspec.UNSET
    assert [(f.kind, f.line, f.interaction) for f in facts.findings] == [
        ("uncaught-exception", 24, 4)
    ]
    assert msgspec.to_builtins(facts).keys() == facts_of(store, 1).keys()


def test_a_finding_has_the_form_that_was_agreed() -> None:
    finding = Finding(
        id=1,
        code="RT103",
        kind="stale-read",
        level="fault",
        certainty="observed",
        interaction=1,
        run=2,
        file="app.py",
        line=12,
        also=[("app.py", 15)],
        times=3,
        title="The page shows the value from before",
        text="Line 12 used it, line 15 gave it another value.",
        evidence=[Evidence(run=2, step=4, file="app.py", line=12, text="read")],
        remedy=None,
        docs=Reference(title="Button behavior and examples", url="https://docs.streamlit.io"),
        patchable=True,
    )
    sent: dict[str, Any] = json.loads(msgspec.json.encode(finding))
    fields = (
        *("id", "code", "kind", "level", "certainty", "interaction", "run", "file", "line"),
        *("also", "times", "title", "text", "evidence", "remedy", "docs", "patchable"),
    )
    assert tuple(sent) == fields
    assert msgspec.convert(sent, Finding) == finding
    with pytest.raises(msgspec.ValidationError, match="code"):
        msgspec.convert({**sent, "code": "RT999"}, Finding)


def test_another_validator_reads_the_schemas_the_same_way(store: TraceStore) -> None:
    facts, scenario, _ = (Draft202012Validator(schema(each)) for each in DOCUMENTS)
    for each in DOCUMENTS:
        Draft202012Validator.check_schema(schema(each))
    assert list(facts.iter_errors(facts_of(store, 1))) == []
    assert list(facts.iter_errors({**facts_of(store, 1), "runs": 3})) != []
    good: list[Any] = [*STEPS_PLAYED, {"wait_ms": 5}, {"rerun": True, "tab": 2}]
    for document in (good, {"steps": good, "query": "a=b"}):
        assert list(scenario.iter_errors(document)) == []
        parse_scenario(document)
    for step in ({"click": 3}, {"set": "A", "option": -1}, {"rerun": False}, {}, {"clik": "A"}):
        assert list(scenario.iter_errors([step])) != []
        with pytest.raises(ScenarioError):
            parse_scenario([step])


def test_a_schema_says_where_it_is_of_and_what_is_missing() -> None:
    for document in DOCUMENTS:
        found = schema(document)
        assert found["$schema"].startswith("https://json-schema.org/")
        references = set(re.findall(r"#/\$defs/(\w+)", json.dumps(found)))
        assert references <= set(found["$defs"])
    steps = schema(DOCUMENTS[1])["$defs"]["Scenario"]["properties"]["steps"]
    assert len(steps["items"]["anyOf"]) == len(STEPS)
