"""Writes scenarios as TOML."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ScenarioError
from .of_recording import ReplayStep


def toml_text(steps: Sequence[ReplayStep], heading: str, start: ReplayStep | None = None) -> str:
    """A scenario file; `start` says the first address' query.

    Raises ScenarioError for a value that TOML has no word for.
    """
    parts = [_comment(heading)]
    if start is not None and start.step is not None:
        lines = [_comment(start.note)] if start.note else []
        lines += [f"{key} = {_value(value, 0)}\n" for key, value in start.step.items()]
        parts.append("".join(lines))
    if not any(item.step for item in steps):
        parts.append("steps = []\n")
    for n, item in enumerate(steps, 1):
        lines = [_comment(item.note)] if item.note else []
        if item.step is not None:
            lines.append("[[steps]]\n")
            lines += [f"{key} = {_value(value, n)}\n" for key, value in item.step.items()]
        parts.append("".join(lines))
    return "\n".join(parts)


def _comment(words: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in words)
    return f"# {shown}\n"


def _value(value: Any, n: int) -> str:
    if value is None:
        raise ScenarioError(
            f"step {n} empties a widget or a cell, which TOML cannot say: write JSON with -o X.json"
        )
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_text(str(k))} = {_value(v, n)}" for k, v in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(each, n) for each in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, int | float):
        return repr(value)
    return _text(str(value))


def _text(text: str) -> str:
    """A basic string: JSON's, with an escape for whatever cannot be seen."""
    said = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escape(ord(c)) for c in said)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 2**16 else f"\\U{code:08x}"
