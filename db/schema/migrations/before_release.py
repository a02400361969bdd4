"""Completes the tables of the time before the first release.

Until then there were five earlier revisions. Each only added tables and columns, and whoever reads
does without what an older recording lacks: so a database of any of them is one of the first release
when it has been given what it lacks. Nothing that was written is touched.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, text
from sqlalchemy.schema import CreateColumn

from rerun_trace.db.schema.migrations.first import TABLES
from rerun_trace.db.schema.migrations.numbers import FIRST, VERSION_TABLE

# What each revision added: tables, and columns (`table.column`) in their order.
ADDED: dict[str, tuple[str, ...]] = {
    "0002": ("comparisons", "compared_variants", "compared_recordings"),
    "0003": ("thread_spans",),
    "0004": ("step_chunks.key_run",),
    "0005": (
        "interactions.query",
        *("runs.took", "runs.fragment_names", "runs.fragments_gone"),
        *("runs.stopped_by", "runs.blind_step", "runs.query"),
        *("callbacks.arguments", "callbacks.closure"),
        *("container_writes.shows", "container_writes.widget", "container_writes.value"),
        *("state_attempts", "state_reads", "query_changes", "drawn_widgets"),
    ),
    FIRST: ("recordings.name", "recordings.edits", "notes"),
}


def lacking(revision: str) -> list[str]:
    """What tables of a revision before the first release lack: tables, and columns of others."""
    return [what for later, added in ADDED.items() if later > revision for what in added]


def complete(connection: Connection, revision: str) -> None:
    """Makes tables of a revision before the first release those of the first release."""
    for what in lacking(revision):
        name, _, column = what.partition(".")
        if column:
            _add(connection, TABLES.tables[name], column)
        else:
            TABLES.tables[name].create(connection)
    said = text(f"UPDATE {VERSION_TABLE} SET version_num = :first")
    connection.execute(said, {"first": FIRST})


def _add(connection: Connection, table: Table, column: str) -> None:
    name = connection.dialect.identifier_preparer.format_table(table)
    declared = CreateColumn(table.c[column]).compile(dialect=connection.dialect)
    connection.execute(text(f"ALTER TABLE {name} ADD COLUMN {declared}"))
