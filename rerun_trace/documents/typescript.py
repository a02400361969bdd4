"""TypeScript types of the documents, made from their JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def types(definitions: Mapping[str, Mapping[str, Any]]) -> str:
    """An exported type for each definition."""
    return "\n".join(_definition(name, form) for name, form in definitions.items())


def constants(values: Mapping[str, tuple[str, Any]]) -> str:
    """An exported constant for each value, with what is said of it."""
    return "\n".join(
        f"/** {said} */\nexport const {name} = {_literal(value)};\n"
        for name, (said, value) in values.items()
    )


def _literal(value: Any) -> str:
    if not isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    items = (f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)},\n" for k, v in value.items())
    return "{\n" + "".join(items) + "} as Record<string, string>"


def _definition(name: str, form: Mapping[str, Any]) -> str:
    said = form.get("description")
    comment = f"/** {said} */\n" if said else ""
    if "properties" not in form:
        return f"{comment}export type {name} = {type_of(form)};\n"
    required = set(form.get("required", ()))
    lines = [f"{comment}export interface {name} {{"]
    for field, item in form["properties"].items():
        if "description" in item:
            lines.append(f"  /** {item['description']} */")
        optional = field not in required and "default" not in item
        lines.append(f"  {field}{'?' if optional else ''}: {type_of(item)};")
    return "\n".join([*lines, "}\n"])


def type_of(form: Mapping[str, Any]) -> str:
    """The type of a schema."""
    if "$ref" in form:
        return str(form["$ref"]).rpartition("/")[2]
    if "anyOf" in form:
        return " | ".join(dict.fromkeys(map(type_of, form["anyOf"])))
    if "const" in form:
        return json.dumps(form["const"])
    if "enum" in form:
        return " | ".join(json.dumps(value) for value in form["enum"])
    kind = form.get("type")
    if kind == "array":
        if "prefixItems" in form:
            return f"[{', '.join(map(type_of, form['prefixItems']))}]"
        inner = type_of(form.get("items", {}))
        return f"({inner})[]" if " " in inner and not inner.startswith("[") else f"{inner}[]"
    if kind == "object":
        return f"Record<string, {type_of(form.get('additionalProperties') or {})}>"
    return _PLAIN.get(str(kind), "unknown")
