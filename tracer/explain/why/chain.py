"""The answer to a question: links from what was asked back to where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_FIRST = 5


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One thing that happened, as a sentence. `step` 0: before the run's first one, or no step.

    `end`: nothing of the recording leads further back: somebody did it, a timer, a constant.
    """

    text: str
    run: int = 0
    step: int = 0
    file: str | None = None
    line: int | None = None
    value: str | None = None
    end: bool = False

    @property
    def place(self) -> str:
        """`app.py:16`, which terminals make a link of; empty without a line."""
        return f"{self.file}:{self.line}" if self.file and self.line else ""

    def document(self) -> dict[str, Any]:
        """The form for other tools."""
        return {
            "text": self.text,
            "run": self.run or None,
            "step": self.step,
            "file": self.file,
            "line": self.line,
            "value": self.value,
            "end": self.end,
        }


@dataclass(frozen=True, slots=True)
class Chain:
    """`links` lead from the question to its newest cause, nearest first; `more` is all the rest."""

    question: str
    links: tuple[ChainLink, ...]
    more: tuple[ChainLink, ...] = ()

    @property
    def first(self) -> tuple[ChainLink, ...]:
        """Five links at most: of a longer chain its beginning, and what it ends at."""
        if len(self.links) <= _FIRST:
            return self.links
        return (*self.links[: _FIRST - 2], *self.links[-2:])

    @property
    def left_out(self) -> int:
        """How many links `first` does not have."""
        return len(self.links) - len(self.first) + len(self.more)

    def document(self) -> dict[str, Any]:
        """The form for other tools."""
        return {
            "question": self.question,
            "links": [link.document() for link in self.links],
            "more": [link.document() for link in self.more],
        }
