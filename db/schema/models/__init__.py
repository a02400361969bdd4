"""The tables. What one asks questions about is a row; what is only read in order is packed.

The docstring of each class and the `doc` of each column are the text of docs/trace-format.md.

Constraints that shaped them:

- A short run must cost little. Rows of a recording are clustered under one composite primary key
  (SQLite: WITHOUT ROWID), which also serves the only question asked: "the rows of these runs".
  There is no second index. Tables with large blobs keep SQLite's row id, because a clustered
  row of more than a quarter page spills to pages of its own.
- Texts that recur (files, widget ids, labels, element types) are written once a recording, in
  `names`, and rows hold their number.
- Everything but comparisons belongs to a recording and goes with it (ON DELETE CASCADE).
"""

from __future__ import annotations

from rerun_trace.db.schema.models.base import Base
from rerun_trace.db.schema.models.comparisons import (
    ComparedRecordingRow,
    ComparedVariantRow,
    ComparisonRow,
)
from rerun_trace.db.schema.models.lines import (
    LineCountsRow,
    SourceRow,
    SourceTextRow,
    StepChunkRow,
    ThreadSpanRow,
)
from rerun_trace.db.schema.models.pages import (
    ContainerWriteRow,
    DrawnWidgetRow,
    MessageBodyRow,
    PageMessageRow,
)
from rerun_trace.db.schema.models.recordings import (
    LimitRow,
    NameRow,
    NoteRow,
    RecordingRow,
)
from rerun_trace.db.schema.models.runs import (
    AppSessionRow,
    CacheAccessRow,
    CallbackRow,
    ErrorRow,
    InteractionRow,
    RerunRequestRow,
    RunRow,
)
from rerun_trace.db.schema.models.state import (
    QueryChangeRow,
    StateAttemptRow,
    StateReadsRow,
    StateWriteRow,
)

__all__ = [
    "AppSessionRow",
    "Base",
    "CacheAccessRow",
    "CallbackRow",
    "ComparedRecordingRow",
    "ComparedVariantRow",
    "ComparisonRow",
    "ContainerWriteRow",
    "DrawnWidgetRow",
    "ErrorRow",
    "InteractionRow",
    "LimitRow",
    "LineCountsRow",
    "MessageBodyRow",
    "NameRow",
    "NoteRow",
    "PageMessageRow",
    "QueryChangeRow",
    "RecordingRow",
    "RerunRequestRow",
    "RunRow",
    "SourceRow",
    "SourceTextRow",
    "StateAttemptRow",
    "StateReadsRow",
    "StateWriteRow",
    "StepChunkRow",
    "ThreadSpanRow",
]
