"""The numbers of revisions, and where a database keeps its own."""

from __future__ import annotations

VERSION_TABLE = "rerun_trace_version"

BEFORE = ("0001", "0002", "0003", "0004", "0005")  # before the first release; oldest first
FIRST = "0006"
REVISIONS = (FIRST,)  # of releases; oldest first
