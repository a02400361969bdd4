"""Texts of apps on a terminal: nothing in them that a terminal obeys. Pure."""

from __future__ import annotations

import re

_OBEYED = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters: colours, titles, moves, clearing
    "\u2028\u2029"  # further ends of lines
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of all that follows
    "\ud800-\udfff"  # halves of characters, which cannot be written at all
    "]"
)
_OF_LINES = re.compile(r"[\n\t]")


def printable(text: str, lines: bool = False) -> str:
    """`text` with a sign in the place of each; `lines`: ends of lines and tabs stay."""
    return _OBEYED.sub(lambda met: met[0] if lines and _OF_LINES.match(met[0]) else "�", text)
