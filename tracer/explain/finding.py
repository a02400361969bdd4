"""What a finding is: a claim that a recording proves, with what to write instead."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

_MOST_TITLE = 60


class Level(StrEnum):
    """How much a finding matters."""

    FAULT = "fault"  # the app does what its author cannot have meant
    HINT = "hint"  # works, but there is a better way
    NOTE = "note"  # a fact worth knowing


class Certainty(StrEnum):
    """What a finding rests on."""

    OBSERVED = "observed"  # records say so
    INFERRED = "inferred"  # the source text was needed to conclude it


@dataclass(frozen=True, slots=True)
class Docs:
    """A page of Streamlit's documentation, without a `title` none.

    `url` is empty where nobody has looked it up.
    """

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding. `code` never changes once it was released."""

    code: str
    name: str
    level: Level
    docs: Docs
    patchable: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A moment or a line that a clause of a finding leads to. `step` 0: before the first one."""

    run: int
    step: int
    file: str | None
    line: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, at the place where it was met first.

    `same` tells apart what else is the same kind at the same line (a key, a widget). `also` are
    further places, `times` how often it was met. `id` is given when all are numbered.
    """

    kind: Kind
    run: int
    file: str | None
    line: int | None
    title: str
    text: str
    remedy: str
    evidence: tuple[Evidence, ...]
    certainty: Certainty = Certainty.OBSERVED
    level: Level | None = None  # None: the kind's
    interaction: int = 0
    also: tuple[tuple[str, int], ...] = ()
    times: int = 1
    same: Hashable = None
    id: int = 0

    def __post_init__(self) -> None:
        if len(self.title) > _MOST_TITLE:
            object.__setattr__(self, "title", self.title[: _MOST_TITLE - 1].rstrip() + "…")

    @property
    def weight(self) -> Level:
        """The level of this finding."""
        return self.level or self.kind.level

    @property
    def matter(self) -> Hashable:
        """What it is about, however much it matters."""
        return (self.kind.code, self.file, self.line, self.same)

    @property
    def identity(self) -> Hashable:
        """What is the same finding met again has the same."""
        return (self.matter, self.weight)
