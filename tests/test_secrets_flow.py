"""Secrets are followed through code: nothing that is made of one is in a recording.

Generated apps take what was typed into a password field through sixty expressions. Then all that
was kept is searched for each secret, for its parts and for what they look like encoded; and every
name that something was assigned to must show a mask.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import json
import random
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from support import OWN_ENGINE

import rerun_trace
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.driver.driver import drive
from rerun_trace.tracer.driver.scenario import parse_scenario
from rerun_trace.tracer.model import has_mask

pytestmark = [pytest.mark.ends, pytest.mark.parametrize("engine", OWN_ENGINE)]

# Every name that begins with `x` must be masked. `$` is the number of the expression.
EXPRESSIONS = r"""
x$ = pw
x$ = pw[0]
x$ = pw[:4]
x$ = pw[-5:]
x$ = pw[1:-1]
x$ = pw[::-1]
x$ = pw[::2]
x$ = pw.lower()
x$ = pw.upper()
x$ = pw.swapcase()
x$ = pw.title()
x$ = pw.strip()
x$ = pw.split()
x$ = pw.splitlines()
x$ = list(pw)
x$ = set(pw)
x$ = [ch for ch in pw]
x$ = [ord(ch) for ch in pw]
x$ = {n: ch for n, ch in enumerate(pw)}
x$ = "".join(reversed(pw))
x$ = pw + "!"
x$ = f"<{pw}>"
x$ = "%s and %s" % (pw[:5], pw[5:])
x$ = "{0:>80}".format(pw)
x$ = pw * 3
x$ = pw.replace(pw[1], "_")
x$ = (pw, 1)
x$ = {"k": [pw, {"deep": pw}]}
x$ = [[pw]]
x$a, *x$b = pw
(x$a, (x$b, x$c)) = (pw[0], (pw[1], pw[2]))
x$ = x$b = pw[2:]
x$ = ""; x$ += pw[:3]
x$ = base64.b64encode(pw.encode())
x$ = base64.urlsafe_b64encode(b"u:" + pw.encode()).decode()
x$ = base64.b64encode(pw[1:6].encode()).decode().rstrip("=")
x$ = pw.encode().hex()
x$ = pw[2:7].encode().hex().upper()
x$ = pw.encode("utf-16")
x$ = quote(pw)
x$ = quote_plus(pw[:6])
x$ = json.dumps({"v": pw})
x$ = html.escape(pw)
x$ = repr(pw)
x$ = hashlib.sha256(pw.encode()).hexdigest()
x$ = hashlib.md5(pw.strip().encode()).hexdigest()[:10]
x$ = base64.b64encode(hashlib.sha1(pw.encode()).digest()).decode()
x$ = hashlib.blake2b(b"salt" + pw.encode()).hexdigest()
x$ = hmac.new(b"k", pw.encode(), "sha512").digest()
x$ = bytes(a ^ 7 for a in pw.encode())
x$ = codecs.encode(pw, "rot13")
x$ = int.from_bytes(pw.encode(), "big")
x$ = len(pw)
x$ = iter(pw)
x$ = (x$b := pw[:3])
x$ = sorted(pw)
x$ = max(pw)
x$ = dict(zip(range(99), pw))
x$ = collections.Counter(pw)
x$ = textwrap.wrap(pw, 3)
x$ = [pw[n : n + 3] for n in range(0, len(pw), 3)]
x$ = st.session_state.typed[1:3]
for x$ in pw: pass
for x$n, x$ in enumerate(pw): x$l = x$ * 2
for x$ in (c for c in st.session_state["typed"]): x$u = x$.upper()
with contextlib.nullcontext(pw[:2]) as x$: x$b = x$ + "?"
def f$(p, q=""): x$ = p[:2]; return x$ + q
x$ = f$(pw)
x$ = f$("", pw[3:])
x$ = (lambda p: p[1:3])(pw)
x$ = Keeper(pw).first()
keeper = Keeper(""); keeper.put(pw[0]); x$ = keeper.word
x$ = [first for first in spelled(pw)]
def g$(): return held[:2]
held = pw; x$ = g$()
x$ = list(map(lambda c: c * 2, pw))
shelf.append(pw[:1]); x$ = shelf[-1]
alias = shelf; x$ = alias[0]
add = shelf.append; add(pw[1]); x$ = shelf[-1]
letters["x"] = pw[2]; x$ = letters["x"]
helper.KEPT = pw[:3]; x$ = helper.KEPT
x$ = helper.kept()
"""

TRIES = r"""
try:
    int(pw[:2] or "zz")
except ValueError as x$:
    x$t = str(x$)
match pw[:2]:
    case "": pass
    case x$m: x$n = x$m
st.session_state.spelled = []
for c in pw: st.session_state.spelled.append(c)
x$s = st.session_state.spelled
st.session_state["part"] = pw[:3]
x$p = st.session_state.get("part")
st.session_state.update(more=pw[1:4])
x$q = st.session_state.more
"""

SHOWN = r"""
st.write(pw[:6], [pw], {"k": pw})
st.markdown(f"It is *{pw[1:]}*.")
st.code(pw[::-1])
st.json({"a": pw, "b": [pw.upper()]})
st.metric("Typed", pw[:5], pw[2:])
st.text(quote(pw))
st.button(f"Forget {pw[:7]}")
st.selectbox("Which", [pw, pw[:4]])
st.caption(base64.b64encode(pw.encode()).decode())
st.dataframe({"word": [pw, pw.lower()]})
st.text_area("Say", value=pw, key="say")
st.expander(pw[:8]).write(hashlib.sha256(pw.encode()).hexdigest())
st.html(f"<b>{html.escape(pw)}</b>")
st.success("".join(c for c in pw))
st.exception(ValueError(pw[:5]))
raise RuntimeError(f"not {pw[2:]}")
"""

HEAD = """
import base64, codecs, collections, contextlib, hashlib, hmac, html, json, textwrap
from urllib.parse import quote, quote_plus
import streamlit as st
import helper

class Keeper:
    def __init__(self, word): self.word = word
    def put(self, word): self.word += word
    def first(self):
        x = self.word[:2]
        return x

def spelled(word):
    for x in word:
        yield x

shelf, letters = [], {}
pw = st.text_input("Word", type="password", key="typed")
if not pw:
    st.stop()
clean = "quite harmless"
"""

HELPER = """
KEPT = "nothing"

def kept():
    x = KEPT[:2]
    return x
"""


def app_text() -> str:
    lines = EXPRESSIONS.strip().splitlines()
    assert len(lines) > 60
    body = [line.replace("$", str(n)) for n, line in enumerate(lines)]
    # Functions take the number of their line: those that call them stand below.
    text = "\n".join(body)
    text = re.sub(r"(?<!def )\bf\d+\(", f"f{_line_of('def f$', lines)}(", text)
    text = re.sub(r"(?<!def )\bg\d+\(", f"g{_line_of('def g$', lines)}(", text)
    return "\n".join([HEAD, text, TRIES.replace("$", "900"), SHOWN])


def _line_of(start: str, lines: list[str]) -> int:
    return next(n for n, line in enumerate(lines) if line.startswith(start))


ALPHABETS = [
    string.ascii_lowercase,
    string.ascii_letters,
    string.ascii_letters + string.digits,
    string.digits,
    string.ascii_letters + string.digits + string.punctuation,
    "äöüßéñçøåÄÖÜ" + string.ascii_lowercase,
    "日本語秘密鍵漢字仮名" + string.digits,
    "абвгдежзийклмнопрстуфхцч",
    "'\"\\/<>&%+=?# " + string.ascii_letters,
    string.hexdigits,
]


def secrets() -> list[str]:
    """Fifty secrets, the same in every run."""
    chance = random.Random(20_240_601)
    made = [
        "correct horse battery",
        "  blanks around it ",
        "quo'te\"s \\and\\ more",
        "Pa$$w0rd-1987!",
    ]
    made.append("-----BEGIN KEY-----\nq8Zr+T1xWv\nLm0/Pd7sYk\n-----END KEY-----")
    while len(made) < 50:
        alphabet = ALPHABETS[len(made) % len(ALPHABETS)]
        word = "".join(chance.choices(alphabet, k=chance.randint(4, 60)))
        if len(set(word)) > 3 and not word.isspace():
            made.append(f" {word}\t" if len(made) % 9 == 0 else word)
    return made


def record_words(words: list[str], folder: Path, engine: str, values: bool = True) -> Kept:
    app = folder / "app" / "app.py"
    app.parent.mkdir(parents=True)
    app.write_text(app_text(), encoding="utf-8")
    (app.parent / "helper.py").write_text(HELPER)
    db = folder / "kept" / "db.sqlite"
    db.parent.mkdir()
    steps = [{"set": "Word", "value": word} for word in words]
    with rerun_trace.start(db, engine, app=app, mode="drive", values=values) as recording:
        drive(app, parse_scenario(steps), idle_timeout_s=60)
        assert recording.id is not None
        during = _files(folder)
    assert recording.recorder.error is None, recording.recorder.error
    with TraceStore.open(db, create=False) as store:
        return Kept(store, recording.id, [during, _files(folder)])


def _files(folder: Path) -> bytes:
    """All files but the app's own: the database, its journal, what is temporary."""
    files = [path for path in folder.rglob("*") if path.is_file() and "app" not in path.parts]
    assert files
    return b"\n".join(path.read_bytes() for path in files)


class Kept:
    """What a recording kept, as texts: of the first run, in which nothing was typed, apart."""

    def __init__(self, store: TraceStore, recording: int, files: list[bytes]) -> None:
        self.files = b"\n".join(files)
        self.info = store.recording(recording)
        runs = [run.n for run in store.runs(recording)]
        self.outcomes = [run.outcome for run in store.runs(recording)]
        self.changes = [c for n in runs[1:] for c in store.steps(recording, n).changes]
        self.state = [write for write in store.state_writes(recording) if write.run > 1]
        before: list[str] = []
        after: list[str] = []
        for source in store.sources(recording):
            before.append(source.text)
        before += [error.traceback for error in store.errors(recording)]  # lines of source
        for message in store.messages(recording):
            body = store.message_body(message.body) if message.body else b""
            into = before if message.run in (None, 1) else after
            into += [body.decode("latin-1"), body.decode("utf-8", "replace"), *texts(message)]
        records: list[Any] = [
            *store.interactions(recording),
            *store.state_writes(recording),
            *(dataclasses.replace(e, traceback="") for e in store.errors(recording)),
            *store.container_writes(recording),
            *store.callbacks(recording),
            *(store.steps(recording, n) for n in runs),
        ]
        for item in records:
            after += texts(item)
        self.before = "\n".join(before)
        self.after = _without_ids("\n".join(after))
        self.fours = {self.after[at : at + 4] for at in range(len(self.after))}


def texts(value: Any) -> Iterator[str]:
    """Every text in a record. Numbers are none: that digits occur in a time says nothing."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(key)
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))


def _without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{32,40}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text)


def looks(secret: str) -> Iterator[str]:
    """What must not be found: every part of four characters, and all in other forms."""
    parts = {secret[at : at + 4] for at in range(len(secret) - 3)}
    for part in parts:
        if len(set(part)) == 1 or set(part) <= set(" -\n"):
            continue
        yield from (part, part.lower(), part.upper(), part.swapcase(), part[::-1])
        yield from (json.dumps(part)[1:-1], ascii(part)[1:-1], repr(part.encode())[2:-1])
        yield from (quote(part), quote_plus(part), quote(part, safe=""), html.escape(part))
        yield from (part.encode().hex(), part.encode().hex().upper())
    data = secret.encode()
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * shift + data).decode()
            inside = text[4 if shift else 0 : len(text) // 4 * 4 - 4]
            yield from (inside[at : at + 6] for at in range(len(inside) - 5))
    for text in (secret, secret.strip(), secret.lower(), secret.upper(), *secret.splitlines()):
        for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "sha3_256"):
            digest = hashlib.new(name, text.encode())
            yield digest.hexdigest()[:10]
            yield base64.b64encode(digest.digest()).decode()[:10]


def leaks(kept: Kept, secret: str) -> list[str]:
    found = []
    for look in set(looks(secret)):
        if len(look) < 4 or look in kept.before or is_ordinary(look):
            continue
        for form in {look, look.encode().decode("latin-1")}:
            if form[:4] in kept.fours and form in kept.after:
                at = kept.after.index(form)
                found.append(f"{look!r}: {kept.after[max(0, at - 60) : at + 60]!r}")
    # What is compressed is noise in which a few bytes may be there by chance.
    for part in {secret[at : at + 8] for at in range(max(1, len(secret) - 7))}:
        if len(part.encode()) > 5 and part.encode() in kept.files and not is_ordinary(part):
            found.append(f"{part!r} in the files")
    return found


# Parts that are words of everyday, in the secrets above.
ORDINARY = {"with", "begi", "egin", "1987", "pass", "word"}
HEADER = "-----begin"  # of every key in a file: it gives nothing away


def is_ordinary(part: str) -> bool:
    return part.lower() in ORDINARY or part.lower() in HEADER


@pytest.mark.parametrize("group", range(5))
def test_nothing_of_fifty_secrets_is_kept(group: int, engine: str, tmp_path: Path) -> None:
    words = secrets()[group::5]
    kept = record_words(words, tmp_path, engine)
    assert len(kept.outcomes) == 11
    told = [(c.name, c.text) for c in kept.changes if c.name[:1] == "x" and c.text is not None]
    assert {pair for pair in told if not has_mask(pair[1]) and pair[1] != "''"} == set()
    assert len({name for name, _ in told}) > 80
    spelled = [w.new for w in kept.state if w.key in ("spelled", "part", "more", "typed")]
    assert spelled
    assert all(has_mask(text) or text in ("[]", "''") for text in spelled if text is not None)
    assert {c.text for c in kept.changes if c.name == "clean"} == {"'quite harmless'"}
    assert any("values masked" in limit for limit in kept.info.limits)
    for word in words:
        assert not leaks(kept, word), word


def test_nothing_of_them_is_kept_without_values_either(engine: str, tmp_path: Path) -> None:
    words = secrets()
    kept = record_words(words, tmp_path, engine, values=False)
    assert len(kept.outcomes) == 1 + len(words)
    assert not [c for c in kept.changes if c.scope != "return" and c.name[:1] == "x"]
    for word in words:
        assert not leaks(kept, word), word
