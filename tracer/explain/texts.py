"""Words that the sentences of findings share."""

from __future__ import annotations

import keyword
from collections.abc import Sequence

from ..words.sentences import shorten

_MOST_VALUE = 40


def value_words(text: str | None) -> str:
    """A value's text for a sentence; `nothing` when it is absent."""
    return "nothing" if text is None else shorten(text, _MOST_VALUE)


def in_state(key: str) -> str:
    """How a script writes a key of session state."""
    plain = key.isidentifier() and not keyword.iskeyword(key)
    return f"st.session_state.{key}" if plain else f'st.session_state["{key}"]'


def listed(names: Sequence[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 2 more`."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else ""
