"""Small Streamlit scripts made at random, and what is done on their pages.

Every label and key is unique in its place (in a loop or a function it holds what tells the turns
apart), and every `st.rerun` has an end: a button, or a counter in session state. What is left may
go wrong as it likes: an error, too, is something that a recording has to tell.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as some

T = TypeVar("T")

PROLOGUE = '''\
"""Made at random."""
import contextlib
import functools
import streamlit as st

st.session_state.setdefault("n", 0)


@contextlib.contextmanager
def opened(name):
    st.caption(name)
    try:
        yield name
    finally:
        st.session_state.opened = name


def noted(label):
    def decorate(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            st.session_state.noted = label
            return function(*args, **kwargs)
        return inner
    return decorate


def bump(by=1):
    st.session_state.n += by


class Meter:
    step: int = 2

    def __init__(self, name):
        self.name = name
        self.total = 0

    @property
    def doubled(self):
        return self.total * 2

    def __enter__(self):
        self.total += self.step
        return self

    def __exit__(self, *error):
        self.total -= 1
        return False


'''


@dataclass
class _Place:
    """Where a statement stands: what may stand there, and what makes labels unique."""

    depth: int = 0
    tag: str = ""  # put into an f-string: "{tag}" in a function, "{i3}" in a loop
    in_function: bool = False
    in_loop: bool = False
    in_fragment: bool = False
    in_form: bool = False
    in_cache: bool = False

    def inside(self, **changes: Any) -> _Place:
        return _Place(**{**self.__dict__, "depth": self.depth + 1, **changes})


@dataclass
class _Writer:
    draw: Callable[..., Any]
    count: int = 0
    widgets: list[tuple[str, str]] = field(default_factory=list)  # (kind, label)
    sure: list[tuple[str, str]] = field(default_factory=list)  # those that are always there
    boxes: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)  # of inputs so far
    head: list[str] = field(default_factory=list)  # functions, before the body
    first: list[dict[str, Any]] = field(default_factory=list)  # what is done to begin with

    # Small choices

    def pick(self, *options: T) -> T:
        picked: T = self.draw(some.sampled_from(options))
        return picked

    def number(self, low: int, high: int) -> int:
        return int(self.draw(some.integers(low, high)))

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def label(self, prefix: str, place: _Place) -> str:
        """A unique label as source; at the top level it can be acted on."""
        name = self.name(prefix)
        if place.tag:
            return f'f"{name}{place.tag}"'
        self.widgets.append((prefix, name))
        if not place.depth:
            self.sure.append((prefix, name))
        return f'"{name}"'

    def value(self) -> str:
        return self.pick(
            "st.session_state.n",
            "1",
            "[x * 2 for x in range(3)]",
            "sum(x for x in range(4) if x % 2)",
            "{\n    str(k): k\n    for k in range(2)\n}",
            "len(\n    str(st.session_state.n)\n)",
            '(1 if st.session_state.n % 2\n else "two")',
            "(lambda x: x + 1)(2)",
            "sorted(\n    [3, 1, 2],\n    key=lambda x: -x,\n)",
            'f"n is {st.session_state.n}"',
            '"a" \\\n    "b"',
        )

    def condition(self, place: _Place) -> str:
        tests = [
            "st.session_state.n % 2",
            "st.session_state.n > 1",
            "True",
            "not st.session_state.n",
        ]
        if not (place.in_form or place.in_cache):
            tests += [self.widget("b", place), self.widget("c", place)]
        test = self.pick(*tests)
        return self.pick(test, f"(\n    {test}\n    and 1\n)", f"(test := {test})")

    def widget(self, kind: str, place: _Place) -> str:
        label = self.label(kind, place)
        callback = "" if place.in_form else self.pick("", "", self.callback(), self.callback())
        key = self.pick("", f', key="w" + {label}')
        if kind == "b":
            on = callback and f", on_click={callback}"
            return f"st.button({label}{key}{on})"
        on = callback and f", on_change={callback}"
        if key and not place.tag:
            self.keys.append("w" + label.strip('"'))
        widget = {"c": "checkbox", "t": "text_input", "s": "selectbox"}[kind]
        more = ', ["x", "y", "z"]' if kind == "s" else ""
        return f"st.{widget}({label}{more}{key}{on})"

    def callback(self) -> str:
        return self.pick(
            "bump",
            "bump, args=(2,)",
            "bump, kwargs={'by': 3}",
            "functools.partial(bump, 2)",
            "lambda: st.session_state.update(n=5)",
            "lambda: [bump(k) for k in range(2)]",
            self.name("cb") if self.number(0, 2) == 0 else "bump",
        )

    # Statements: each returns lines

    def block(self, place: _Place, most: int = 3) -> list[str]:
        lines: list[str] = []
        for _ in range(self.number(1, most)):
            lines += self.statement(place)
        return lines

    def body(self, place: _Place, most: int = 3) -> list[str]:
        return ["    " + line for line in "\n".join(self.block(place, most)).split("\n")]

    def statement(self, place: _Place) -> list[str]:
        flat = [self.assign, self.write, self.write, self.state, self.multiline]
        if not place.in_cache:
            flat += [self.magic, self.outside, self.input, self.rerun, self.stop, self.empty]
            flat += [self.query]
        deep = [self.branch, self.loop, self.turns, self.attempt, self.within, self.choose]
        deep += [self.function, self.recursion, self.generator, self.meter, self.one_line]
        if not place.in_cache and not place.in_form:
            deep += [self.fragment, self.form, self.columns, self.guarded_rerun, self.guarded_rerun]
            deep += [self.cached]
        if place.in_function:
            flat += [self.leave]
        if place.in_loop:
            flat += [self.jump]
        options = flat if place.depth >= 4 else flat + deep
        made: list[str] = self.pick(*options)(place)
        return made

    def query(self, place: _Place) -> list[str]:
        key = self.pick("q", "view")
        return self.pick(
            [f'st.query_params["{key}"] = str(st.session_state.n)'],
            [f'st.query_params.pop("{key}", None)'],
            [f'st.query_params.from_dict({{"{key}": ["a", "b c"]}})'],
        )

    def assign(self, place: _Place) -> list[str]:
        name = self.name("v")
        return self.pick(
            [f"{name} = {self.value()}"],
            [f"{name}: object = {self.value()}"],
            [f"{name} = 1; {name} += 1"],
            [f"{name} = {self.value()}", f"del {name}"],
            [f"{name} = other = (", f"    {self.value()},", ")"],
            [f"assert {self.value()} is not None"],
            ["pass"],
        )

    def write(self, place: _Place) -> list[str]:
        if place.in_cache:
            return ["pass"]
        text = f'f"{self.name("m")}{place.tag}"'
        return self.pick(
            [f"st.write({text})"],
            [f"st.markdown({text})"],
            ["st.text(", f"    {text},", ")"],
            [f"st.write({text}, {self.value()})"],
            [f"st.metric({text}, st.session_state.n)"],
            [f"with st.sidebar: st.caption({text})"],
        )

    def multiline(self, place: _Place) -> list[str]:
        name = self.name("v")
        return self.pick(
            [f"{name} = max(", "    min(", "        1,", "        2),", "    3,", ")"],
            [f'{name} = """one', "two", 'three"""'],
            [f"{name} = [", "    y", "    for x in range(2)", "    for y in range(x)", "]"],
            [f"{name} = {{", '    "a": 1,', '    "b": [', "        2,", "    ],", "}"],
        )

    def state(self, place: _Place) -> list[str]:
        key = self.pick("n", "x", "y")
        if place.in_cache:
            return ["pass"]
        return self.pick(
            ["st.session_state.n += 1"],
            [f'st.session_state["{key}"] = {self.number(0, 5)}'],
            [
                f"if {key!r} in st.session_state and {key!r} != 'n':",
                f"    del st.session_state.{key}",
            ],
            ["bump()"],
            [f'st.session_state.setdefault("{key}", {self.value()})'],
            *self._late(),
        )

    def _late(self) -> list[list[str]]:
        """Writes to the key of an input, which may have been drawn by then: that is refused."""
        if not self.keys:
            return []
        write = f"st.session_state.{self.pick(*self.keys)} = None"
        return [["try:", f"    {write}", "except Exception as error:", "    refused = error"]]

    def prone(self) -> list[str]:
        """A fault that the explainer has a kind for, or nearly one; `first` brings it about."""
        make = self.pick(self._shown_too_early, self._dropped, self._swallowed, self._refused)
        made: list[str] = make()
        return made

    def _shown_too_early(self) -> list[str]:
        button, text = self.label("b", _Place()), self.name("m")
        shown = self.pick("st.session_state.n", 'f"{st.session_state.n} of 9"', "len(str(n))")
        change = self.pick("st.session_state.n += 1", "bump()", "st.session_state.n = 7")
        self.first.append({"click": button.strip('"')})
        body = [f'st.metric("{text}", {shown})', *self.block(_Place(4), 1)]
        return ["n = st.session_state.n", *body, f"if st.button({button}):", f"    {change}"]

    def _dropped(self) -> list[str]:
        box, text = self.label("c", _Place()), self.label("t", _Place())
        self.first.append({"set": text.strip('"'), "value": self.pick("one", "two")})
        self.first += [{"set": box.strip('"'), "value": value} for value in (False, True)]
        again = self.pick("pass", f"st.write(st.session_state.get('w' + {text}))")
        widget = f"    st.text_input({text}, key='w' + {text})"
        return [f"if st.checkbox({box}, True):", widget, "else:", f"    {again}"]

    def _swallowed(self) -> list[str]:
        button = self.label("b", _Place())
        self.first.append({"click": button.strip('"')})
        call = self.pick("st.rerun()", "st.rerun()", "st.stop()")
        takes = self.pick("except BaseException as error:", "except Exception:", "finally:")
        then = self.pick("pass", "n = 1", "st.session_state.x = 1", "st.caption('taken')")
        return ["try:", f"    if st.button({button}):", f"        {call}", takes, f"    {then}"]

    def _refused(self) -> list[str]:
        text = self.label("t", _Place())
        key = "w" + text.strip('"')
        widget = f"st.text_input({text}, key='{key}')"
        write = ["try:", f"    st.session_state.{key} = 'three'", "except Exception:", "    pass"]
        return self.pick([widget, *write], [*write, widget])

    def magic(self, place: _Place) -> list[str]:
        return self.pick(["st.session_state.n"], [f'"{self.name("m")}"'], ["(1,", " 2)"])

    def outside(self, place: _Place) -> list[str]:
        if self.boxes and not place.in_form:
            box = self.pick(*self.boxes)
            return [f'{box}.write(f"{self.name("m")}{place.tag}")']
        if place.depth or place.in_function:
            return self.write(place)
        self.boxes.append(self.name("box"))
        kind = self.pick("container", "empty", "container", 'expander("E")')
        return [f"{self.boxes[-1]} = st.{kind if '(' in kind else kind + '()'}"]

    def empty(self, place: _Place) -> list[str]:
        name = self.name("slot")
        return [f"{name} = st.empty()", f'{name}.write("one")', f'{name}.write("two")']

    def input(self, place: _Place) -> list[str]:
        kind = self.pick("c", "t", "s") if place.in_form else self.pick("b", "c", "t", "s")
        return [f"{self.name('v')} = {self.widget(kind, place)}"]

    def rerun(self, place: _Place) -> list[str]:
        """Two chances at most in a script's life."""
        key = self.name("r")
        scope = self.pick('"fragment"', '"app"') if place.in_fragment else '"app"'
        return [
            f'if st.session_state.setdefault("{key}", 0) < {self.number(1, 2)}:',
            f"    st.session_state.{key} += 1",
            f"    st.rerun({self.pick('', 'scope=' + scope)})",
        ]

    def guarded_rerun(self, place: _Place) -> list[str]:
        scope = self.pick("", 'scope="fragment"') if place.in_fragment else ""
        inner = [
            f"if {self.widget('b', place)}:",
            *self.body(place.inside(in_form=True), 2),
            f"    st.rerun({scope})",
        ]
        return self.pick(inner, self._tried(inner, place))

    def _tried(self, inner: list[str], place: _Place) -> list[str]:
        caught = self.pick(
            "except Exception:", "except ValueError as error:", "except BaseException:"
        )
        indented = ["    " + line for line in "\n".join(inner).split("\n")]
        tail = self.pick(
            [caught, *self.body(place.inside(), 1)],
            ["finally:", *self.body(place.inside(), 1)],
            [caught, *self.body(place.inside(), 1), "else:", *self.body(place.inside(), 1)],
            [caught, "    raise", "finally:", "    st.session_state.x = 3"],
        )
        return ["try:", *indented, *tail]

    def stop(self, place: _Place) -> list[str]:
        if place.in_form:
            return ["pass"]
        return [
            f"if {self.widget('c', place)}:",
            self.pick("    st.stop()", "    raise KeyError('k')"),
        ]

    def leave(self, place: _Place) -> list[str]:
        return self.pick(
            ["if st.session_state.n > 2:", "    return 1"],
            ["if st.session_state.n > 1: return (", "    1,", "    2,", ")"],
            [
                "with Meter('r') as m:",
                "    if m.total > 1:",
                "        return len(",
                "            m.name)",
            ],
            [
                "try:",
                "    if st.session_state.n % 2:",
                "        return bump()",
                "finally:",
                "    last = 1",
            ],
            ["for j in range(3):", "    with opened('o'):", "        if j: return j"],
        )

    def jump(self, place: _Place) -> list[str]:
        return self.pick(
            ["if st.session_state.n > 3:", "    break"],
            ["if st.session_state.n % 2: continue"],
            ["with Meter('j'):", "    if st.session_state.n > 1:", "        continue"],
            ["try:", "    if st.session_state.n:", "        break", "finally:", "    last = 2"],
        )

    def branch(self, place: _Place) -> list[str]:
        lines = [f"if {self.condition(place)}:", *self.body(place.inside(), 2)]
        if self.number(0, 1):
            lines += [f"elif {self.condition(place)}:", *self.body(place.inside(), 1)]
        if self.number(0, 1):
            lines += ["else:", *self.body(place.inside(), 2)]
        return lines

    def loop(self, place: _Place) -> list[str]:
        i = self.name("i")
        over = self.pick("range(2)", '("a", "b")', "(x for x in range(2))", "[\n    1,\n    2,\n]")
        inner = place.inside(in_loop=True, tag=f"{place.tag}-{{{i}}}")
        lines = [f"for {i} in {over}:", *self.body(inner, 2)]
        if self.number(0, 2) == 0:
            lines += ["else:", *self.body(place.inside(), 1)]
        return lines

    def turns(self, place: _Place) -> list[str]:
        i = self.name("i")
        inner = place.inside(in_loop=True, tag=f"{place.tag}-{{{i}}}")
        header = self.pick(
            [f"while {i} < 2:", f"    {i} += 1"],
            ["while True:", f"    {i} += 1", f"    if {i} > 2:", "        break"],
        )
        return [f"{i} = 0", *header, *self.body(inner, 2)]

    def attempt(self, place: _Place) -> list[str]:
        inner = self.block(place.inside(), 2)
        if self.number(0, 1):
            inner += [self.pick("raise ValueError('v')", "{}['k']", "int('x')", "1 / 0")]
        return self._tried(inner, place)

    def within(self, place: _Place) -> list[str]:
        header = self.pick(
            "with st.container():",
            "with opened('p') as p:",
            "with Meter('m') as m, contextlib.suppress(ValueError):",
            "with (\n    Meter('q') as q,\n    contextlib.nullcontext(),\n):",
            "with st.expander('More'):",
        )
        extra = self.pick([], [], ["    raise ValueError"]) if "suppress" in header else []
        return [header, *self.body(place.inside(), 2), *extra]

    def choose(self, place: _Place) -> list[str]:
        return [
            f"match {self.pick('st.session_state.n % 3', '[1, st.session_state.n]', '{1: 2}')}:",
            f"    case {self.pick('0', '[1, 0]', '{1: 3}', '0 | 5')}:",
            *["    " + line for line in self.body(place.inside(), 1)],
            f"    case {self.pick('1 | 2', '[a, b] if b > 1', '{1: value}', 'int()')}:",
            *["    " + line for line in self.body(place.inside(), 1)],
            "    case _:",
            *["    " + line for line in self.body(place.inside(), 1)],
        ]

    def columns(self, place: _Place) -> list[str]:
        a, b = self.name("col"), self.name("col")
        lines = [f"{a}, {b} = st.columns(2)", f"with {b}:", *self.body(place.inside(), 2)]
        return [*lines, f"with {a}:", *self.body(place.inside(), 1), f'{b}.write("late")']

    def form(self, place: _Place) -> list[str]:
        name = self.name("f")
        label = self.label("b", place)
        inner = self.body(place.inside(in_form=True), 3)
        submit = f"{name} = st.form_submit_button({label})"
        after = [f"if {name}:", *self.body(place.inside(), 1)]
        key = f'f"{name}{place.tag}"'
        return [f"with st.form({key}):", *inner, f"    {submit}", *after]

    def function(self, place: _Place) -> list[str]:
        name = self.name("fun")
        inner = place.inside(in_function=True, in_loop=False, tag=f"{place.tag}-{{tag}}")
        decorator = self.pick([], [f"@noted('{name}')"], ["@noted(", f"    '{name}',", ")"])
        parameters = self.pick("tag", "tag, *rest, k=1", "\n    tag,\n    other=None,\n")
        lines = [*decorator, f"def {name}({parameters}):", *self.body(inner, 3)]
        calls = self.pick(
            [f'{name}("a")'],
            [f'{name}("a")', f"{self.name('v')} = {name}(", '    "b",', ")"],
            [f'{self.name("v")} = [{name}(t) for t in ("a", "b")]'],
            [f"{self.name('v')} = (", f'    {name}("a"),', f'    {name}("b"),', ")"],
        )
        return lines + calls

    def recursion(self, place: _Place) -> list[str]:
        name = self.name("rec")
        return [
            f"def {name}(k):",
            *self.body(
                _Place(4, f"{place.tag}-{{k}}", in_function=True, in_cache=place.in_cache), 1
            ),
            f"    return 1 if k < 1 else {name}(k - 1) + 1",
            f"{name}({self.number(1, 3)})",
        ]

    def generator(self, place: _Place) -> list[str]:
        name, k = self.name("gen"), self.name("i")
        inner = place.inside(in_function=True, in_loop=False, tag=f"{place.tag}-{{tag}}")
        lines = [f"def {name}(tag):", "    try:", "        yield 1"]
        lines += ["        " + line.removeprefix("    ") for line in self.body(inner, 2)]
        lines += [f"        {self.pick('yield 2', 'yield from [2, 3]', 'got = yield (')}"]
        lines += ["            2)"] if lines[-1].endswith("(") else []
        lines += ["    finally:", "        done = True"]
        loop = place.inside(in_loop=True, tag=f"{place.tag}-{{{k}}}")
        use = self.pick(
            [f'for {k} in {name}("a"):', *self.body(loop, 1)],
            [f'for {k} in {name}("a"):', "    break"],
            [f'{k} = list({name}("a"))'],
            [f'{k} = next({name}("a"))'],
            [f'{k} = max(x for x in {name}("a"))'],
        )
        return lines + use

    def meter(self, place: _Place) -> list[str]:
        name = self.name("Cls")
        inner = place.inside(in_function=True, in_loop=False, tag=f"{place.tag}-{{tag}}")
        return [
            self.pick(f"class {name}(Meter):", f"class {name}(\n    Meter,\n):"),
            "    step = [x for x in range(3)][1]",
            "    def run(self, tag):",
            *["    " + line for line in self.body(inner, 2)],
            "        self.total += 1",
            "        return self.doubled",
            f'{self.name("v")} = {name}("m").run("{self.name("t")}")',
        ]

    def one_line(self, place: _Place) -> list[str]:
        name, k = self.name("v"), self.name("i")
        return self.pick(
            [f"if {self.pick('True', 'st.session_state.n')}: {name} = 1"],
            [f"for {k} in range(3): {name} = {k}"],
            [f"{name} = 0", f"while {name} < 3: {name} += 1"],
            [f"def {name}(x): return x", f"{name}({name}(1))"],
            [
                f"{name} = lambda x: x + 1",
                f"{k} = {name}(",
                f"    {name}(1))",
                f"list(map({name}, [1]))",
            ],
            [f"with Meter('one') as m: {name} = m"],
            [f"try: {name} = 1 // st.session_state.n", f"except Exception: {name} = 2"],
        )

    def fragment(self, place: _Place) -> list[str]:
        name = self.name("frag")
        inner = place.inside(in_function=True, in_fragment=True, in_loop=False)
        lines = ["@st.fragment", f"def {name}():", *self.body(inner, 4)]
        return [*lines, f"{name}()"]

    def cached(self, place: _Place) -> list[str]:
        name = self.name("kept")
        inner = _Place(place.depth + 1, "{k}", in_function=True, in_cache=True)
        return [
            f"@st.{self.pick('cache_data', 'cache_resource')}(show_spinner=False)",
            f"def {name}(k):",
            *self.body(inner, 3),
            "    return k",
            f"{name}(1)",
            f"{name}(st.session_state.n)",
        ]


@dataclass(frozen=True)
class Case:
    """A script, and what is done on its page. `steps` ends early where a widget is not there."""

    script: str
    steps: list[dict[str, Any]]

    def __repr__(self) -> str:
        numbered = "\n".join(f"{n:4} {t}" for n, t in enumerate(self.script.split("\n"), 1))
        return f"\n{numbered}\nsteps: {self.steps}"


@some.composite
def cases(draw: Callable[..., Any]) -> Case:
    """A script of some twenty to a hundred lines and up to five interactions."""
    writer = _Writer(draw)
    lines = [*writer.input(_Place()), *writer.prone(), *writer.block(_Place(), 6)]
    lines += writer.input(_Place())
    text = "\n".join(lines)
    for name in sorted({word for word in _words(text) if word[:2] == "cb"}):
        place = _Place(2, f"-{name}", in_function=True, in_form=True)
        body = textwrap.indent("\n".join(writer.block(place, 2)), "    ")
        last = writer.pick("", "    st.rerun()\n") if writer.number(0, 2) == 0 else ""
        writer.head += [f"def {name}():\n{body}\n{last}\n"]
    steps = [*writer.first, *(draw(_step(writer)) for _ in range(writer.number(1, 2)))]
    return Case(PROLOGUE + "\n".join([*writer.head, text]) + "\n", steps)


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text).split()


def _step(writer: _Writer) -> some.SearchStrategy[dict[str, Any]]:
    values: dict[str, some.SearchStrategy[Any]] = {
        "c": some.booleans(),
        "t": some.sampled_from(["one", "two", ""]),
        "s": some.sampled_from(["x", "y", "z"]),
    }

    def step(kind: str, label: str) -> some.SearchStrategy[dict[str, Any]]:
        if kind == "b":
            return some.just({"click": label})
        return values[kind].map(lambda value: {"set": label, "value": value})

    steps = [step(*each) for each in [*writer.sure * 3, *writer.widgets]]
    return some.one_of(*steps, some.just({"rerun": True}))
