"""Prints the closing line of all tests: python .ci/results.py FOLDER [ROW]...

Counts what the rows' results in FOLDER say; a row without a result is a failure.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as tree
from pathlib import Path


def counts(path: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of one JUnit file."""
    try:
        suites = list(tree.parse(path).getroot().iter("testsuite"))
    except (OSError, tree.ParseError):
        return 0, 1, 0
    total, failed, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failed - errors - skipped, failed + errors, skipped


folder, rows = Path(sys.argv[1]), sys.argv[2:]
passed, failed, skipped = map(
    sum, zip(*(counts(folder / f"{row}.xml") for row in rows), strict=True)
)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0)
