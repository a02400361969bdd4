"""The JSON Schema of each document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from ..tracer.documents import comparison, facts, scenario

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Document:
    """A document: its name, its file's, and its form."""

    title: str
    file: str
    form: Any


DOCUMENTS = (
    Document("Facts", "facts", facts.Facts),
    Document("Scenario", "scenario", scenario.Scenario),
    Document("Comparison", "comparison", comparison.Comparison),
)


def schema(document: Document) -> dict[str, Any]:
    """The whole schema of a document; what it is made of stands in `$defs`."""
    made = {"$schema": _DIALECT, **msgspec.json.schema(document.form)}
    if document.form is scenario.Scenario:
        _with_steps(made)
    return made


def schema_text(document: Document) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(document), indent=2, ensure_ascii=False) + "\n"


def _with_steps(made: dict[str, Any]) -> None:
    """A step is one of several forms, which no field of theirs tells apart: a plain list too."""
    (*refs,), defs = msgspec.json.schema_components(
        scenario.STEPS.values(), ref_template="#/$defs/{name}"
    )
    made["$defs"] |= defs
    steps = made["$defs"]["Scenario"]["properties"]["steps"]
    steps["items"] = {"anyOf": refs}
    made["anyOf"] = [{"$ref": made.pop("$ref")}, dict(steps)]
