"""Scenarios: lists of interactions that can be played again (TOML, JSON, or command-line words)."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..documents.scenario import Edit
from ..documents.scenario import Scenario as FORM
from ..errors import ScenarioError
from .scenario_words import (
    EVERY_STEP,
    VERBS,
    WITHOUT_SUBJECT,
    further_words,
    of_form,
    unknown_words,
    verb_of,
)

__all__ = ["EVERY_STEP", "VERBS", "Scenario", "ScenarioStep", "load_scenario", "parse_scenario"]


_LARGEST = 64 * 2**20  # bytes; files of an upload may stand in it


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One interaction. `target` names a widget or page; `wait_ms` carries its time in `value`.

    When variants call it differently, `target` is empty and `targets` holds a name a variant.
    """

    verb: str
    target: str = ""
    value: Any = None
    rows: Mapping[str, Any] = field(default_factory=dict)
    added: Sequence[Mapping[str, Any]] = ()
    deleted: Sequence[int] = ()
    no_wait: bool = False
    targets: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)  # `option`, `files`, `columns`, …
    tab: int = 1

    def __str__(self) -> str:
        if self.verb in WITHOUT_SUBJECT:
            return self.verb
        if self.verb == "wait_ms":
            return f"wait {self.value} ms"
        return f"{self.verb} {' / '.join(map(repr, self.targets.values())) or repr(self.target)}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done after the page has loaded (which is always interaction 0).

    `query` is what stands behind the question mark in the address that is loaded.
    """

    steps: tuple[ScenarioStep, ...] = ()
    query: str = ""

    def for_variant(self, name: str) -> Scenario:
        """The scenario with every widget under the name that it has in the variant `name`.

        Raises ScenarioError when a step names a widget for other variants only.
        """
        steps = []
        for n, step in enumerate(self.steps, 1):
            if step.targets and name not in step.targets:
                known = ", ".join(map(repr, step.targets))
                what = f"{step.verb} names nothing for the variant {name!r}, only for {known}"
                raise ScenarioError(f"step {n}: {what}")
            target = step.targets.get(name, step.target)
            steps.append(replace(step, target=target, targets={}))
        return Scenario(tuple(steps), self.query)


def load_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Read a scenario from a `.toml` or `.json` file. Raises ScenarioError with its place."""
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:
            raw = file.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            raise ScenarioError(f"{name} is larger than a scenario is: {_LARGEST // 2**20} MB")
        data = json.loads(raw) if name.endswith(".json") else tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise ScenarioError(f"cannot read the scenario {name}: {error.strerror}") from None
    except ValueError as error:  # both decoders' errors
        raise ScenarioError(f"{name} is not a valid scenario file: {error}") from None
    except RecursionError:
        raise ScenarioError(f"{name} is not a valid scenario file: it is nested too deep") from None
    try:
        return parse_scenario(data, os.path.dirname(os.path.abspath(name)))
    except ScenarioError as error:
        raise ScenarioError(f"{name}: {error}") from None


def parse_scenario(data: Any, folder: str = "") -> Scenario:
    """Check a scenario in its plain form: `{"steps": [...]}` or a bare list of steps.

    Paths of files are relative to `folder`. Raises ScenarioError with the path of what is wrong.
    """
    if isinstance(data, Mapping):
        unknown_words(data, FORM.__struct_fields__, "the scenario")
    steps = data.get("steps") if isinstance(data, Mapping) else data
    if not isinstance(steps, list):
        raise ScenarioError(
            'a scenario is a list of steps: [[steps]] in TOML, {"steps": []} in JSON'
        )
    query = data.get("query", "") if isinstance(data, Mapping) else ""
    if not isinstance(query, str):
        raise ScenarioError(f'query: expected a text, such as "view=map", not {query!r}')
    parsed = (parse_step(step, f"steps[{n}]", folder) for n, step in enumerate(steps))
    return Scenario(tuple(parsed), query.removeprefix("?"))


def parse_step(step: Any, where: str, folder: str = "") -> ScenarioStep:
    """Check one step in its plain form, such as `{"click": "Foo"}`; `where` is its path."""
    verb = verb_of(step, where)
    form = of_form(step, verb, where)
    said: dict[str, Any] = {"no_wait": form.no_wait, "tab": form.tab}
    subject = step[verb]
    if verb in WITHOUT_SUBJECT:
        if subject is not True:
            raise ScenarioError(f"{where}.{verb}: expected true: write {verb} = true")
        return ScenarioStep(verb, **said)
    if verb == "wait_ms":
        return ScenarioStep(verb, value=subject, **said)
    words = further_words(step, form, where, folder)
    if isinstance(form, Edit):
        said |= {
            "rows": {row: dict(cells) for row, cells in (form.rows or {}).items()},
            "added": [dict(row) for row in form.added or ()],
            "deleted": list(form.deleted or ()),
        }
    target, targets = ("", dict(subject)) if isinstance(subject, Mapping) else (subject, {})
    value = step.get("value")
    if "value" in step and verb == "select":
        words["value"] = value
    return ScenarioStep(verb, target, value, targets=targets, words=words, **said)


def step_of_words(verb: str, words: str) -> ScenarioStep:
    """A step from the command line: `--click Foo`, `--set Name=Ann`, `--wait 300`."""
    if verb == "wait":
        try:
            return parse_step({"wait_ms": float(words)}, "--wait")
        except ValueError:
            raise ScenarioError(f"--wait takes milliseconds, not {words!r}") from None
    if verb == "set":
        target, equals, value = words.partition("=")
        if not equals:
            raise ScenarioError(f"--set takes WIDGET=VALUE, not {words!r}")
        return ScenarioStep("set", target, _value_of_words(value))
    return parse_step({verb: words}, f"--{verb}")


def _value_of_words(words: str) -> Any:
    """Lists and null are written as JSON; everything else is text that the widget reads."""
    if words.startswith("[") or words == "null":
        try:
            return json.loads(words)
        except (ValueError, RecursionError):
            return words
    return words


def plain_steps(steps: Iterable[ScenarioStep]) -> list[dict[str, Any]]:
    """The plain form of steps, as `parse_scenario` reads it."""
    plain = []
    for step in steps:
        item: dict[str, Any] = {}
        if step.verb in WITHOUT_SUBJECT:
            item[step.verb] = True
        elif step.verb == "wait_ms":
            item["wait_ms"] = step.value
        else:
            item[step.verb] = dict(step.targets) or step.target
        if step.verb == "set" and _says_value(step):
            item["value"] = step.value
        item.update(step.words)
        for name in ("rows", "added", "deleted"):
            if step.verb == "edit" and getattr(step, name):
                item[name] = getattr(step, name)
        if step.no_wait:
            item["no_wait"] = True
        if step.tab > 1:
            item["tab"] = step.tab
        plain.append(item)
    return plain


def _says_value(step: ScenarioStep) -> bool:
    return step.value is not None or not step.words
