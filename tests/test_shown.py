"""Texts of what elements show and widgets are made of, from Streamlit's messages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from commands import say
from streamlit.proto.Button_pb2 import Button
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.Slider_pb2 import Slider

from rerun_trace.tracer.probes.shown import made_of, shortened, shows

pytestmark = pytest.mark.ends

DATA = Path(__file__).parent / "data"


def element(kind: str, **fields: Any) -> Any:
    message = getattr(Element(), kind)
    for name, value in fields.items():
        setattr(message, name, value)
    return message


def test_a_metric_shows_its_value_and_delta() -> None:
    assert shows("metric", element("metric", label="People", body="4", delta="+2")) == "4 (+2)"
    assert shows("metric", element("metric", label="People", body="4")) == "4"


def test_what_is_not_known_shows_nothing() -> None:
    assert shows("markdown", element("markdown", body="Hello")) is None
    assert shows("metric", Button()) is None
    assert shows("balloons", None) is None


def test_a_widget_is_made_of_its_parameters_without_its_value() -> None:
    slider = Slider(id="$$ID-1", label="Pieces", max=5, value=[3.0], set_value=True)
    assert made_of(slider) == (("label", "Pieces"), ("max", "5.0"))


def test_texts_are_bounded_however_long_they_are() -> None:
    text = shortened("many words " * 100_000)
    assert len(text) == 200
    assert text.endswith("…")


@pytest.mark.parametrize("name", ["revision-0001.sqlite.gz", "revision-0002.sqlite.gz"])
def test_a_recording_from_before_schema_2_opens(name: str, tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    old.write_bytes(gzip.decompress((DATA / name).read_bytes()))
    said = say(old, "show", "--json")
    assert said.code == 0, said.err
    facts = json.loads(said.out)
    assert facts["schema"] == "rerun-trace/facts/2"
    assert facts["runs"]
    assert all(run["state_reads"] == [] and run["query"]["before"] is None for run in facts["runs"])
    assert all(write["widget"] is None for run in facts["runs"] for write in run["writes"])
