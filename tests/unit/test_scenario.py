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
        ("click", r"steps\[1\]: expected a table"),
        ({}, r"steps\[1\]: expected exactly one of .*found none"),
        ({"clik": "A"}, "did you mean click"),
        ({"click": "A", "set": "B"}, "found click and set"),
        ({"click": ""}, r"steps\[1\].click: expected a text that is not empty$"),
        ({"click": 3}, r"steps\[1\].click: expected a text or a table, not a whole number$"),
        ({"click": {}}, r"steps\[1\].click: expected a table that is not empty$"),
        ({"click": {"rerun": 3}}, r"steps\[1\].click.*: expected a text, not a whole number$"),
        ({"set": {"rerun": ""}, "value": 1}, r"steps\[1\].set.*: expected a text that is not emp"),
        ({"set": "A"}, r"steps\[1\]: set needs a value"),
        ({"click": "A", "value": 1}, "unknown words: value"),
        ({"click": "A", "row": -1}, r"steps\[1\].row: expected a whole number from 0$"),
        ({"click": "A", "row": 1}, r"steps\[1\].row: needs the column"),
        ({"rerun": False}, "write rerun = true"),
        ({"wait_ms": -1}, r"steps\[1\].wait_ms: expected a whole number from 0"),
        ({"wait_ms": True}, r"steps\[1\].wait_ms: expected a whole number or a number, not true"),
        ({"click": "A", "no_wait": 1}, r"steps\[1\].no_wait: expected true or false"),
        ({"click": "A", "tab": 0}, r"steps\[1\].tab: expected a whole number from 1$"),
        ({"set": "A", "option": [0, "B"]}, r"steps\[1\].option\[1\]: expected a whole number, not"),
        ({"set": "A", "files": [{"name": 3}]}, r"steps\[1\].files\[0\].name: expected a text"),
        ({"set": "A", "files": [{"nam": "a"}]}, r"steps\[1\].files\[0\]: unknown words: nam "),
        ({"set": "A", "files": ["no.txt"]}, r"steps\[1\].files\[0\]: there is no file"),
        ({"edit": "T", "rows": 5}, r"steps\[1\].rows: expected a table or null"),
        ({"edit": "T", "rows": {"0": 3}}, r"steps\[1\].rows.\*: expected a table, not a whole"),
        ({"edit": "T", "rows": {"x": {}}}, r"steps\[1\].rows: expected a text of digits as the"),
        ({"edit": "T", "added": [3]}, r"steps\[1\].added\[0\]: expected a table, not"),
        ({"edit": "T", "deleted": ["x"]}, r"steps\[1\].deleted\[0\]: expected a whole number"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(step: Any, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        parse_scenario([{"rerun": True}, step])


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
