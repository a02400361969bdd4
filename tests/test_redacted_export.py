"""What `export` masks and leaves out: its bytes are in no file, whole or in part."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import OWN_ENGINE, Recorded, record

from rerun_trace import cli
from rerun_trace.db.exchange.rtrace import MAGIC
from rerun_trace.db.store import TraceStore
from rerun_trace.exporting.job import ExportProblem
from rerun_trace.exporting.redacting import Redaction, Wishes, redacted_copy
from rerun_trace.facts import facts_of
from rerun_trace.tracer.model import ComparedVariant, Comparison, MessageBody

pytestmark = pytest.mark.ends

DIARY = "It was a dark and stormy night; " * 20 + "but nobody noticed."
PASSWORD = "correct-zebra-battery"
SECRET = "quiet-mouse-in-pyjamas"
CITY = "Timbuktu"

APP = f"""
import sys
import pandas as pd
import streamlit as st

def pay(salary, years=3):
    return salary * years

salary = st.number_input("Pay", value=52345, key="salary")
pin = st.text_input("PIN", value="12", key="p")
city = st.selectbox("City", ["Rome", {CITY!r}], index=1, key="town")
password = st.text_input("Word", type="password")
try:
    token = st.secrets["plain"]
except Exception:
    token = "none"
diary = {DIARY!r}
st.metric("Salary", salary, delta=salary - 50000)
st.write("I earn", f"{{salary:,}}", salary, city, __file__, pd.__file__)
st.dataframe(pd.DataFrame({{"who": ["Ada", city], "amount": [salary, 7]}}))
st.json({{"salary": salary, "pin": pin, "list": [salary]}})
st.text(diary)
st.number_input("Same", value=salary)
st.slider("Range", 0, 99999, (7, salary))
st.session_state.cfg = {{"pin": pin, "salary": salary, "town": city}}
copied = pin
pay(salary)
who = st.query_params.get("who")
st.query_params["who"] = "Wilhelmina"
if st.button("Go"):
    raise ValueError(f"no {{salary}} in {{city}}")
"""
STEPS: list[dict[str, Any]] = [
    {"set": "Word", "value": PASSWORD},
    {"set": "PIN", "value": "77"},
    {"set": "Pay", "value": 61234},
    {"click": "Go"},
]
NAMES = ("salary", "PIN", "town", "diary", "who")


@pytest.fixture(scope="module", params=OWN_ENGINE)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """An app below a folder whose name tells where it is."""
    folder = tmp_path_factory.mktemp("machine")
    app = folder / "apps" / "payroll" / "app.py"
    app.parent.mkdir(parents=True)
    app.write_text(APP)
    made = record(app, STEPS, folder / "db.sqlite", engine=request.param)
    with made.store() as store:
        store.rename(made.id, f"Pay in {CITY}")
        store.add_note(made.id, 1, 1, f"{CITY} pays 52,345")
    return made


@pytest.fixture
def redacted(recorded: Recorded) -> Iterator[TraceStore]:
    with (
        recorded.store() as store,
        redacted_copy(store, [recorded.id], None, Wishes(NAMES)) as (copy, _),
    ):
        yield copy.store


def everything(store: TraceStore, id: int) -> str:
    """All that a store tells of a recording, and the bytes of its file."""
    told = [repr(store.recording(id)), json.dumps(facts_of(store, id), ensure_ascii=False)]
    told += map(repr, store.records(id))
    told += [
        record.data.decode("latin-1")
        for record in store.records(id)
        if isinstance(record, MessageBody)
    ]
    path = Path(store.location)
    told += [p.read_bytes().decode("latin-1") for p in path.parent.glob(f"{path.name}*")]
    return "\n".join(told)


def test_the_values_of_a_name_are_nowhere(recorded: Recorded, redacted: TraceStore) -> None:
    told = everything(redacted, recorded.id)
    for number in ("52345", "52,345", "61234", "61,234", "2345", "11234"):
        # Not among the digits of a time.
        assert not re.search(rf"(?<![\d.]){number}(?!\d)", told), number
    for value in (CITY, "Timbu", "buktu", "Wilhelm"):
        assert value not in told, value
    for at in range(0, len(DIARY) - 8, 3):
        assert DIARY[at : at + 9] not in told
    # The oldest name is short: it is masked where it stands under its name.
    facts = facts_of(redacted, recorded.id)
    assert "Rome" in told  # never its value
    written = {(w["key"], w["new"]) for run in facts["runs"] for w in run["state_writes"]}
    assert ("p", "'77'") not in written
    assert any(key == "p" and new.startswith("[secret ") for key, new in written if new)
    assert "'77'" not in told
    assert '"77"' not in told
    metrics = [node["shows"] for node in facts["final_page"] if node["element"] == "metric"]
    assert metrics == ["(hidden)"]


def test_equal_values_have_equal_numbers(recorded: Recorded, redacted: TraceStore) -> None:
    changes = [c for run in (1, 4) for c in redacted.steps(recorded.id, run).changes]
    shown = {
        name: [c.text for c in changes if c.name == name] for name in ("salary", "pin", "city")
    }
    assert len(set(shown["salary"])) == 2  # the first value, and the one that was set
    assert all(str(text).startswith("[secret ") for texts in shown.values() for text in texts)
    # What was masked while recording keeps its number: no other secret gets it.
    assert "[secret 1]" not in shown["salary"] + shown["pin"] + shown["city"]


def test_the_source_keeps_its_lines_and_can_be_parsed(
    recorded: Recorded, redacted: TraceStore
) -> None:
    source = redacted.sources(recorded.id)[0]
    compile(source.text, "app.py", "exec")
    assert source.text.count("\n") == APP.count("\n")
    line = source.text.splitlines()[8]
    assert line.startswith('salary = st.number_input("Pay", value=\'[secret ')
    # so that what did not run, and why, is told as before
    runs = facts_of(redacted, recorded.id)["runs"]
    assert [run["not_run"] for run in runs] == [run["not_run"] for run in recorded.facts["runs"]]
    assert [run["lines"] for run in runs] == [run["lines"] for run in recorded.facts["runs"]]


def test_documents_on_the_page_stay_documents(recorded: Recorded, redacted: TraceStore) -> None:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    bodies = [r for r in redacted.records(recorded.id) if isinstance(r, MessageBody)]
    documents, tables = [], 0
    for body in bodies:
        message = ForwardMsg.FromString(body.data)
        element = message.delta.new_element
        if element.WhichOneof("type") == "json":
            documents.append(json.loads(element.json.body))
        if element.WhichOneof("type") in ("number_input", "slider"):
            values = getattr(element, str(element.WhichOneof("type"))).default
            for value in [values] if isinstance(values, float) else list(values):
                assert value in (0, 7), value
        if "frame" in str(element.WhichOneof("type")):
            import pyarrow  # type: ignore[import-untyped]

            frame = getattr(element, str(element.WhichOneof("type")))
            is_inside = "arrow_data" in frame.DESCRIPTOR.fields_by_name
            data = frame.arrow_data.data if is_inside else frame.data
            rows = pyarrow.ipc.open_stream(data).read_all().to_pylist()
            assert [row["amount"] for row in rows] == [None, 7]
            tables += 1
    assert documents
    assert tables
    assert all(set(document) == {"salary", "pin", "list"} for document in documents)


def test_passwords_are_not_in_the_copy(recorded: Recorded, redacted: TraceStore) -> None:
    told = everything(redacted, recorded.id)
    for at in range(len(PASSWORD) - 5):
        assert PASSWORD[at : at + 6] not in told


def test_paths_of_the_machine_are_shortened(recorded: Recorded) -> None:
    with recorded.store() as store:
        before = facts_of(store, recorded.id)
        with redacted_copy(store, [recorded.id], None, Wishes()) as (copy, summary):
            told = everything(copy.store, recorded.id)
            info = copy.store.recording(recorded.id)
            after = facts_of(copy.store, recorded.id)
            # WHEN it is exported again, nothing changes any more
            with redacted_copy(copy.store, [recorded.id], None, Wishes()) as (again, _):
                assert facts_of(again.store, recorded.id) == after
                assert again.store.recording(recorded.id) == info
    folder = recorded.db.parent
    for path in (str(folder), folder.name, "site-packages", sys.prefix, str(Path.home()) + "/"):
        assert path not in told, path
    assert info.folder == "payroll"
    with recorded.store() as store:  # nor by the id that Streamlit gives to a machine
        ids = set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", everything(store, 1)))
    from streamlit.runtime.metrics_util import Installation

    assert Installation.instance().installation_id_v3 in ids
    assert Installation.instance().installation_id_v3 not in told
    assert 'File "payroll/app.py", line 31' in told
    assert "pandas/__init__.py" in told
    assert "paths of this machine shortened" in summary
    for facts in (before, after):
        for run in facts["runs"]:
            run["error"] = None
            for write in run["writes"]:
                del write["label"]
        del facts["final_page"]
    assert before == after


def test_values_and_sources_can_be_left_out(recorded: Recorded) -> None:
    wishes = Wishes(values=False, source=False)
    with (
        recorded.store() as store,
        redacted_copy(store, [recorded.id], None, wishes) as (copy, summary),
    ):
        text = everything(copy.store, recorded.id)
        facts = facts_of(copy.store, recorded.id)
        source = copy.store.sources(recorded.id)[0]
        assert copy.store.steps(recorded.id, 1).changes == []
    assert "number_input(" not in text
    assert "raise ValueError" not in text
    assert source.text.strip() == ""
    assert source.text.count("\n") == APP.count("\n")
    assert [run["lines"] for run in facts["runs"]] == [r["lines"] for r in recorded.facts["runs"]]
    limits = facts["recording"]["limits"]
    assert sum(limit.startswith("left out when it was handed on") for limit in limits) == 2
    assert "left out the text of 1 source file" in summary
    assert "of variables and arguments" in summary


def test_no_kind_of_file_holds_what_was_kept_out(recorded: Recorded, tmp_path: Path) -> None:
    words = [word for name in NAMES for word in ("--redact", name)]
    names = ("run.rtrace", "facts.json", "trace.json", "flow.mmd", "cause.dot")
    for name in names:
        call = ["export", "-o", str(tmp_path / name), "--db", str(recorded.db), *words]
        cli.cli.main(call, standalone_mode=False)
    for name in names:
        content = (tmp_path / name).read_bytes()
        if name == "run.rtrace":
            content = zlib.decompress(content[len(MAGIC) + 42 :])
        told = content.decode("latin-1")
        for value in (PASSWORD, CITY, DIARY[:40], "Wilhelmina"):
            for at in range(len(value) - 8):
                assert value[at : at + 9] not in told, name
            assert value[:6] not in told, name
        assert str(recorded.db.parent) not in told, name
        for number in ("52345", "61234", "52,345", "61,234"):
            assert not re.search(rf"(?<![\d.]){number}(?!\d)", told), (name, number)


def test_a_recording_that_goes_on_is_masked_as_a_whole(recorded: Recorded, tmp_path: Path) -> None:
    # GIVEN a recording that is still being written
    from dataclasses import replace

    with recorded.store() as store, TraceStore.open(tmp_path / "live.sqlite") as live:
        info = replace(store.recording(recorded.id), complete=False, ended_at=None)
        id = live.add_recording(info, store.records(recorded.id))
        with redacted_copy(live, [id], None, Wishes(NAMES)) as (copy, _):
            assert not copy.store.recording(id).complete
            assert CITY not in everything(copy.store, id)


def test_a_name_that_nothing_has_is_refused(recorded: Recorded) -> None:
    with recorded.store() as store, pytest.raises(ExportProblem) as caught:
        Redaction(Wishes(("salary", "salry"))).look_through(store, [recorded.id], None)
    assert str(caught.value).startswith("--redact salry: no variable, state key, widget or query")


def test_a_comparison_s_scenario_is_masked(recorded: Recorded) -> None:
    with recorded.store() as store:
        compared = Comparison(
            "payroll",
            store.recording(recorded.id).started_at,
            (
                {"set": "PIN", "value": "77"},
                {"set": "Pay", "value": 7},
                {"set": "salary", "value": 8},
                {"click": "Go"},
            ),
            (ComparedVariant("a", (recorded.id,), f"in {recorded.db.parent}/x.py: {CITY}"),),
        )
        number = store.add_comparison(compared)
        with redacted_copy(store, [], number, Wishes(NAMES)) as (copy, _):
            found = copy.store.comparison(number)
        store.delete_comparison(number)
    text = repr(found)
    for value in ("77'", "7}", "8}", CITY, str(recorded.db.parent)):
        assert value not in text
    assert found.steps[3] == {"click": "Go"}


def test_st_secrets_are_in_no_exported_file(tmp_path: Path) -> None:
    app = tmp_path / "app" / "app.py"
    (app.parent / ".streamlit").mkdir(parents=True)
    (app.parent / ".streamlit" / "secrets.toml").write_text(f'plain = "{SECRET}"\n')
    app.write_text(APP)
    db = tmp_path / "db.sqlite"
    command = [sys.executable, "-P", "-m", "rerun_trace"]
    drive: list[str | Path] = [*command, "drive", "app.py", "--db", db]
    subprocess.run(drive, cwd=app.parent, check=True, capture_output=True)
    with TraceStore.open(db) as store, redacted_copy(store, [1], None, Wishes()) as (copy, _):
        told = everything(copy.store, 1)
    for at in range(len(SECRET) - 5):
        assert SECRET[at : at + 6] not in told
