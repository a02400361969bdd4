"""Words that the sentences of findings share."""

from __future__ import annotations

import keyword
from collections.abc import Sequence

from ..analysis.page import PageNode
from ..model import ContainerWrite, DrawnWidget, PageMessage
from ..words.names import kind_words
from ..words.sentences import shorten
from .finding import MOST_TITLE

_MOST_VALUE, _MOST_LABEL = 40, 44


def value_words(text: str | None) -> str:
    """A value's text for a sentence; `nothing` when it is absent."""
    return "nothing" if text is None else shorten(text, _MOST_VALUE)


def called(element: ContainerWrite | DrawnWidget | PageMessage | PageNode) -> str:
    """What a sentence calls an element: its label, without marks of code, or its kind."""
    label = shorten((element.label or "").replace("`", ""), _MOST_LABEL)
    return label or kind_words(element.element or "element")


def fitting(*titles: str) -> str:
    """The first title that has room, or the last: each is shorter than the one before."""
    return next((title for title in titles if len(title) <= MOST_TITLE), titles[-1])


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
