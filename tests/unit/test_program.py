"""The text of lines and expressions, as sentences quote it."""

from __future__ import annotations

import ast

import pytest

from rerun_trace.tracer.source.lines import source_lines
from rerun_trace.tracer.source.program import Program, program_of


def program(text: str) -> Program:
    found = program_of(text)
    assert found is not None
    return found


@pytest.mark.parametrize("end", ["\f", "\v", "\x1c", "\x85", "\u2028"])
def test_what_ends_no_line_of_python_moves_no_quoted_line(end: str) -> None:
    """A form feed parts the sections of many an older file."""
    found = program(f"title = '''a{end}b'''\nprice = 3\n\f\ntotal = price * 2\n")
    assert [found.code(line) for line in found.statements] == [
        f"title = '''a{end}b'''",
        "price = 3",
        "total = price * 2",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_python_says(end: str) -> None:
    assert source_lines(end.join(["a = 1", "", "b = 2", ""])) == ["a = 1", "", "b = 2"]
    assert source_lines(f"a = 1{end}{end}") == ["a = 1", ""]
    assert source_lines("") == []


def test_an_expression_is_quoted_on_one_line_whatever_is_before_it() -> None:
    found = program("'ä€😀'; x = (first +\n   'ü' +\n   last(  1))[0]; y = 2\n")
    given = found.tree.body[1]
    assert isinstance(given, ast.Assign)
    assert found.segment(given.value) == "(first + 'ü' + last( 1))[0]"
    assert found.segment(given) == "x = (first + 'ü' + last( 1))[0]"
    assert found.segment(given.value, 12) == "(first + 'ü…"
    assert found.segment(ast.Module([], [])) == ""
    whole = [ast.get_source_segment(found.text, node) for node in ast.walk(given.value)]
    assert [found.segment(node) for node in ast.walk(given.value)] == [
        " ".join((each or "").split()) for each in whole
    ]
