"""Streamlit's own front end as it goes into a report: which parts, and rewritten how."""

from __future__ import annotations

import json
import re
import zlib

import pytest

from rerun_trace.web.replay import streamlit_files as frontend
from rerun_trace.web.report import libraries
from rerun_trace.web.report.chunks import scripts
from rerun_trace.web.report.frame import OFFLINE, Frame, frame, is_serif

pytestmark = pytest.mark.ends

ALL = frozenset(library.name for library in libraries.LIBRARIES)


@pytest.fixture(scope="module")
def plain() -> Frame:
    """The frame of a page without anything special."""
    return frame(frozenset())


def test_a_plain_page_takes_little(plain: Frame) -> None:
    size = len(zlib.compress(plain.content()))
    assert size < (2_300_000 if plain.is_module else 3_200_000)
    heavy = {"Plotly", "deck.gl", "Graphviz", "Vega-Lite", "tables"}
    assert heavy <= plain.left_out
    assert not [file.name for file in plain.files if file.name.startswith(("KaTeX", "flake"))]


def test_everything_can_be_taken() -> None:
    static = frontend.folder()
    assert static is not None
    every = scripts(static, ALL)
    known = {path.name for path in (static / "static" / "js").glob("*.js")}
    # A build may hold a script that nothing leads to.
    assert len(known - every.texts.keys()) <= 1
    assert every.left_out == frozenset()
    drawn = set().union(*(libraries.marked(text) for text in every.texts.values()))
    # Each is found by its name in this version too, else it could not be left out.
    assert {"Plotly", "deck.gl", "Graphviz", "Vega-Lite", "tables", "KaTeX"} <= drawn


def test_the_scripts_find_each_other_without_addresses(plain: Frame) -> None:
    names = {file.name for file in plain.files}
    assert plain.entry in names
    for file in plain.files:
        if file.type != "text/javascript":
            continue
        text = file.data.decode("utf-8", "surrogateescape")
        if plain.is_module:
            assert "import.meta" not in text, file.name
            assert not re.search(r"""["'`]\./[\w.-]+\.js["'`]""", text), file.name
            needed = re.findall(r"""(?:\bfrom|\bimport)\s*["'`]streamlit/([^"'`]+)["'`]""", text)
            assert set(needed) <= names, file.name
        assert not re.search(r"\b(window|document)\.location\b", text), file.name
        assert set(re.findall(r"""rerunTraceMedia\(["'`]([^"'`]+)""", text)) - names <= {
            name for name in re.findall(r"[\w.-]+\.(?:png|gif|svg)", text) if name not in names
        }


def test_the_page_of_the_frame_says_what_it_may(plain: Frame) -> None:
    assert "default-src 'none'" in plain.document
    assert "frame-src 'none'" in plain.document
    assert "Apache License 2.0" in plain.document
    assert plain.document.count("</script>") == len(OFFLINE)
    head, _, files = plain.content().partition(b"\n")
    assert sum(size for *_, size in json.loads(head)["files"]) == len(files)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\n\x05a $x^2$ b", "KaTeX"),
        (b"```mermaid\ngraph TD\n```", "Mermaid"),
        (b"```python\npass\n```", "code"),
    ],
)
def test_what_comes_inside_of_markdown_is_needed(body: bytes, name: str) -> None:
    assert name in libraries.needed((), [body])


def test_ids_are_no_formulas() -> None:
    widget = b'\n7$$ID-8f0e-None"\x03Foo'
    uuid = b"\x0a$49209834-c7df-5114-af5a-c55a61d4fc2c*$49209834-c7df-5114-af5a-c55a61d4fc2c"
    assert libraries.needed((), [widget, uuid]) == frozenset()


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("plotly_chart", "Plotly"),
        ("arrow_vega_lite_chart", "Vega-Lite"),
        ("vega_lite_chart", "tables"),
        ("arrow_data_frame", "tables"),
        ("dataframe", "tables"),
        ("exception", "code"),
    ],
)
def test_what_an_element_is_drawn_with_is_needed(element: str, name: str) -> None:
    assert name in libraries.needed([element], [])


def test_a_font_with_serifs_is_asked_for() -> None:
    assert is_serif(b"\x05serif")
    assert is_serif(b"Source Serif")
    assert not is_serif(b"\x0asans serif")
    assert not is_serif(b"sans-serif")
