"""The kinds of findings, a file each: `KIND` says what it is, `find` finds it.

`find(episode)` is given an interaction with its runs as far as they were recorded, everything
before it through `episode.history`, and nothing after it. It is asked again when runs are added to
the episode, and never keeps anything.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache

from ..finding import Finding, Kind
from ..history import Episode

Find = Callable[[Episode], Iterator[Finding]]


@cache
def all_kinds() -> dict[str, tuple[Kind, Find]]:
    """Every kind with what finds it, by its code, in the order of the codes."""
    modules = [
        importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    ]
    found = {module.KIND.code: (module.KIND, module.find) for module in modules}
    assert len(found) == len(modules), "two kinds have the same code"
    return dict(sorted(found.items()))
