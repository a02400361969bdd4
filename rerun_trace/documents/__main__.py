"""`python -m rerun_trace.documents`, in a clone: writes what is made from the documents' forms."""

from __future__ import annotations

import sys

from .lessons import ROOT
from .made import made, write_stale


def main() -> int:
    """Writes the files that are not as they should be, and names them."""
    if not (ROOT / "docs" / "documents.md").exists():
        print("error: there is no docs/documents.md here: run it in a clone", file=sys.stderr)
        return 1
    write_stale(made())
    return 0


if __name__ == "__main__":
    sys.exit(main())
