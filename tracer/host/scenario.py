"""Scenarios: lists of interactions that can be played again (TOML, JSON, or command-line words)."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import ScenarioError

VERBS = ("click", "set", "submit", "edit", "page", "rerun", "stop", "wait_ms")
_EXTRA = {"set": {"value"}, "edit": {"rows", "added", "deleted"}}


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

    def __str__(self) -> str:
        if self.verb in ("rerun", "stop"):
            return self.verb
        if self.verb == "wait_ms":
            return f"wait {self.value} ms"
        return f"{self.verb} {' / '.join(map(repr, self.targets.values())) or repr(self.target)}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done after the page has loaded (which is always interaction 0)."""

    steps: tuple[ScenarioStep, ...] = ()

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
        return Scenario(tuple(steps))


def load_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Read a scenario from a `.toml` or `.json` file. Raises ScenarioError with its place."""
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:
            raw = file.read()
        data = json.loads(raw) if name.endswith(".json") else tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise ScenarioError(f"cannot read the scenario {name}: {error.strerror}") from None
    except ValueError as error:  # both decoders' errors
        raise ScenarioError(f"{name} is not a valid scenario file: {error}") from None
    try:
        return parse_scenario(data)
    except ScenarioError as error:
        raise ScenarioError(f"{name}: {error}") from None


def parse_scenario(data: Any) -> Scenario:
    """Check a scenario in its plain form: `{"steps": [...]}` or a bare list of steps."""
    steps = data.get("steps") if isinstance(data, Mapping) else data
    if not isinstance(steps, list):
        raise ScenarioError(
            'a scenario is a list of steps: [[steps]] in TOML, {"steps": []} in JSON'
        )
    return Scenario(tuple(parse_step(step, n) for n, step in enumerate(steps, 1)))


def parse_step(step: Any, n: int) -> ScenarioStep:
    """Check one step in its plain form, such as `{"click": "Foo"}`; `n` is for messages."""
    where = f"step {n}"
    if not isinstance(step, Mapping):
        raise ScenarioError(f'{where} is not a table of words, such as click = "Foo"')
    verbs = [verb for verb in VERBS if verb in step]
    if len(verbs) != 1:
        found = " and ".join(verbs) or "none"
        raise ScenarioError(f"{where} needs exactly one of {', '.join(VERBS)} (found {found})")
    verb = verbs[0]
    unknown = set(step) - {verb, "no_wait"} - _EXTRA.get(verb, set())
    if unknown:
        raise ScenarioError(f"{where} ({verb}) has unknown words: {', '.join(sorted(unknown))}")
    no_wait = _flag(step.get("no_wait", False), where, "no_wait")
    subject = step[verb]
    if verb in ("rerun", "stop"):
        if subject is not True:
            raise ScenarioError(f"{where}: write {verb} = true")
        return ScenarioStep(verb, no_wait=no_wait)
    if verb == "wait_ms":
        if isinstance(subject, bool) or not isinstance(subject, int | float) or subject < 0:
            raise ScenarioError(f"{where}: wait_ms takes a number of milliseconds, not {subject!r}")
        return ScenarioStep(verb, value=subject)
    names = subject.values() if isinstance(subject, Mapping) else [subject]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise ScenarioError(f"{where}: {verb} takes the label or key of a widget, not {subject!r}")
    if verb == "set" and "value" not in step:
        raise ScenarioError(f"{where}: set needs a value")
    target, targets = ("", dict(subject)) if isinstance(subject, Mapping) else (subject, {})
    return ScenarioStep(verb, target, step.get("value"), *_edits(step, where), no_wait, targets)


def _edits(
    step: Mapping[str, Any], where: str
) -> tuple[dict[str, Any], list[dict[str, Any]], list[int]]:
    """The rows changed (by number), added and deleted in a data editor."""
    rows, added, deleted = (step.get(name) for name in ("rows", "added", "deleted"))
    rows, added, deleted = rows or {}, added or [], deleted or []
    if not isinstance(rows, Mapping) or not all(isinstance(r, Mapping) for r in rows.values()):
        raise ScenarioError(f'{where}: rows takes cells by row, such as {{"0": {{"name": "Ann"}}}}')
    if not isinstance(added, list) or not all(isinstance(r, Mapping) for r in added):
        raise ScenarioError(f'{where}: added takes a list of rows, such as [{{"name": "Ann"}}]')
    if not isinstance(deleted, list) or not all(type(n) is int for n in deleted):
        raise ScenarioError(f"{where}: deleted takes a list of row numbers, such as [0, 2]")
    changed = {str(row): dict(cells) for row, cells in rows.items()}
    return changed, [dict(row) for row in added], deleted


def _flag(value: Any, where: str, name: str) -> bool:
    if not isinstance(value, bool):
        raise ScenarioError(f"{where}: {name} is true or false, not {value!r}")
    return value


def step_of_words(verb: str, words: str) -> ScenarioStep:
    """A step from the command line: `--click Foo`, `--set Name=Ann`, `--wait 300`."""
    if verb == "wait":
        try:
            return parse_step({"wait_ms": float(words)}, 1)
        except ValueError:
            raise ScenarioError(f"--wait takes milliseconds, not {words!r}") from None
    if verb == "set":
        target, equals, value = words.partition("=")
        if not equals:
            raise ScenarioError(f"--set takes WIDGET=VALUE, not {words!r}")
        return ScenarioStep("set", target, _value_of_words(value))
    return parse_step({verb: words}, 1)


def _value_of_words(words: str) -> Any:
    """Lists and null are written as JSON; everything else is text that the widget reads."""
    if words.startswith("[") or words == "null":
        try:
            return json.loads(words)
        except ValueError:
            return words
    return words


def plain_steps(steps: Iterable[ScenarioStep]) -> list[dict[str, Any]]:
    """The plain form of steps, as `parse_scenario` reads it."""
    plain = []
    for step in steps:
        item: dict[str, Any] = {}
        if step.verb in ("rerun", "stop"):
            item[step.verb] = True
        elif step.verb == "wait_ms":
            item["wait_ms"] = step.value
        else:
            item[step.verb] = dict(step.targets) or step.target
        if step.verb == "set":
            item["value"] = step.value
        for name in ("rows", "added", "deleted"):
            if step.verb == "edit" and getattr(step, name):
                item[name] = getattr(step, name)
        if step.no_wait:
            item["no_wait"] = True
        plain.append(item)
    return plain
