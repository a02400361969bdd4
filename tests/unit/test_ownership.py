"""An attribute has one writer: the class that it belongs to, or on hot paths one named module.

Writing is read from the source texts: an assignment to an attribute or to an item of it, its
deletion, and a call of a method that changes a container, of anything but `self`. A local name for
such a container is not followed.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

TRACER = Path(__file__).resolve().parents[2] / "tracer"
_CHANGING = frozenset(
    (
        *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove"),
        *("setdefault", "sort", "update"),
    )
)

# Messages of Streamlit's that are made or copied here: by the name under which each is filled.
MESSAGES = {
    "apptest.py": {"message", "page", "session"},
    "veil.py": {"element"},
    "widget_values.py": {"array", "getattr(state, field)", "state"},
}
# What a method would cost too much for, between two statements of the app: by module.
HOT = {
    "marks.py": {"escaped", "loops", "taint"},
    "steps.py": {
        *("blind_step", "calls", "dropped", "files", "frame_count", "frames", "hits"),
        *("resting", "statement", "step", "step_count", "steps", "touching"),
    },
    "value_texts.py": {"found"},
    "values.py": {"parents"},
    "watch.py": {"changes", "texts"},
}
# The interpreter's own.
PYTHONS = {"settrace.py": {"f_trace_lines"}, "sight.py": {"callbacks", "f_trace", "f_trace_lines"}}


def foreign_writes(text: str) -> Iterator[tuple[str, str]]:
    """Whose attributes a text writes, and which: (expression, attribute)."""
    for node in ast.walk(ast.parse(text)):
        written: ast.expr | None = None
        if isinstance(node, ast.Attribute | ast.Subscript):
            written = node if isinstance(node.ctx, ast.Store | ast.Del) else None
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            written = node.func.value if node.func.attr in _CHANGING else None
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
            written = ast.Attribute(node.args[0], ast.unparse(node.args[1]), ast.Store())
        while isinstance(written, ast.Subscript):
            written = written.value
        if isinstance(written, ast.Attribute):
            owner = ast.unparse(written.value)
            if owner != "self":
                yield owner, written.attr


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("live.halt = place", ("live", "halt")),
        ("self._host.asking[thread] = request", ("self._host", "asking")),
        ("a, live.halt = 1, place", ("live", "halt")),
        ("live.tab.sent += 1", ("live.tab", "sent")),
        ("del runs[0].steps[:5]", ("runs[0]", "steps")),
        ("thread.calls.append(call)", ("thread", "calls")),
        ("for run.n in numbers: pass", ("run", "n")),
        ("setattr(live, name, place)", ("live", "name")),
    ],
)
def test_writing_is_found_in_every_spelling(line: str, found: tuple[str, str]) -> None:
    assert list(foreign_writes(line)) == [found]


def test_what_is_no_writing_of_another_s() -> None:
    text = (
        "self._runs[n] = live\nself.over = True\nnumbers.append(live.n)\nlive.end()\nx = live.n\n"
    )
    assert list(foreign_writes(text)) == []


def _writes(room: str) -> dict[str, set[tuple[str, str]]]:
    found = {
        path.name: set(foreign_writes(path.read_text(encoding="utf-8")))
        for path in (TRACER / room).glob("*.py")
    }
    assert found
    return {name: writes for name, writes in found.items() if writes}


def test_probes_change_nothing_of_each_other_s() -> None:
    """Streamlit has many threads: what two write needs a reason, and a place that says it."""
    others = {
        name: {
            f"{owner}.{attribute}" for owner, attribute in writes if not _is_message(name, owner)
        }
        for name, writes in _writes("probes").items()
    }
    assert {name: writes for name, writes in others.items() if writes} == {}


def _is_message(name: str, owner: str) -> bool:
    return any(owner == each or owner.startswith(each + ".") for each in MESSAGES.get(name, ()))


def test_on_hot_paths_an_attribute_has_one_writer() -> None:
    written = {name: {attribute for _, attribute in w} for name, w in _writes("capture").items()}
    assert written == HOT | PYTHONS
    writers = Counter(attribute for attributes in HOT.values() for attribute in attributes)
    assert [attribute for attribute, count in writers.items() if count > 1] == []
