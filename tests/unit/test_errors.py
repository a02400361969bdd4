"""The errors, and how they come from one process of ours to the other."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from rerun_trace.db.handover.trouble import RecordingGone
from rerun_trace.tracer import errors
from rerun_trace.tracer.errors import RerunTraceError, error_of, kind_of

pytestmark = pytest.mark.first_row

ROOT = Path(__file__).resolve().parent.parent.parent
CLASSES = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, RerunTraceError)
]


@pytest.mark.parametrize("cls", CLASSES)
def test_an_error_is_the_same_in_the_other_process(cls: type[RerunTraceError]) -> None:
    told = error_of(kind_of(cls("no app.py")), "no app.py")
    assert (type(told), str(told), told.exit_code) == (cls, "no app.py", cls.exit_code)


def test_an_error_of_another_room_is_told_as_what_it_is_a_kind_of() -> None:
    assert kind_of(RecordingGone("gone")) == "StoreError"


@pytest.mark.parametrize("kind", ["annotations", "nothing", "kind_of", "object"])
def test_what_is_no_error_of_ours_is_told_all_the_same(kind: str) -> None:
    assert type(error_of(kind, "x")) is RerunTraceError


def test_exit_codes_belong_to_classes() -> None:
    for folder in ("rerun_trace", "tracer", "db", "web"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        patched = isinstance(target, ast.Attribute) and target.attr == "exit_code"
                        assert not patched, f"{path}:{node.lineno}"
