"""Recordings as people tell them apart: which app each is of, and what goes with some. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from ..model import Comparison, RecordingInfo
from .sentences import count

_MOST = 20  # numbers that are named one by one
_FEW = 5  # recordings of which each is told


class Held(Protocol):
    """How much a recording holds."""

    @property
    def info(self) -> RecordingInfo: ...
    @property
    def interactions(self) -> int: ...
    @property
    def runs(self) -> int: ...
    @property
    def notes(self) -> int: ...


def path_of(info: RecordingInfo) -> str:
    """Where the main script was, with `/`."""
    return f"{info.folder}/{info.app}".replace("\\", "/")


def is_of_app(info: RecordingInfo, app: str) -> bool:
    """Whether a recording is of the app that is meant: `app.py`, `shop/app.py`, or its path."""
    wanted = app.replace("\\", "/").removeprefix("./")
    return f"/{path_of(info).lstrip('/')}".endswith(f"/{wanted.lstrip('/')}")


def apps_of(infos: Iterable[RecordingInfo]) -> dict[str, str]:
    """Path of each app -> its name, with so many folders before it that no two have the same."""
    paths = list(dict.fromkeys(map(path_of, infos)))
    names = {path: path.rsplit("/", 1)[-1] for path in paths}
    for depth in range(2, max((path.count("/") for path in paths), default=0) + 2):
        alike = {name for name, times in Counter(names.values()).items() if times > 1}
        for path in paths:
            if names[path] in alike:
                names[path] = "/".join(path.split("/")[-depth:])
    return names


def numbers(ids: Sequence[int]) -> str:
    """`recording 3`, `recordings 3, 4`; the first of very many."""
    more = f" and {len(ids) - _MOST:,} more" if len(ids) > _MOST else ""
    word = "recording" if len(ids) == 1 else "recordings"
    return f"{word} {', '.join(map(str, ids[:_MOST]))}{more}"


def still_live(ids: Sequence[int]) -> str:
    """Why recordings cannot be deleted."""
    live = "is live: end its app" if len(ids) == 1 else "are live: end their apps"
    return f"{numbers(ids)} {live} first (what was cut off counts as live for ten minutes)"


def going(held: Sequence[Held], comparisons: Iterable[Comparison]) -> list[str]:
    """What goes when recordings are deleted: a sentence each, one for all when they are many."""
    if len(held) <= _FEW:
        lines = [
            f"Recording {each.info.id} ({each.info.name or each.info.app}): {_contents([each])}."
            for each in held
        ]
    else:
        lines = [f"{count(len(held), 'recording')}: {_contents(held)}."]
    gone = {each.info.id for each in held}
    for comparison in comparisons:
        kept = {id for variant in comparison.variants for id in variant.recordings}
        if kept & gone:
            end = "goes, too" if kept <= gone else f"loses {len(kept & gone)} of {len(kept)}"
            lines.append(f"Comparison {comparison.id} ({comparison.title}) {end}.")
    return lines


def _contents(held: Sequence[Held]) -> str:
    parts = [
        count(sum(each.interactions for each in held), "interaction"),
        count(sum(each.runs for each in held), "script run"),
    ]
    if notes := sum(each.notes for each in held):
        parts.append(count(notes, "note"))
    return ", ".join(parts)


def deleted(ids: Collection[int], comparisons: Sequence[int], freed: str | None) -> str:
    """What was deleted, and how much smaller the database has become."""
    what = count(len(ids), "recording")
    if comparisons:
        word = "comparison" if len(comparisons) == 1 else "comparisons"
        what += f" and {word} {', '.join(map(str, comparisons))}"
    space = f"The database is {freed} smaller." if freed else "The space is free for the next ones."
    return f"Deleted {what}. {space}"
