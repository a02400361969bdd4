"""What must never happen: running the user's code to show a value, and secrets on the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from support import OWN_ENGINE, SAMPLES, Steps, record

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import MessageFate, has_mask

pytestmark = [pytest.mark.ends, pytest.mark.parametrize("engine", OWN_ENGINE)]

TOUCHY = """
import streamlit as st

calls = st.session_state.setdefault("calls", [])

def count(name):
    def method(self, *args):
        calls.append(name)
        raise RuntimeError(name)
    return method

class Meta(type):
    __eq__ = count("meta __eq__")
    __hash__ = type.__hash__
    __instancecheck__ = count("meta __instancecheck__")
    __getattribute__ = type.__getattribute__
    __repr__ = count("meta __repr__")

class Touchy(metaclass=Meta):
    def __init__(self):
        object.__setattr__(self, "inside", 1)
    __repr__ = count("__repr__")
    __str__ = count("__str__")
    __getattr__ = count("__getattr__")
    __len__ = count("__len__")
    __eq__ = count("__eq__")
    __hash__ = count("__hash__")
    __iter__ = count("__iter__")
    __bool__ = count("__bool__")
    prop = property(count("property"))

class TouchyError(Exception):
    __str__ = count("exception __str__")
    __repr__ = count("exception __repr__")

class TouchyStr(str):
    __str__ = count("str __str__")
    __repr__ = count("str __repr__")
    __len__ = count("str __len__")
    __eq__ = count("str __eq__")
    __hash__ = str.__hash__

thing = Touchy()
things = [thing, {"k": thing}, (thing,)]
text = TouchyStr("text")

def use(a, *rest, **more):
    local = a
    return local

kept = use(thing, things, text=text)
st.session_state["thing"] = thing
st.session_state["things"] = things
try:
    raise TouchyError(thing)
except TouchyError as error:
    caught = error
del thing
st.write("calls", len(calls), *calls)
st.session_state.calls = []
"""


def test_values_are_shown_without_running_any_of_their_code(engine: str, tmp_path: Path) -> None:
    app = tmp_path / "app" / "app.py"
    app.parent.mkdir()
    app.write_text(TOUCHY)
    recorded = record(app, [{"rerun": True}], tmp_path / "db.sqlite", engine=engine)
    for run in recorded.facts["runs"]:
        assert run["outcome"] == "completed", run["error"]
        labels = [w["label"] for w in run["writes"] if w["label"]]
        assert labels == ["calls `0`"] or labels == ["calls", "`0`"], labels
    with recorded.store() as store:
        changes = store.steps(recorded.id, 1).changes
    shown = {change.name: change.text for change in changes if change.text is not None}
    assert shown["kept"] == "<Touchy: inside>"
    assert "Touchy" in str(shown["things"])
    assert "TouchyStr" in str(shown["text"])
    assert "TouchyError" in str(shown["caught"])


def test_an_error_with_touchy_arguments_is_told_without_running_its_code(
    engine: str, tmp_path: Path
) -> None:
    app = tmp_path / "app" / "app.py"
    app.parent.mkdir()
    app.write_text(
        """
class Loud(Exception):
    args = property(lambda self: 1 / 0)
    def __str__(self):
        return "said by the app itself"
raise Loud("quiet")
"""
    )
    recorded = record(app, [], tmp_path / "db.sqlite", engine=engine)
    error = recorded.run(1)["error"]
    assert (error["type"], error["message"]) == ("Loud", "quiet")


WORDS = ["correct horse battery", 'quo"te\\s & ünicode', "s3cr3t-t0ken-0123456789"]


@pytest.mark.parametrize("word", WORDS)
def test_a_password_is_nowhere_in_the_database(word: str, engine: str, tmp_path: Path) -> None:
    app = tmp_path / "app" / "app.py"
    app.parent.mkdir()
    app.write_text(
        """
import json
import pandas as pd
import streamlit as st
x = st.text_input("Word", type="password", key="w")
st.session_state.copy = x
st.write("you typed", x, [x], {"k": x})
st.json({"k": x})
st.dataframe(pd.DataFrame({"word": [x]}))
st.text(json.dumps(x))
longer = "before " * 40 + x + " after" * 40
listed = [x] * 3
if x:
    raise ValueError(f"wrong: {x}")
"""
    )
    steps: Steps = [{"set": "Word", "value": word}, {"rerun": True}]
    recorded = record(app, steps, tmp_path / "db.sqlite", engine=engine)
    assert recorded.run(2)["outcome"] == "error"
    with recorded.store() as store:
        everything = recorded.bytes()
        for source in store.sources(recorded.id):
            everything += source.text.encode()
        for run in store.runs(recorded.id):
            everything += repr(store.steps(recorded.id, run.n)).encode()
            for message in store.messages(recorded.id, run.n):
                everything += store.message_body(message.body)
        everything += repr(store.interactions(recorded.id)).encode()
        everything += repr(store.state_writes(recorded.id)).encode()
        everything += repr(store.errors(recorded.id)).encode()
        everything += repr(store.container_writes(recorded.id)).encode()
    for form in (word, word.encode("unicode_escape").decode(), repr(word)[1:-1]):
        assert form.encode() not in everything
    # A prefix of it would be a leak too.
    assert word[:8].encode() not in everything


def test_secrets_are_nowhere_in_the_database(engine: str, tmp_path: Path) -> None:
    app = tmp_path / "app" / "app.py"
    (app.parent / ".streamlit").mkdir(parents=True)
    (app.parent / ".streamlit" / "secrets.toml").write_text(
        'plain = "zebra-in-pyjamas"\n[db]\nuser = "quiet-mouse"\nport = 48151\n'
        'hosts = ["first.example", "second.example"]\n'
    )
    app.write_text(
        """
import streamlit as st
everything = st.secrets.to_dict()
user, port = st.secrets.db.user, st.secrets["db"]["port"]
url = f"postgres://{user}@{st.secrets.db.hosts[1]}:{port}/x"
st.write(url, st.secrets.plain)
st.session_state.url = url
st.write(st.secrets.db.hosts)
"""
    )
    # In a process of its own: older versions look for secrets where the process was started.
    db = tmp_path / "db.sqlite"
    drive = [sys.executable, "-P", "-m", "rerun_trace", "drive", "app.py", "--rerun"]
    subprocess.run([*drive, "--db", db, "--engine", engine], cwd=app.parent, check=True)
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("db.sqlite*"))
    with TraceStore.open(db) as store:
        assert [run.outcome for run in store.runs(1)] == ["completed", "completed"]
        everything += repr(store.state_writes(1)).encode()
        for run in store.runs(1):
            everything += repr(store.steps(1, run.n)).encode()
            for message in store.messages(1, run.n):
                everything += store.message_body(message.body)
    for secret in ("zebra-in-pyjamas", "quiet-mouse", "48151", "first.example", "second.example"):
        assert secret.encode() not in everything, secret


def test_a_password_field_that_is_filled_by_the_script(engine: str, tmp_path: Path) -> None:
    app = tmp_path / "app" / "app.py"
    app.parent.mkdir()
    app.write_text(
        """
import base64
import streamlit as st
def get_password():
    return base64.b64decode("aHVudGVyMi1odW50ZXIy").decode()
st.text_input("Word", value=get_password(), type="password")
"""
    )
    recorded = record(app, [], tmp_path / "db.sqlite", engine=engine)
    with recorded.store() as store:
        bodies = [store.message_body(message.body) for message in store.messages(recorded.id)]
        steps = repr(store.steps(recorded.id, 1))
    assert b"hunter2" not in b"".join(bodies) + recorded.bytes() + steps.encode()


def test_the_login_sample_hides_its_password(engine: str, tmp_path: Path) -> None:
    steps: Steps = [{"set": "User", "value": "ada"}, {"set": "Password", "value": "open sesame!"}]
    recorded = record(SAMPLES / "secret_login.py", steps, tmp_path / "db.sqlite", engine=engine)
    action = recorded.facts["interactions"][2]["action"]
    assert action == {"set": "Password", "value": "[secret 1]"}
    [limit] = recorded.facts["recording"]["limits"]
    assert "values masked" in limit
    assert b"sesame!" not in recorded.bytes()


def test_a_password_with_a_key_is_hidden_in_session_state(engine: str, tmp_path: Path) -> None:
    app = tmp_path / "app" / "app.py"
    app.parent.mkdir()
    app.write_text(
        """
import streamlit as st
st.text_input("Code", "zq8", type="password", key="code")
st.text_input("Your password", key="field")
"""
    )
    steps: Steps = [
        {"set": "Code", "value": "xv7"},
        {"set": "field", "value": "wk6"},
        {"rerun": True},
    ]
    recorded = record(app, steps, tmp_path / "db.sqlite", engine=engine)
    with recorded.store() as store:
        told = [(w.key, w.old, w.new) for w in store.state_writes(recorded.id)]
    assert told == [
        ("code", None, "[secret 1]"),
        ("field", None, "(hidden)"),
        ("code", "[secret 1]", "[secret 2]"),
        ("field", "(hidden)", "[secret 3]"),
    ]


FLOWS = """
import threading
import streamlit as st

def spell(word):
    st.session_state.first = word[0]

@st.fragment
def part(word):
    second = word[1]
    st.button("Again")

@st.cache_data
def known(word):
    third = word[2]
    return third

def say(word):
    fourth = word[3]

word = st.text_input("Word", type="password")
free = "free"
if word:
    part(word)
    fifth = known(word)
    st.button("Spell", on_click=spell, args=(word[:1],))
    say(word)
    st.write("It begins with", word[0])
    st.markdown(free)
    st.text_input("Next to it", free)
    if st.button("Fail"):
        raise KeyError(word[0])
"""


@pytest.mark.parametrize("values", [True, False])
def test_what_is_made_of_a_password_is_masked(values: bool, engine: str, tmp_path: Path) -> None:
    app = tmp_path / "app" / "app.py"
    app.parent.mkdir()
    app.write_text(FLOWS)
    steps: Steps = [{"set": "Word", "value": "QJXZ"}, {"click": "Again"}, {"click": "Spell"}]
    recorded = record(
        app, [*steps, {"click": "Fail"}], tmp_path / "db.sqlite", engine=engine, values=values
    )
    with recorded.store() as store:
        changes = [
            c for run in store.runs(recorded.id) for c in store.steps(recorded.id, run.n).changes
        ]
        writes = store.container_writes(recorded.id)
        [error] = store.errors(recorded.id)
        messages = store.messages(recorded.id)
        bodies = [store.message_body(m.body) for m in messages if m.type == "delta"]
    assert bool(changes) is values
    for change in changes:
        if change.name in ("word", "second", "third", "fourth", "fifth"):
            assert change.text in ("''", "[secret 1]", None), change
        if change.name == "free":
            assert change.text == "'free'"
    assert {w["new"] for w in recorded.run(4)["state_writes"]} == {"[secret 1]"}
    assert error.message == "[secret 1]"
    labels = {write.label for write in writes}
    assert {"[secret 1]", "free", "Word", "Next to it", "Spell"} <= labels
    assert not [label for label in labels if label and len(label) < 3]
    for body in bodies:
        assert b"QJXZ" not in body
        assert b"It begins with" not in body
    received = b"".join(recorded.drive.messages)
    assert b"It begins with" in received, "the browser got what the app wrote"


def test_what_the_app_says_of_secrets_is_no_secret(engine: str, tmp_path: Path) -> None:
    app = tmp_path / "app" / "app.py"
    app.parent.mkdir()
    app.write_text(
        """
import streamlit as st
headers = {"Authorization": "Bearer k9-swordfish-1", "Accept": "text/html"}
url = "postgres://ann:swordfish@db.example.org/sales"
back = "https://example.org/cb?access_token=swordfish&page=2"
said = '{"api_key": "swordfish", "page": 2}'
st.write(url, back)
st.json(said)
st.session_state.back = back
st.query_params["access_token"] = "swordfish"
st.error("Authorization: Bearer k9-swordfish-1")
raise RuntimeError(f"no answer from {url}")
"""
    )
    recorded = record(app, [], tmp_path / "db.sqlite", engine=engine)
    everything = b""
    with recorded.store() as store:
        last = {c.name: c.text for c in store.steps(recorded.id, 1).changes}
        [error] = store.errors(recorded.id)
        for message in store.messages(recorded.id):
            everything += store.message_body(message.body) + repr(message).encode()
        everything += repr(store.container_writes(recorded.id)).encode()
    assert last == {
        "headers": "{'Authorization': (hidden), 'Accept': 'text/html'}",
        "url": "'postgres://(hidden):(hidden)@db.example.org/sales'",
        "back": "'https://example.org/cb?access_token=(hidden)&page=2'",
        "said": '\'{"api_key": "(hidden)", "page": 2}\'',
    }
    assert error.message == "no answer from postgres://(hidden):(hidden)@db.example.org/sales"
    assert b"swordfish" not in everything


OPEN_SAMPLES = ["dashboard", "rerun", "threads"]  # the others: tests/test_samples.py


def _as_made(message: bytes) -> bytes:
    """Without what Streamlit 1.40 adds when a message is sent, which is after it was recorded."""
    read = ForwardMsg.FromString(message)
    read.ClearField("hash")
    read.metadata.cacheable = False
    return read.SerializeToString(deterministic=True)


@pytest.mark.parametrize("name", OPEN_SAMPLES)
def test_an_app_without_secrets_shows_no_mask(name: str, engine: str, tmp_path: Path) -> None:
    recorded = record(
        SAMPLES / f"{name}.py", [{"rerun": True}], tmp_path / "db.sqlite", engine=engine
    )
    with recorded.store() as store:
        for run in store.runs(recorded.id):
            steps = store.steps(recorded.id, run.n)
            assert not [c for c in steps.changes if c.text and has_mask(c.text)]
        # Page messages are what the browser got.
        sent = [m for m in store.messages(recorded.id) if m.fate is MessageFate.DELIVERED]
        bodies = [store.message_body(m.body) for m in sent]
    assert set(map(_as_made, bodies)) <= set(map(_as_made, recorded.drive.messages))
    assert "secret" not in repr(recorded.facts)
    assert "(hidden)" not in repr(recorded.facts)
    assert not [limit for limit in recorded.facts["recording"]["limits"] if "masked" in limit]
