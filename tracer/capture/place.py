"""Where in the user's code something happens."""

from __future__ import annotations

from typing import Final, NamedTuple


class Place(NamedTuple):
    """A statement of the user's: its file, its first line, and the function that it stands in.

    All of them are None where no code of the user's is under way.
    """

    file: str | None = None
    line: int | None = None
    function: str | None = None


NOWHERE: Final = Place()
