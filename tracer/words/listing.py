"""Names in messages: lists of them, and the one that was meant. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence


def nearest(word: str, known: Collection[str]) -> str:
    """` (did you mean steps?)`, or nothing when no known word is like this one."""
    like = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f" (did you mean {like[0]}?)" if like else ""


def listed(names: Sequence[str], most: int = 20) -> str:
    """Names for a message, no more than fit."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(repr, names[:most])) + more
