"""Makes much at once without going through all of it again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collected() -> Iterator[None]:
    """Garbage is not looked for: of a million records that stay, each look takes longer.

    Afterwards what was made counts as old: to go through it at once would take a second or more.
    Not in an app's process. In any thread; one that ends turns it on again for all.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # or it would be thawed, too
            gc.freeze()
            gc.unfreeze()
        if was_on:
            gc.enable()
