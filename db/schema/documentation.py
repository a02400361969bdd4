"""Prints docs/trace-format.md: `python -m rerun_trace.db.schema.documentation`.

The page is made of the docstrings and column texts of `models`, and of the docstring of `codec`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import Column
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

from rerun_trace.db.packing import codec
from rerun_trace.db.schema import migrations, models
from rerun_trace.db.schema.columns import NameNo
from rerun_trace.db.schema.models import comparisons, lines, pages, recordings, runs, state
from rerun_trace.db.schema.rows import table

_TOPICS = (recordings, runs, state, pages, lines, comparisons)
_DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]

_INTRO = f"""\
# The trace format

<!-- Made by `python -m rerun_trace.db.schema.documentation`: change the docstrings in db/. -->

A database (a SQLite file, or PostgreSQL) holds any number of recordings. Read it with any SQL tool;
write it only through rerun-trace. The table `{migrations.VERSION_TABLE}` holds the revision of the
tables, now `{migrations.REVISIONS[-1]}`.

- Times (`*_ns`) are integer nanoseconds on one monotonic clock, 0 when the recording began.
- Lines and steps are 1-based. Files are relative to `recordings.folder`, or absolute outside of it.
- A column of the type *name* is a number: the text is in `names`, under the same recording.
- **Bold** columns are the primary key.
- A row is in the database at most 0.3 s after it happened, all rows of one moment together.

The container writes of recording 1, for example:

    SELECT w.run, f.text AS file, w.line, e.text AS element, l.text AS label
    FROM container_writes w
    LEFT JOIN names f ON f.recording_id = w.recording_id AND f.no = w.file
    JOIN names e ON e.recording_id = w.recording_id AND e.no = w.element
    JOIN names l ON l.recording_id = w.recording_id AND l.no = w.label
    WHERE w.recording_id = 1 ORDER BY w.run, w.seq;
"""


def page() -> str:
    """The whole page, Markdown."""
    parts = [_INTRO, "## Tables\n"]
    parts += map(_table, _row_classes())
    parts += ["## Packed columns\n", inspect.cleandoc(codec.__doc__ or "") + "\n"]
    parts.append(f"The version described here is {codec.VERSION}.\n")
    return "\n".join(parts)


def _row_classes() -> Iterator[type[models.Base]]:
    """The models by topic, and in the order in which they are defined."""
    for topic in _TOPICS:
        yield from (c for c in models.Base.__subclasses__() if c.__module__ == topic.__name__)


def _table(row_class: type[models.Base]) -> str:
    return "\n".join(
        [
            f"### {row_class.__tablename__}\n",
            f"{inspect.cleandoc(row_class.__doc__ or '')}\n",
            "| column | type | what it holds |",
            "|---|---|---|",
            *(_column(column) for column in table(row_class).columns),
            "",
        ]
    )


def _column(column: Column[object]) -> str:
    name = f"**{column.name}**" if column.primary_key else column.name
    text = "; ".join([column.doc or "", *_choices(column)])
    return f"| {name} | {_type(column)} | {text} |"


def _type(column: Column[object]) -> str:
    kind = "*name*" if isinstance(column.type, NameNo) else _sql_type(column)
    return f"{kind} or NULL" if column.nullable else kind


def _sql_type(column: Column[object]) -> str:
    return str(column.type.compile(_DIALECT)).lower()


def _choices(column: Column[object]) -> Iterator[str]:
    read = getattr(column.type, "read", None)
    choices: object = getattr(column.type, "choices", getattr(read, "__wrapped__", None))
    if isinstance(choices, type) and issubclass(choices, StrEnum):
        yield "one of " + ", ".join(f"`{choice.value}`" for choice in choices)


if __name__ == "__main__":
    print(page(), end="")
