"""Scenarios: what is accepted, and how what is not is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rerun_trace.tracer.driver.scenario import (
    load_scenario,
    parse_scenario,
    plain_steps,
    step_of_words,
)
from rerun_trace.tracer.errors import ScenarioError

GOOD: list[dict[str, Any]] = [
    {"click": "Foo"},
    {"set": "Name", "value": "Ann", "no_wait": True},
    {"submit": "Order"},
    {"edit": "Table", "rows": {"0": {"name": "Ann"}}, "added": [{"name": "Bo"}], "deleted": [2]},
    {"page": "report"},
    {"rerun": True},
    {"stop": True},
    {"wait_ms": 300},
    {"click": {"rerun": "Foo", "callback": "button#0"}, "no_wait": True},
]


def test_the_plain_form_comes_back_as_it_was() -> None:
    assert plain_steps(parse_scenario({"steps": GOOD}).steps) == GOOD
    assert parse_scenario(GOOD) == parse_scenario({"steps": GOOD})


def test_toml_and_json_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[[steps]]\nset = "Name"\nvalue = "Ann"\n')
    (tmp_path / "a.json").write_text('[{"set": "Name", "value": "Ann"}]')
    assert load_scenario(tmp_path / "a.toml") == load_scenario(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("click", "step 1 is not a table"),
        ({}, "needs exactly one of"),
        ({"click": "A", "set": "B"}, "found click and set"),
        ({"click": ""}, "click takes the label"),
        ({"click": 3}, "click takes the label"),
        ({"click": {}}, "click takes the label"),
        ({"click": {"rerun": 3}}, "click takes the label"),
        ({"set": {"rerun": ""}, "value": 1}, "set takes the label"),
        ({"set": "A"}, "set needs a value"),
        ({"click": "A", "value": 1}, "unknown words: value"),
        ({"rerun": False}, "write rerun = true"),
        ({"wait_ms": -1}, "wait_ms takes"),
        ({"wait_ms": True}, "wait_ms takes"),
        ({"click": "A", "no_wait": 1}, "no_wait is true or false"),
        ({"edit": "T", "rows": 5}, "rows takes cells"),
        ({"edit": "T", "rows": {"0": 3}}, "rows takes cells"),
        ({"edit": "T", "added": [3]}, "added takes a list"),
        ({"edit": "T", "deleted": ["x"]}, "deleted takes a list"),
    ],
)
def test_what_is_wrong_is_said(step: Any, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        parse_scenario([step])


def test_words_of_the_command_line() -> None:
    assert step_of_words("set", 'Tags=["a", "b"]').value == ["a", "b"]
    assert step_of_words("set", "Name=a=b").value == "a=b"
    assert step_of_words("wait", "20").value == 20
    with pytest.raises(ScenarioError, match="WIDGET=VALUE"):
        step_of_words("set", "Name")
    with pytest.raises(ScenarioError, match="milliseconds"):
        step_of_words("wait", "long")


def test_each_variant_has_its_own_names() -> None:
    scenario = parse_scenario(
        [
            {"set": {"a": "Name", "dir/b.py": "text_input#0"}, "value": "Ann"},
            {"click": "Save"},
            {"wait_ms": 5},
        ]
    )
    assert str(scenario.steps[0]) == "set 'Name' / 'text_input#0'"
    for variant, name in (("a", "Name"), ("dir/b.py", "text_input#0")):
        own = scenario.for_variant(variant)
        assert plain_steps(own.steps) == [
            {"set": name, "value": "Ann"},
            {"click": "Save"},
            {"wait_ms": 5},
        ]
        assert own.for_variant("another") == own
    with pytest.raises(ScenarioError, match=r"step 1: set names nothing .* 'c', only for 'a', 'd"):
        scenario.for_variant("c")
