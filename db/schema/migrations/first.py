"""The tables of the first release as they were then. They stay so when `models` change.

The first revision makes them, and `before_release` completes what is older to them.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

TABLES = sa.MetaData()

_KINDS: dict[str, Any] = {
    "": sa.Integer(),
    "big": sa.BigInteger(),
    "blob": sa.LargeBinary(),
    "bool": sa.Boolean(),
    "sha256": sa.String(64),
    "text": sa.Text(),
    "time": sa.DateTime(timezone=True),
    "word": sa.String(16),
}
_DEFAULTS = {("recordings", "edits"): "0"}
_REFERENCES = {
    ("sources", "sha256"): (sa.ForeignKey("source_texts.sha256"),),
    ("compared_recordings", "recording_id"): (sa.ForeignKey("recordings.id", ondelete="CASCADE"),),
}


def _table(name: str, key: tuple[Any, ...], spec: str, *more: Any, **options: Any) -> None:
    """A table with the columns `key` and those of `spec`: `name`, `name:kind`; `?`: or NULL."""
    columns = []
    for each in spec.split():
        column, _, kind = each.rstrip("?").partition(":")
        refers = _REFERENCES.get((name, column), ())
        default = _DEFAULTS.get((name, column))
        nullable = each.endswith("?")
        columns.append(
            sa.Column(column, _KINDS[kind], *refers, nullable=nullable, server_default=default)
        )
    sa.Table(name, TABLES, *key, *columns, *more, **options)


def _numbered(name: str, spec: str) -> None:
    """Rows with a number that is never given away twice."""
    key = sa.Column("id", sa.Integer(), primary_key=True)
    _table(name, (key,), spec, sqlite_autoincrement=True)


def _of(owner: str, name: str, key: str, spec: str, *, clustered: bool = True) -> None:
    """Rows that belong to a row of `owner`, which have `key` to tell them apart there."""
    whose = sa.ForeignKey(f"{owner}.id", ondelete="CASCADE")
    own = (
        sa.Column(part, sa.Integer(), primary_key=True, autoincrement=False) for part in key.split()
    )
    whole = (sa.Column(f"{owner[:-1]}_id", sa.Integer(), whose, primary_key=True), *own)
    _table(name, whole, spec, **({"sqlite_with_rowid": False} if clustered else {}))


def _of_runs(name: str, spec: str) -> None:
    """Rows about what happened in runs, in order."""
    _of("recordings", name, "run seq", spec)


_numbered(
    "recordings",
    "variant:text? mode:text app:text folder:text started_at:time ended_at:time? python:text "
    "streamlit:text engine:text engine_reason:text complete:bool ticks messages name:text? "
    "edits",
)
_of("recordings", "notes", "n", "run step at_ns:big text:text written_at:time")
_of("recordings", "names", "no", "text:text")
_of("recordings", "limits", "no", "text:text")
_of("recordings", "app_sessions", "n", "streamlit_id:text opened_ns:big closed_ns:big?")
_of(
    "recordings",
    "interactions",
    "n",
    "app_session at_ns:big kind:word action:text changes:text? fragment? page? query?",
)
_of(
    "recordings",
    "runs",
    "n",
    "app_session kind:word trigger_type:word trigger interaction script started_ns:big "
    "fragments:text? outcome:word ended_ns:big? body_started_ns:big? halted_file? "
    "halted_line? steps:big dropped_steps:big detailed:bool took:text? fragment_names:text? "
    "fragments_gone:text? stopped_by? blind_step:big? query?",
)
_of_runs("errors", "at_ns:big step type:text message:text traceback:text file? line?")
_of_runs(
    "callbacks",
    "function file line started_ns:big ended_ns:big step widget_id? label? error:text? "
    "arguments:text? closure:text?",
)
_of_runs(
    "rerun_requests", "at_ns:big step file? line? function? scope:text allowed:bool refusal:text?"
)
_of_runs("state_writes", "at_ns:big step key op old:text? new:text? file? line?")
_of_runs("state_attempts", "at_ns:big step key fate value:text? reason:text file? line?")
_of_runs("state_reads", "data:blob")
_of_runs("query_changes", "at_ns:big step old new file? line?")
_of("recordings", "drawn_widgets", "n", "identity widget_id element label key? made_of:text? form?")
_of_runs(
    "container_writes",
    "at_ns:big step message path:text kind element label out_of_order:bool file? line? "
    "widget_id? fragment? shows? widget? value?",
)
_of(
    "recordings",
    "page_messages",
    "run n",
    "app_session at_ns:big type body:big size path:text? kind? element? label? detail fate "
    "fate_ns:big? sent_order?",
)
_table(
    "message_bodies",
    (sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),),
    "hash:text zipped:bool data:blob?",
    sa.UniqueConstraint("hash"),
)
_of_runs("cache_accesses", "at_ns:big step function cache hit:bool duration_ns:big file? line?")
_of_runs("line_counts", "data:blob")
_of(
    "recordings",
    "step_chunks",
    "run seq",
    "first_step steps low_step high_step low_frame? high_frame? frames:blob? data:blob key_run?",
    clustered=False,
)
_of(
    "recordings",
    "thread_spans",
    "run thread",
    "function first_step last_step started_ns:big ended_ns:big steps",
)
_of("recordings", "sources", "file_no", "file:text sha256:sha256 reason:text blocks:blob since_run")
_table("source_texts", (sa.Column("sha256", sa.String(64), primary_key=True),), "data:blob")
_numbered("comparisons", "title:text created_at:time steps:text")
_of("comparisons", "compared_variants", "no", "name:text failed:text?")
_of("comparisons", "compared_recordings", "variant repeat", "recording_id")
