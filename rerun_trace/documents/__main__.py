"""`python -m rerun_trace.documents`, in a clone: writes what is made from the documents' forms."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from .made import ROOT, made


def main() -> int:
    """Writes the files that are not as they should be, and names them."""
    if not (ROOT / "docs" / "documents.md").exists():
        print("error: there is no docs/documents.md here: run it in a clone", file=sys.stderr)
        return 1
    for path, text in _stale():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
    return 0


def _stale() -> Iterator[tuple[Path, str]]:
    for name, text in made().items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield path, text


if __name__ == "__main__":
    sys.exit(main())
