"""How much the server takes on: all of it follows from one number."""

from __future__ import annotations

import sys
from dataclasses import dataclass

# Browsers that may look at once; as many may follow a recording that goes on.
PAGES = 256

BODY_BYTES = 64 * 1024  # of a request: 2,000 characters take 24,000 at the most as JSON

_FILES_LEFT = 128  # for the database, what is sent, and the app's process
_FEWEST = 16  # connections


@dataclass(frozen=True)
class Limits:
    """What one server takes on.

    `streams` of events need no thread each. `connections` are those that do something: one that is
    idle is closed when another one comes. Beyond them `refusals` more are told that there is no
    room. `threads` answer.
    """

    streams: int
    connections: int
    refusals: int
    threads: int


def limits(pages: int = PAGES, files: int | None = None) -> Limits:
    """What follows from a number of pages, where the system lets us open `files` files.

    A page has its stream and, while it asks, up to six connections; of those that are open few ask
    at the same moment. More threads than that would only wait for each other.
    """
    connections = 4 * pages
    if files is not None:
        connections = max(min(connections, files - _FILES_LEFT), _FEWEST)
    return Limits(
        streams=min(pages, connections * 3 // 4),
        connections=connections,
        refusals=max(connections // 16, 4),
        threads=max(pages // 16, 4),
    )


def here() -> Limits:
    """What this process can take on."""
    if sys.platform == "win32":
        return limits()  # nobody counts files there
    import resource

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return limits(files=None if files == resource.RLIM_INFINITY else files)


def full(pages: int) -> str:
    """What who finds no room is told."""
    return (
        f"rerun-trace answers as many browsers as it can now ({pages} at once). "
        "Close pages that nobody looks at, then load this one again."
    )
