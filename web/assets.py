"""The scripts of the pages: which of them import which."""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^(?:import|export)\b[^;"]*"\./([\w./-]+\.js)";', re.MULTILINE)


def imported_by(name: str) -> tuple[str, ...]:
    """The modules that the module `name` needs, directly or not: paths in the static folder."""
    found = {name}
    open_ends = [name]
    while open_ends:
        new = set(_IMPORT.findall((STATIC / open_ends.pop()).read_text())) - found
        found |= new
        open_ends += new
    return tuple(sorted(found - {name}))
