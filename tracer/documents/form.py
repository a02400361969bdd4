"""What the documents' forms are made of."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import msgspec

Place: TypeAlias = tuple[str, int]
"""File and line."""


class Form(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A part of a document. A field that is left out when there is nothing has `UNSET`."""


def about(text: str, **limits: Any) -> msgspec.Meta:
    """What a field means, for the schema and for the tables in docs/."""
    return msgspec.Meta(description=text, **limits)


def plain(document: Form) -> dict[str, Any]:
    """The document as plain data, as JSON gives it back."""
    # Not msgspec's encoder: it refuses texts with lone surrogates and integers beyond 64 bits, and
    # an app may hold both.
    made: dict[str, Any] = json.loads(json.dumps(msgspec.to_builtins(document)))
    return made
