"""Whether a descriptor's number still means what it meant.

Some programs close every descriptor that they did not open (`os.closerange`), and then the next
file of theirs has its number: what we write must not end up there, and we must not close it.
"""

from __future__ import annotations

import os


def file_of(number: int) -> tuple[int, int] | None:
    """What tells the open file from others; None when none is open."""
    try:
        now = os.fstat(number)
    except OSError:
        return None
    return (now.st_dev, now.st_ino)
