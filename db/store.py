"""`TraceStore`: a database of recordings. It gives the sink to record with, and answers reads."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, Table, func, select

from rerun_trace.db.editing import notes
from rerun_trace.db.editing.deletion import delete_recording
from rerun_trace.db.engine import Location, for_writing, one_line_errors, open_engine, shown
from rerun_trace.db.exchange import copying as exchange
from rerun_trace.db.handover.sink import BackgroundSink
from rerun_trace.db.packing import codec
from rerun_trace.db.packing.thread_spans import ThreadSpan
from rerun_trace.db.reading import chunks, comparisons, overview, pages, run_columns, state
from rerun_trace.db.reading.chunks import ChunkColumns
from rerun_trace.db.reading.overview import RecordingSummary
from rerun_trace.db.reading.watch import watching
from rerun_trace.db.reading.windows import StepWindow, StepWindows
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import (
    APP_SESSIONS,
    CACHE_ACCESSES,
    CALLBACKS,
    CONTAINER_WRITES,
    DRAWN_WIDGETS,
    ERRORS,
    INTERACTIONS,
    MESSAGES,
    QUERY_CHANGES,
    RERUN_REQUESTS,
    RUNS,
    STATE_ATTEMPTS,
    STATE_WRITES,
    THREAD_SPANS,
    Shape,
    source_record,
    table,
)
from rerun_trace.db.writing.writer import DirectWriter, begin_recording
from rerun_trace.tracer.errors import BodyNotKept, RecordingNotFound, StoreError
from rerun_trace.tracer.model import (
    AppSession,
    CacheAccess,
    Callback,
    Comparison,
    ContainerWrite,
    DrawnWidget,
    Interaction,
    LineCount,
    Note,
    PageMessage,
    QueryChange,
    Record,
    RecordingInfo,
    RerunRequest,
    RunError,
    ScriptRun,
    Source,
    StateAttempt,
    StateRead,
    StateWrite,
    StepChunk,
)

__all__ = ["RecordingSummary", "TraceStore"]

R = TypeVar("R")
Window = tuple[int, int]  # first and last run, inclusive

_NAMES = table(models.NameRow)


_ID_LIMIT = 2**63  # what the databases can hold
_NUMBER_LIMIT = 2**31


class TraceStore:
    """A database of recordings. Any number of threads may read from one store.

    Reads return records in order: numbered ones by number, all others by run and, within a run, as
    they came. `run` narrows a read to one run, `runs` to those from the first to the last number,
    inclusive. A read of a recording that does not exist raises RecordingNotFound; any trouble with
    the database is a StoreError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._names: dict[int, list[str]] = {}  # grows only: names are never changed
        self._names_lock = threading.Lock()
        self._windows = StepWindows()

    @classmethod
    def open(cls, url_or_path: Location | None = None, *, create: bool = True) -> TraceStore:
        """Opens a path, an SQLAlchemy URL, or (None) $RERUN_TRACE_DB or the user's own file.

        The database is created when there is none (`create=False`: StoreError) and migrated to
        this version. Raises StoreError, with a line that names the fix, when that cannot be done.
        """
        return cls(open_engine(url_or_path, create=create))

    def close(self) -> None:
        """Closes all connections. Close the sinks first."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The database's URL with the password hidden: safe to show, useless to connect with."""
        return self._engine.url.difference_update_query(["password"]).render_as_string()

    @property
    def address(self) -> str:
        """The URL that opens the same database again, password included: never show it."""
        return self._engine.url.render_as_string(hide_password=False)

    @property
    def location(self) -> str:
        """The path of the SQLite file, or else `url`."""
        return shown(self._engine.url)

    def sink(self) -> BackgroundSink:
        """A new sink that writes from this process: one for each recording."""
        return BackgroundSink(DirectWriter(self._engine))

    # -- recordings ---------------------------------------------------------------------------

    def recordings(self) -> list[RecordingInfo]:
        """All recordings, newest first."""
        with self._reading() as connection:
            return overview.recordings(connection)

    def summaries(self) -> list[RecordingSummary]:
        """All recordings, newest first, with how much each holds."""
        with self._reading() as connection:
            return overview.summaries(connection)

    def recording(self, id: int) -> RecordingInfo:
        """One recording. Raises RecordingNotFound, naming those there are."""
        with self._reading() as connection:
            found = overview.recordings(connection, id) if 0 < id < _ID_LIMIT else []
            if not found:
                raise overview.not_found(connection, id)
            return found[0]

    def latest(self) -> RecordingInfo | None:
        """The newest recording, or None when there is none yet."""
        with self._reading() as connection:
            newest = connection.scalar(select(func.max(models.RecordingRow.id)))
            return None if newest is None else overview.recordings(connection, newest)[0]

    def counts(self, id: int) -> dict[str, int]:
        """How far a recording has come; cheap enough to poll.

        `ticks` goes up by one with every change. Also: `app_sessions`, `interactions`, `runs`,
        `ended_runs`, `messages`, `complete` (0 or 1), and `edits`, which goes up with every change
        of its name and notes.
        """
        with self._reading() as connection:
            counts = overview.counts(connection, id)
            if counts is None:
                raise overview.not_found(connection, id)
            return counts

    def watching(self, id: int) -> AbstractContextManager[Callable[[], bool]]:
        """Gives a function that says, much more cheaply than `counts`, whether to look again."""
        return watching(self._engine, id)

    def delete(self, id: int) -> None:
        """Deletes a recording, and the bodies and sources that no other recording uses."""
        with one_line_errors(self._engine.url):
            delete_recording(for_writing(self._engine), id)
        with self._names_lock:
            self._names.pop(id, None)

    # -- what people add ----------------------------------------------------------------------

    def notes(self, id: int) -> list[Note]:
        """The notes on a recording in the order of their moments."""
        self.recording(id)
        with self._reading() as connection:
            return notes.read(connection, id)

    def add_note(self, id: int, run: int, step: int, text: str) -> Note:
        """Keeps a note on a moment. Raises RecordingNotFound when there is no such run."""
        self.recording(id)
        of = self.run(id, run if 0 < run < _NUMBER_LIMIT else 0)
        steps = self.steps(id, run, step, step).steps if step else ()
        at_ns = steps[0].at_ns if steps else of.started_ns
        with one_line_errors(self._engine.url):
            return notes.add(self._engine, id, run, step, at_ns, text)

    def change_note(self, id: int, n: int, text: str) -> Note:
        """Replaces the text of note `n`. Raises NoteNotFound."""
        self.recording(id)
        with one_line_errors(self._engine.url):
            return notes.change(self._engine, id, n if 0 < n < _NUMBER_LIMIT else 0, text)

    def delete_note(self, id: int, n: int) -> None:
        """Deletes note `n`. Raises NoteNotFound."""
        self.recording(id)
        with one_line_errors(self._engine.url):
            notes.remove(self._engine, id, n if 0 < n < _NUMBER_LIMIT else 0)

    def rename(self, id: int, name: str | None) -> None:
        """Gives a recording a name; None takes it away. Raises RecordingNotFound."""
        self.recording(id)
        with one_line_errors(self._engine.url):
            notes.rename(self._engine, id, name)

    # -- from one database to another ---------------------------------------------------------

    def records(self, id: int) -> Iterator[Record]:
        """Everything of a recording, for `add_recording`; but for what its `recording` tells."""
        with self._understood():
            yield from exchange.records(self, self._engine, id)

    def add_recording(
        self,
        info: RecordingInfo,
        records: Iterable[Record],
        written: Sequence[Note] = (),
        *,
        keep_id: bool = False,
    ) -> int:
        """Keeps a recording that is over, all or nothing of it; returns its number here.

        `written` are the notes on it.

        With `keep_id` that is the one that `info` has: for a database that was just made.
        """
        with one_line_errors(self._engine.url):
            number = begin_recording(for_writing(self._engine), info, keep_id)
            try:
                exchange.fill_recording(self._engine, number, info, records)
                notes.keep(self._engine, number, written)
            except BaseException:
                self.delete(number)
                raise
        return number

    def write_compact(self, path: Path) -> None:
        """Writes this SQLite database into a new file, for `open_foreign` to read elsewhere."""
        with one_line_errors(self._engine.url):
            exchange.compact(self._engine, path)

    # -- comparisons --------------------------------------------------------------------------

    def add_comparison(self, comparison: Comparison, *, keep_id: bool = False) -> int:
        """Keeps a comparison of recordings that are in this database; returns its number."""
        with one_line_errors(self._engine.url), for_writing(self._engine).begin() as connection:
            return comparisons.add(connection, comparison, keep_id)

    def delete_comparison(self, id: int) -> None:
        """Forgets a comparison; its recordings stay."""
        with one_line_errors(self._engine.url), for_writing(self._engine).begin() as connection:
            comparisons.delete(connection, id)

    def comparisons(self) -> list[Comparison]:
        """All comparisons, newest first."""
        with self._reading() as connection:
            return comparisons.read(connection)

    def comparison(self, id: int) -> Comparison:
        """One comparison, without recordings deleted since. Raises ComparisonNotFound."""
        with self._reading() as connection:
            found = comparisons.read(connection, id) if 0 < id < _ID_LIMIT else []
            if not found:
                raise comparisons.not_found(connection, id)
            return found[0]

    # -- numbered records ---------------------------------------------------------------------

    def app_sessions(self, id: int) -> list[AppSession]:
        """The app sessions of a recording."""
        return self._records(APP_SESSIONS, id)

    def interactions(
        self, id: int, *, first: int = 0, last: int | None = None
    ) -> list[Interaction]:
        """Interactions `first` to `last` (inclusive; None: the end)."""
        number = INTERACTIONS.table.c.n
        where = [number >= first] if last is None else [number.between(first, last)]
        return self._records(INTERACTIONS, id, *where)

    def runs(
        self, id: int, *, first: int = 1, last: int | None = None, interaction: int | None = None
    ) -> list[ScriptRun]:
        """Script runs `first` to `last` (inclusive; None: the end), or those of one interaction."""
        runs = RUNS.table.c
        where = [runs.n >= first]
        if last is not None:
            where.append(runs.n <= last)
        if interaction is not None:
            where.append(runs.interaction == interaction)
        return self._records(RUNS, id, *where)

    def run(self, id: int, n: int) -> ScriptRun:
        """One script run. Raises RecordingNotFound when the recording has none with that number."""
        found = self._records(RUNS, id, RUNS.table.c.n == n)
        if not found:
            raise RecordingNotFound(f"recording {id} has no run {n}; see the list of its runs")
        return found[0]

    def run_columns(
        self, id: int, first: int = 1, again: Collection[int] = ()
    ) -> dict[str, tuple[Any, ...]]:
        """`run_columns.RUN_COLUMNS` of the runs from `first` on, after those numbered in `again`.

        Words are plain texts. Much quicker than `runs`.
        """
        with self._reading() as connection:
            return run_columns.run_columns(connection, id, first, again)

    def interaction_columns(self, id: int, first: int = 0) -> dict[str, tuple[Any, ...]]:
        """`run_columns.INTERACTION_COLUMNS` of the interactions from number `first` on."""
        with self._reading() as connection:
            return run_columns.interaction_columns(connection, id, first)

    def has_callbacks(self, id: int) -> bool:
        """Whether any callback ran in the recording."""
        with self._reading() as connection:
            return run_columns.has_callbacks(connection, id)

    def has_threads(self, id: int) -> bool:
        """Whether threads of the user's ran in the recording."""
        with self._reading() as connection:
            return run_columns.has_threads(connection, id)

    def messages(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[PageMessage]:
        """Page messages by number. Those outside of any run come only without `run` and `runs`."""
        return self._of_runs(MESSAGES, id, run, runs)

    def page_base(self, id: int, run: ScriptRun) -> pages.Base:
        """The runs whose messages make the page before `run`."""
        with self._reading() as connection:
            return pages.base_of(connection, id, run)

    def next_run(self, id: int, run: ScriptRun) -> int | None:
        """The number of the run after `run` in the same app session, if there is one."""
        with self._reading() as connection:
            return pages.run_after(connection, id, run)

    def sent_messages(self, id: int, app_session: int, runs: Sequence[int]) -> list[PageMessage]:
        """The page messages of `runs` that were sent to the browser of one app session."""
        return self._records(MESSAGES, id, *pages.sent_in(app_session, runs))

    # -- what happened in runs ----------------------------------------------------------------

    def callbacks(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[Callback]:
        """Callbacks."""
        return self._of_runs(CALLBACKS, id, run, runs)

    def rerun_requests(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[RerunRequest]:
        """Rerun requests."""
        return self._of_runs(RERUN_REQUESTS, id, run, runs)

    def state_writes(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[StateWrite]:
        """State writes."""
        return self._of_runs(STATE_WRITES, id, run, runs)

    def state_attempts(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[StateAttempt]:
        """Changes of session state that came to nothing; before revision 0005 none were kept."""
        return self._of_runs(STATE_ATTEMPTS, id, run, runs)

    def state_reads(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[StateRead]:
        """Reads of session state; before revision 0005 none were kept."""
        packed = self._packed(
            models.StateReadsRow, codec.unpack_reads, "state reads", id, run, runs
        )
        return [
            StateRead(of, step, names[key - 1], found)
            for of, rows, names in packed
            for step, key, found in rows
        ]

    def query_changes(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[QueryChange]:
        """Changes of the address' query string; before revision 0005 none were kept."""
        return self._of_runs(QUERY_CHANGES, id, run, runs)

    def drawn_widgets(self, id: int) -> list[DrawnWidget]:
        """The widgets that container writes refer to; before revision 0005 none were kept."""
        return self._records(DRAWN_WIDGETS, id)

    def container_writes(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[ContainerWrite]:
        """Container writes."""
        return self._of_runs(CONTAINER_WRITES, id, run, runs)

    def errors(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[RunError]:
        """Errors."""
        return self._of_runs(ERRORS, id, run, runs)

    def cache_accesses(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[CacheAccess]:
        """Cache accesses."""
        return self._of_runs(CACHE_ACCESSES, id, run, runs)

    def thread_spans(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[ThreadSpan]:
        """When threads of the user's ran, by thread; before revision 0003 none were kept."""
        return self._of_runs(THREAD_SPANS, id, run, runs)

    def line_counts(
        self, id: int, run: int | None = None, *, runs: Window | None = None
    ) -> list[LineCount]:
        """Line counts, one for each run and statement: the one that came last."""
        packed = self._packed(
            models.LineCountsRow, codec.unpack_counts, "line counts", id, run, runs
        )
        counts: dict[tuple[int, int, int], LineCount] = {}
        for of, rows, names in packed:
            for file, line, hits, capped in rows:
                counts[of, file, line] = LineCount(of, names[file - 1], line, hits, capped)
        return list(counts.values())

    def steps(self, id: int, run: int, first: int = 1, last: int | None = None) -> StepChunk:
        """Steps `first` to `last` (1-based, inclusive; None: the end) of a run as one chunk.

        With the value changes after those steps, and every frame they refer to, callers included.
        Reads only the chunks that overlap. `first_step` is the number of the first step returned.
        """
        with self._reading() as connection:
            chunk = chunks.read_steps(connection, id, run, first, last)
            if not chunk.steps:
                self._found(connection, id, [])
            return chunk

    def step_window(self, id: int, run: int, at: int) -> StepWindow:
        """The up to 1,000 steps around step `at`, and the values that variables had before."""
        with self._reading() as connection:
            return self._windows.read(connection, id, run, at)

    def preload_steps(self, id: int, runs: Window) -> None:
        """Reads ahead the steps of some short runs, for `step_window`. Not of a live recording."""
        with self._reading() as connection:
            self._windows.preload(connection, id, runs)

    def find_step(
        self, id: int, run: int, file_no: int, lines: Collection[int], after: int = 0
    ) -> int | None:
        """The next step of a run at one of `lines` of a source, after step `after`, if any."""
        with self._reading() as connection:
            return chunks.find_step(connection, id, run, file_no, lines, after)

    def chunk_columns(
        self, id: int, runs: Window, steps: Window
    ) -> list[tuple[int, int, ChunkColumns]]:
        """Of some runs, the chunks about some steps, unpacked: run, first step, columns."""
        with self._reading() as connection:
            return list(chunks.columns_of_runs(connection, id, runs, steps))

    # -- session state ------------------------------------------------------------------------

    def state_before(self, id: int, session: int, run: int) -> list[StateWrite]:
        """The last write of each key in an app session before a run; deletions included."""
        with self._reading() as connection:
            rows = state.rows_before(connection, id, session, run)
            return self._decoded(connection, STATE_WRITES, id, rows)

    def state_history(
        self, id: int, key: str, *, session: int | None = None, limit: int
    ) -> tuple[int, list[StateWrite]]:
        """How often a key was written, and the newest `limit` writes, newest first."""
        with self._reading() as connection:
            names = self._names_of(connection, id)
            number = names.index(key) + 1 if key in names else 0
            total, rows = state.rows_of_key(connection, id, number, session, limit)
            return total, self._decoded(connection, STATE_WRITES, id, rows)

    # -- contents -----------------------------------------------------------------------------

    def sources(self, id: int) -> list[Source]:
        """The sources of a recording by `file_no`."""
        sources, texts = table(models.SourceRow), table(models.SourceTextRow)
        query = (
            select(sources, texts.c.data)
            .join_from(sources, texts)
            .where(sources.c.recording_id == id)
            .order_by(sources.c.file_no)
        )
        with self._reading() as connection:
            rows = self._found(connection, id, connection.execute(query).all())
            return [source_record(row) for row in rows]

    def message_body(self, hash: str) -> bytes:
        """The serialized message with this content hash. Raises BodyNotKept."""
        bodies = table(models.MessageBodyRow)
        with self._reading() as connection:
            query = select(bodies.c.zipped, bodies.c.data).where(bodies.c.hash == hash)
            row = connection.execute(query).one_or_none()
            if row is None or row.data is None:
                raise BodyNotKept(f"no page message with the content hash {hash!r} was kept")
            return zlib.decompress(row.data) if row.zipped else bytes(row.data)

    def elements(self, id: int) -> set[str]:
        """The kinds of elements and blocks that the recording wrote to its pages."""
        with self._reading() as connection:
            return pages.elements(connection, id)

    def message_bodies(self, id: int) -> Iterator[tuple[str, bytes]]:
        """Hash and content of each of the recording's page messages that was kept, once."""
        with self._reading() as connection:
            yield from pages.bodies(connection, id)

    def named_bodies(self, hashes: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Hash and content of the page messages with these content hashes that were kept."""
        with self._reading() as connection:
            yield from pages.bodies_named(connection, hashes)

    # -- how it reads -------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._understood(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            with one_line_errors(self._engine.url):
                yield
        except (ValueError, LookupError, TypeError, zlib.error) as error:
            reason = f"{type(error).__name__}: {error}"
            raise StoreError(f"a row in {self.location} cannot be understood: {reason}") from error

    def _of_runs(self, shape: Shape[R], id: int, run: int | None, runs: Window | None) -> list[R]:
        return self._records(shape, id, *_window(shape.table, run, runs))

    def _records(self, shape: Shape[R], id: int, *where: Any) -> list[R]:
        columns = shape.table.c
        query = shape.query.where(columns.recording_id == id, *where).order_by(*shape.order)
        with self._reading() as connection:
            rows = self._found(connection, id, connection.execute(query).all())
            return self._decoded(connection, shape, id, rows)

    def _decoded(
        self, connection: Connection, shape: Shape[R], id: int, rows: Sequence[Any]
    ) -> list[R]:
        # After the rows were read: whatever name they refer to is there by now.
        names = self._names_of(connection, id)
        return [shape.decode(row, names) for row in rows]

    def _packed(
        self,
        row_class: type[models.Base],
        unpack: Callable[[bytes], list[R]],
        what: str,
        id: int,
        run: int | None,
        runs: Window | None,
    ) -> list[tuple[int, list[R], list[str]]]:
        """Run, rows and the names they refer to, of every blob of a table of packed rows."""
        packed = table(row_class)
        query = (
            select(packed.c.run, packed.c.data)
            .where(packed.c.recording_id == id, *_window(packed, run, runs))
            .order_by(packed.c.run, packed.c.seq)
        )
        with self._reading() as connection:
            found = self._found(connection, id, connection.execute(query).all())
            names = self._names_of(connection, id)
        unpacked = []
        for row in found:
            try:
                unpacked.append((row.run, unpack(row.data), names))
            except StoreError as error:
                where = f"recording {id}, run {row.run}, {what}"
                raise StoreError(f"{where}: {error}") from error
        return unpacked

    def _found(self, connection: Connection, id: int, rows: Any) -> Any:
        """`rows`; nothing at all may mean that there is no such recording."""
        if not rows and not overview.recordings(connection, id):
            raise overview.not_found(connection, id)
        return rows

    def _names_of(self, connection: Connection, id: int) -> list[str]:
        with self._names_lock:
            known = self._names.setdefault(id, [])
            query = (
                select(_NAMES.c.text)
                .where(_NAMES.c.recording_id == id, _NAMES.c.no > len(known))
                .order_by(_NAMES.c.no)
            )
            known.extend(connection.scalars(query))
            return known


def _window(target: Table, run: int | None, runs: Window | None) -> list[Any]:
    if run is not None:
        return [target.c.run == run]
    return [] if runs is None else [target.c.run.between(*runs)]
