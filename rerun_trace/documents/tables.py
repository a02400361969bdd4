"""The tables of docs/documents.md, made from the documents' JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

Definitions: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Name of a form -> its JSON Schema."""

_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
}


def replaced(page: str, tables: Mapping[str, str]) -> str:
    """The page with what stands between the marks of each table made anew."""
    for name, table in tables.items():
        begin = f"<!-- {name}: made by python -m rerun_trace.documents -->"
        end = f"<!-- /{name} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(page):
            raise ValueError(f"the page has no place for the table {name}: {begin} … {end}")
        made = f"{begin}\n\n{table}\n{end}"
        page = pattern.sub(lambda _, made=made: made, page)  # type: ignore[misc]
    return page


def table(definitions: Definitions, *first: str, without: Collection[str] = ()) -> str:
    """A table for each form, beginning with `first`, in the order in which they are met.

    `without` names fields that are told elsewhere.
    """
    names = _order(definitions, first)
    return "\n".join(_rows(name, definitions, without) for name in names)


def _order(definitions: Definitions, first: Iterable[str]) -> Iterator[str]:
    waiting, met = list(first), set(first)
    while waiting:
        name = waiting.pop(0)
        if "properties" in definitions[name]:
            yield name
        inside = [each for each in _references(definitions[name]) if each not in met]
        met |= set(inside)
        waiting += dict.fromkeys(inside)


def _references(form: Any) -> Iterator[str]:
    if isinstance(form, Mapping):
        if "$ref" in form:
            yield str(form["$ref"]).rpartition("/")[2]
        for value in form.values():
            yield from _references(value)
    elif isinstance(form, list):
        for value in form:
            yield from _references(value)


def _rows(name: str, definitions: Definitions, without: Collection[str]) -> str:
    form = definitions[name]
    lines = [f"**{name}**: {form['description']}" if "description" in form else f"**{name}**", ""]
    lines += ["| field | holds | meaning |", "|---|---|---|"]
    required = set(form.get("required", ()))
    for field, item in form["properties"].items():
        if field not in without:
            holds = _holds(item, definitions) + ("" if field in required else ", may be left out")
            lines.append(f"| `{field}` | {holds} | {_meaning(item)} |".replace("|  |", "| |"))
    return "\n".join([*lines, ""])


def _meaning(item: Mapping[str, Any]) -> str:
    return str(item.get("description", "")).replace("|", "\\|")


def _holds(item: Mapping[str, Any], definitions: Definitions) -> str:
    def inside(form: Any) -> str:
        return _holds(form, definitions)

    if "$ref" in item:
        name = str(item["$ref"]).rpartition("/")[2]
        return name if "properties" in definitions[name] else inside(definitions[name])
    if "anyOf" in item:
        return " or ".join(dict.fromkeys(map(inside, item["anyOf"])))
    if "const" in item:
        return f"`{str(item['const']).lower()}`"
    if "enum" in item:
        return ", ".join(f"`{value}`" for value in item["enum"])
    kind = item.get("type")
    if kind == "array":
        if "prefixItems" in item:
            return "[" + ", ".join(map(inside, item["prefixItems"])) + "]"
        return f"list of {inside(item.get('items', {}))}"
    if kind == "object":
        return f"table of {inside(item.get('additionalProperties') or {})}"
    return _WORDS.get(str(kind), "anything")
