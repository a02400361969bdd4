"""What is wrong with a document that came in: its path, and what was expected there."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_TOLD = re.compile(r"Expected (?P<what>.*?)(, got (?P<got>.*?))?$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`$", re.DOTALL)
_KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "null",
}
_PATTERNS = {"^[0-9]+$": "of digits"}


class WrongForm(ValueError):
    """A value has another form than its document says; the message names the path."""


def checked(value: Any, form: type[T], where: str) -> T:
    """`value` as `form`. Raises WrongForm; `where` is the path of `value` in the whole document."""
    try:
        return msgspec.convert(value, form)
    except msgspec.ValidationError as error:
        raise WrongForm(_in_words(str(error), where)) from None


def _in_words(message: str, where: str) -> str:
    told, _, path = message.partition(" - at ")
    is_key = path.startswith("`key`")
    inside = re.sub(r"^.*`\$|`$", "", path).replace("[...]", ".*")
    place = f"{where}{inside}"
    if unknown := _UNKNOWN.match(told):
        return f"{place}: {unknown[1]} is not known here"
    if missing := _MISSING.match(told):
        return f"{place}: {missing[1]} is missing"
    expected = _TOLD.match(told)
    if expected is None:
        return f"{place}: {told}"
    got = expected["got"]
    words = f"expected {_kinds(expected['what'])}" + (f", not {_kinds(got)}" if got else "")
    return f"{place}: {words}{' as the name' if is_key else ''}"


def _kinds(told: str) -> str:
    """Such as `a text or a table` for "`str | object`"."""
    names, _, limit = told.replace("`", "\0", 1).partition("`")
    kinds = [_KINDS.get(name, name) for name in names.strip("\0").split(" | ")]
    said = " or ".join(kinds)
    limit = limit.strip()
    if limit == "of length >= 1":
        return f"{said} that is not empty"
    if limit.startswith(">= "):
        return f"{said} from {limit.removeprefix('>= ')}"
    if limit.startswith("<= "):
        return f"{said} up to {limit.removeprefix('<= ')}"
    if limit.startswith("matching regex"):
        pattern = limit.removeprefix("matching regex ").strip("'")
        return f"{said} {_PATTERNS.get(pattern, f'like {pattern}')}"
    return f"{said} {limit}".rstrip()
