"""Which names are masked because of what they were made of: one small script for each way."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from support import ENGINES, run_code

pytestmark = pytest.mark.parametrize("engine", ENGINES)

SECRET = "zebra-quagga"

# What comes after `pw = ...`; then names with what must be shown at the end.
CASES = {
    "letters of a loop": ("for ch in pw: up = ch.upper()", {"ch": "*", "up": "*"}),
    "a number": ("n = len(pw)\nm = n + 1", {"n": "*", "m": "*"}),
    "what says nothing": (
        "a = pw == 'x'\nb = pw[:0]\nc = None if pw else 1",
        {"a": "False", "b": "''", "c": "None"},
    ),
    "a new value": ("x = pw[0]\nx = 'free'\ny = x + '!'", {"x": "'free'", "y": "'free!'"}),
    "a name that was not assigned again": (
        "x = pw[0]\nif False:\n    x = 1\ny = x if True else (x := 2)",
        {"x": "*", "y": "*"},
    ),
    "augmented": ("x = ''\nx += pw[0]\nx += 'b'", {"x": "*"}),
    "unpacked": ("a, (b, *c) = pw[0], pw[1:4]", {"a": "*", "b": "*", "c": "*"}),
    "comprehensions": (
        "a = [c for c in pw]\nb = {c: [d for d in c] for c in pw}\ne = [n for n in 'xy' if pw]",
        {"a": "*", "b": "*", "e": "*"},
    ),
    "walrus": ("if (w := pw[:1]): v = w", {"w": "*", "v": "*"}),
    "with": (
        "import contextlib\nwith contextlib.nullcontext(pw[0]) as w:\n    v = w",
        {"w": "*", "v": "*"},
    ),
    "arguments and returns": (
        "def f(a, *rest, key='', **more):\n    b = a\n    return b\nx = f(pw[0])\ny = f('free')",
        {"x": "*", "y": "'free'"},
    ),
    "through two calls": (
        "def g(a):\n    return a[1:2]\ndef f(a):\n    return g(a)\nx = f(pw)",
        {"x": "*"},
    ),
    "a global": ("def f():\n    return pw[0]\nx = f()\ny = 1", {"x": "*", "y": "1"}),
    "a variable of a closure": (
        (
            "def f():\n    held = pw[0]\n    def g():\n        return held\n    return g\n"
            "g = f()\nx = g()"
        ),
        {"x": "*"},
    ),
    "a lambda": ("f = lambda: pw[0]\nx = f()", {"x": "*"}),
    "a generator": (
        (
            "def g(a):\n    for c in a:\n        yield c\nfor c in g(pw): d = c\n"
            "it = g(pw)\nx = next(it)"
        ),
        {"c": "*", "d": "*", "x": "*"},
    ),
    "sent to a generator": (
        (
            "def g():\n    while True:\n        c = yield\n        kept.append(c)\n"
            "kept = []\nit = g()\nnext(it)\nit.send(pw[0])\nx = kept[0]"
        ),
        {"x": "*"},
    ),
    "what a list got": ("x = []\nx.append(pw[0])\ny = x[0]", {"x": "*", "y": "*"}),
    "another name for the list": (
        "x = y = []\nz = {'k': y}\nx.append(pw[0])\nprint(y, z)\nv = z['k']",
        {"x": "*", "v": "*"},
    ),
    "a method that was kept": ("x = []\nadd = x.append\nadd(pw[0])\ny = x[0]", {"y": "*"}),
    "a list that a function fills": (
        "def fill(a):\n    a.append(pw[0])\nx = []\nfill(x)\ny = x[0]",
        {"y": "*"},
    ),
    "an object": (
        "class Box:\n    def put(self):\n        self.p = pw[0]\nb = Box()\nb.put()\nx = b.p",
        {"x": "*"},
    ),
    "the body of a class": ("class Box:\n    p = pw[0]\nx = Box.p", {"x": "*"}),
    "a value of an exception": (
        (
            "def f():\n    raise KeyError(pw[0])\n"
            "try:\n    f()\nexcept ValueError:\n    pass\nexcept KeyError as e:\n    x = str(e)"
        ),
        {"x": "*"},
    ),
    "a pattern": (
        "match pw[:1]:\n    case 'q':\n        pass\n    case x:\n        y = x",
        {"y": "*"},
    ),
    "an iterator": ("it = iter(pw)\nx = next(it)", {"x": "*"}),
    "a partial": (
        "import functools\ndef f(a, b):\n    return a\np = functools.partial(f, pw[0])\nx = p(1)",
        {"x": "*"},
    ),
    "a thread": (
        (
            "import threading\nkept = []\ndef f(a):\n    kept.append(a)\n"
            "t = threading.Thread(target=f, args=(pw[0],))\nt.start()\nt.join()\nx = kept[0]"
        ),
        {"x": "*"},
    ),
    "found by its value": ("box = {'k': ['zebra-' + 'quagga']}\nx = box['k'][0][1]", {"x": "*"}),
    "what a loop goes through without a name": (
        "def f():\n    return list(pw)\nfor ch in f():\n    up = ch.upper()",
        {"ch": "*", "up": "*"},
    ),
    "a name that kept its value": ("t = 1\nx = pw[0]\nt or (x := 'free')\ny = x", {"y": "*"}),
    "an object within another": (
        (
            "class Box:\n    def put(self):\n        self.p = pw[0]\n"
            "a = Box()\na.b = Box()\na.b.put()\nx = a.b.p"
        ),
        {"x": "*"},
    ),
    "nonlocal": (
        (
            "def f():\n    held = ''\n    def put():\n        nonlocal held\n"
            "        held = pw[0]\n    put()\n    y = held\n    return y\nx = f()"
        ),
        {"x": "*"},
    ),
    "nothing to do with it": (
        "a = [1, 2]\ndef f(b):\n    return b * 2\nc = f(3)\nfor d in a: e = d",
        {"a": "[1, 2]", "c": "6", "d": "2", "e": "2"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mark_goes_along(case: str, engine: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    run = run_code(f"pw = '{SECRET}'\n{text}\n", tmp_path, engine, secrets=[SECRET])
    last = {c.name: c.text for c in run.changes if c.frame == 1}
    shown = {name: "*" if last[name] == "[secret 1]" else last[name] for name in expected}
    assert shown == expected
    assert last["pw"] == "[secret 1]"


def test_what_a_call_is_given_is_masked_in_it(engine: str, tmp_path: Path) -> None:
    text = """
        def f(a, b=1):
            c = a
            return c
        def g(d):
            return d
        pw = "zebra-quagga"
        x = f(pw[0])
        y = g(7)
    """
    run = run_code(textwrap.dedent(text), tmp_path, engine, secrets=[SECRET])
    inside = {(c.name, c.scope): c.text for c in run.changes if c.frame > 1}
    assert inside["a", "argument"] == inside["c", "local"] == "[secret 1]"
    assert inside["d", "argument"] == inside["return", "return"] == "7"


def test_names_of_a_module_keep_their_marks(engine: str, tmp_path: Path) -> None:
    (tmp_path / "kept_word.py").write_text("word = ''\nfree = 'free'\n")
    text = """
        import sys
        sys.path.insert(0, sys.argv_folder)
        import kept_word
        pw = "zebra-quagga"
        kept_word.word = pw[:1]
        x = kept_word.word
        y = kept_word.free
        from kept_word import word as z
        sys.path.pop(0)
        del sys.modules["kept_word"]
    """
    text = textwrap.dedent(text).replace("sys.argv_folder", repr(str(tmp_path)))
    run = run_code(text, tmp_path, engine, secrets=[SECRET])
    last = {c.name: c.text for c in run.changes if c.text is not None}
    assert (last["x"], last["y"], last["z"]) == ("[secret 1]", "'free'", "[secret 1]")


def test_two_secrets_are_told_apart(engine: str, tmp_path: Path) -> None:
    text = "a = 'zebra-quagga'\nb = 'okapi+tapir'\nc = a[0]\nd = b[0]\ne = c + d\n"
    run = run_code(text, tmp_path, engine, secrets=[SECRET, "okapi+tapir"])
    last = {c.name: c.text for c in run.changes}
    assert last == {
        "a": "[secret 1]",
        "b": "[secret 2]",
        "c": "[secret 1]",
        "d": "[secret 2]",
        "e": "[secret]",
    }


def test_without_a_secret_nothing_is_masked(engine: str, tmp_path: Path) -> None:
    for text, _ in CASES.values():
        run = run_code(f"pw = '{SECRET}'\n{text}\n", tmp_path, engine)
        assert not [c for c in run.changes if c.text and "[secret" in c.text]
