"""Makes much at once without going through all of it again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collected() -> Iterator[None]:
    """Garbage is not looked for: of a million records that stay, each look takes longer.

    Not in an app's process. In any thread; one that ends turns it on again for all.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
