"""`TraceStore`: a database of recordings. It gives the sink to record with, and answers reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Engine

from rerun_trace.db.editing import comparisons as keeping
from rerun_trace.db.editing import notes as noting
from rerun_trace.db.editing import retention
from rerun_trace.db.editing.deletion import Freed, delete_recordings
from rerun_trace.db.engine import Location, one_line_errors, open_engine, shown
from rerun_trace.db.exchange import copying
from rerun_trace.db.handover.keep import EVERYTHING, Keep
from rerun_trace.db.handover.sink import BackgroundSink
from rerun_trace.db.reading import (
    chunks,
    comparisons,
    contents,
    news,
    notes,
    overview,
    packed,
    pages,
    records,
    run_columns,
    state,
)
from rerun_trace.db.reading.ahead import StepsAhead
from rerun_trace.db.reading.chunks import ChunkColumns
from rerun_trace.db.reading.names import KnownNames
from rerun_trace.db.reading.overview import RecordingSummary
from rerun_trace.db.reading.reader import Reader
from rerun_trace.db.reading.records import Window, by_run, of_runs
from rerun_trace.db.reading.watch import Version, watching
from rerun_trace.db.reading.windows import StepWindow, StepWindows
from rerun_trace.db.schema.rows import (
    APP_SESSIONS,
    CACHE_ACCESSES,
    CALLBACKS,
    CONTAINER_WRITES,
    DRAWN_WIDGETS,
    ERRORS,
    MESSAGES,
    QUERY_CHANGES,
    RERUN_REQUESTS,
    STATE_ATTEMPTS,
    STATE_WRITES,
    THREAD_SPANS,
)
from rerun_trace.db.writing.direct import DirectWriter
from rerun_trace.tracer.model import (
    AppSession,
    Comparison,
    DrawnWidget,
    Interaction,
    Note,
    Outcome,
    PageMessage,
    Record,
    RecordingInfo,
    ScriptRun,
    Source,
    StateWrite,
    StepChunk,
)

__all__ = ["Freed", "RecordingSummary", "TraceStore"]

P = ParamSpec("P")
T = TypeVar("T")


class TraceStore:
    """A database of recordings. Any number of threads may read from one store.

    Each method is done by a function of the rooms `reading`, `editing` and `exchange`. Reads return
    records in order: numbered ones by number, all others by run and, within a run, as they came.
    `run` narrows a read to one run, `runs` to those from the first to the last number, inclusive.
    A read of a recording that does not exist raises RecordingNotFound; any trouble with the
    database is a StoreError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = reader = Reader(engine)
        self._ask = reader.ask
        self._names = names = KnownNames()
        self._windows = StepWindows()
        self._version = Version(engine)

        # What happened in runs, each `(recording, run=None, *, runs=None)`.
        self.callbacks = of_runs(reader, names, CALLBACKS)
        self.rerun_requests = of_runs(reader, names, RERUN_REQUESTS)
        self.state_writes = of_runs(reader, names, STATE_WRITES)
        self.container_writes = of_runs(reader, names, CONTAINER_WRITES)
        self.errors = of_runs(reader, names, ERRORS)
        self.cache_accesses = of_runs(reader, names, CACHE_ACCESSES)
        self.line_counts = by_run(reader, names, packed.line_counts)
        # Page messages, by number; those outside of any run come only without `run` and `runs`.
        self.messages = of_runs(reader, names, MESSAGES)
        # By thread. Before revision 0003 no spans were kept.
        self.thread_spans = of_runs(reader, names, THREAD_SPANS)
        # Before revision 0005 none of these were kept.
        self.state_attempts = of_runs(reader, names, STATE_ATTEMPTS)
        self.state_reads = by_run(reader, names, packed.state_reads)
        self.query_changes = of_runs(reader, names, QUERY_CHANGES)

    @classmethod
    def open(cls, url_or_path: Location | None = None, *, create: bool = True) -> TraceStore:
        """Opens a path, an SQLAlchemy URL, or (None) $RERUN_TRACE_DB or the user's own file.

        The database is created when there is none (`create=False`: StoreError) and migrated to
        this version. Raises StoreError, with a line that names the fix, when that cannot be done.
        """
        return cls(open_engine(url_or_path, create=create))

    def close(self) -> None:
        """Closes all connections. Close the sinks first."""
        self._version.close()
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

    def sink(self, keep: Keep = EVERYTHING) -> BackgroundSink:
        """A new sink that writes from this process: one for each recording."""
        return BackgroundSink(DirectWriter(self._engine, keep))

    def _do(
        self, action: Callable[Concatenate[Engine, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with one_line_errors(self._engine.url):
            return action(self._engine, *args, **kwargs)

    # -- recordings ---------------------------------------------------------------------------

    def recordings(self) -> list[RecordingInfo]:
        """All recordings, newest first."""
        return self._ask(overview.recordings)

    def summaries(self) -> list[RecordingSummary]:
        """All recordings, newest first, with how much each holds."""
        return self._ask(overview.summaries)

    def recording(self, id: int) -> RecordingInfo:
        """One recording. Raises RecordingNotFound, naming those there are."""
        return self._ask(overview.recording, id)

    def latest(self) -> RecordingInfo | None:
        """The newest recording, or None when there is none yet."""
        return self._ask(overview.latest)

    def counts(self, id: int) -> dict[str, int]:
        """How far a recording has come; cheap enough to poll.

        `ticks` goes up by one with every change. Also: `app_sessions`, `interactions`, `runs`,
        `ended_runs`, `messages`, `complete` (0 or 1), and `edits`, which goes up with every change
        of its name and notes.
        """
        return self._ask(overview.counts, id)

    def watching(self, id: int) -> AbstractContextManager[Callable[[], bool]]:
        """Gives a function that says, much more cheaply than `counts`, whether to look again."""
        return watching(self._engine, id)

    def version(self) -> object:
        """Differs whenever anything was written, by any process; None where nobody can tell."""
        return self._version.now()

    def delete(self, *ids: int) -> Freed:
        """Deletes recordings, all or none, with all that no other recording uses.

        A comparison goes with the last of its recordings. Raises RecordingNotFound.
        """
        try:
            return self._do(delete_recordings, ids)
        finally:
            self._names.forget(*ids)

    def surplus(self, id: int, keep: Keep) -> list[int]:
        """The runs that `prune` would let go. Raises RecordingNotFound."""
        return self._do(retention.surplus_of, self.recording(id), keep)

    def prune(self, id: int, keep: Keep) -> Freed:
        """Lets go of a recording's oldest runs, some at a time. Not of one that is being written.

        Raises RecordingNotFound.
        """
        return self._do(retention.prune, self.recording(id), keep)

    # -- what people add ----------------------------------------------------------------------

    def notes(self, id: int) -> list[Note]:
        """The notes on a recording in the order of their moments."""
        return self._ask(notes.read, id)

    def add_note(self, id: int, run: int, step: int, text: str) -> Note:
        """Keeps a note on a moment. Raises RecordingNotFound when there is no such run."""
        return self._do(noting.add, id, run, step, self._ask(notes.moment, id, run, step), text)

    def change_note(self, id: int, n: int, text: str) -> Note:
        """Replaces the text of note `n`. Raises NoteNotFound."""
        return self._do(noting.change, id, n, text)

    def delete_note(self, id: int, n: int) -> None:
        """Deletes note `n`. Raises NoteNotFound."""
        self._do(noting.remove, id, n)

    def rename(self, id: int, name: str | None) -> None:
        """Gives a recording a name; None takes it away. Raises RecordingNotFound."""
        self._do(noting.rename, id, name)

    # -- from one database to another ---------------------------------------------------------

    def records(self, id: int) -> Iterator[Record]:
        """Everything of a recording, for `add_recording`; but for what its `recording` tells."""
        with self._reader.understood():
            yield from copying.records(self, self._engine, id)

    def add_recording(
        self,
        info: RecordingInfo,
        records: Iterable[Record],
        notes: Sequence[Note] = (),
        *,
        keep_id: bool = False,
    ) -> int:
        """Keeps a recording that is over, with the notes on it; all or nothing of it.

        Returns its number here: with `keep_id` the one that `info` has, for a database that was
        just made.
        """
        return self._do(copying.add_recording, info, records, notes, keep_id)

    def write_compact(self, path: Path) -> None:
        """Writes this SQLite database into a new file: what a `.rtrace` file holds."""
        self._do(copying.compact, path)

    # -- comparisons --------------------------------------------------------------------------

    def add_comparison(self, comparison: Comparison, *, keep_id: bool = False) -> int:
        """Keeps a comparison of recordings that are in this database; returns its number."""
        return self._do(keeping.add, comparison, keep_id)

    def delete_comparison(self, id: int) -> None:
        """Forgets a comparison; its recordings stay."""
        self._do(keeping.remove, id)

    def comparisons(self) -> list[Comparison]:
        """All comparisons, newest first."""
        return self._ask(comparisons.read)

    def comparison(self, id: int) -> Comparison:
        """One comparison, without recordings deleted since. Raises ComparisonNotFound."""
        return self._ask(comparisons.one, id)

    # -- numbered records ---------------------------------------------------------------------

    def app_sessions(self, id: int) -> list[AppSession]:
        """The app sessions of a recording."""
        return self._ask(records.read, self._names, APP_SESSIONS, id)

    def interactions(
        self, id: int, *, first: int = 0, last: int | None = None
    ) -> list[Interaction]:
        """Interactions `first` to `last` (inclusive; None: the end)."""
        return self._ask(records.interactions, self._names, id, first, last)

    def runs(
        self, id: int, *, first: int = 1, last: int | None = None, interaction: int | None = None
    ) -> list[ScriptRun]:
        """Script runs `first` to `last` (inclusive; None: the end), or those of one interaction."""
        return self._ask(records.script_runs, self._names, id, first, last, interaction)

    def run(self, id: int, n: int) -> ScriptRun:
        """One script run. Raises RecordingNotFound when the recording has none with that number."""
        return self._ask(records.script_run, self._names, id, n)

    def run_columns(
        self, id: int, first: int = 1, again: Collection[int] = ()
    ) -> dict[str, tuple[Any, ...]]:
        """`run_columns.RUN_COLUMNS` of the runs from `first` on, after those numbered in `again`.

        Words are plain texts. Much quicker than `runs`.
        """
        return self._ask(run_columns.run_columns, id, first, again)

    def interaction_columns(self, id: int, first: int = 0) -> dict[str, tuple[Any, ...]]:
        """`run_columns.INTERACTION_COLUMNS` of the interactions from number `first` on."""
        return self._ask(run_columns.interaction_columns, id, first)

    def has_callbacks(self, id: int) -> bool:
        """Whether any callback ran in the recording."""
        return self._ask(run_columns.has_callbacks, id)

    def has_threads(self, id: int) -> bool:
        """Whether threads of the user's ran in the recording."""
        return self._ask(run_columns.has_threads, id)

    def drawn_widgets(self, id: int) -> list[DrawnWidget]:
        """The widgets that container writes refer to; before revision 0005 none were kept."""
        return self._ask(records.read, self._names, DRAWN_WIDGETS, id)

    def news(
        self, id: int, again: Collection[int], run: int, interaction: int
    ) -> dict[str, list[Any]]:
        """What happened in the runs from number `run` on, and in those numbered in `again`.

        With the interactions from number `interaction` on, the sources, and all attempts on session
        state outside of runs; each under its name in `RecordingFacts`.
        """
        return self._ask(news.read, self._names, id, again, run, interaction)

    # -- steps --------------------------------------------------------------------------------

    def steps(self, id: int, run: int, first: int = 1, last: int | None = None) -> StepChunk:
        """Steps `first` to `last` (1-based, inclusive; None: the end) of a run as one chunk.

        With the value changes after those steps, and every frame they refer to, callers included.
        Reads only the chunks that overlap. `first_step` is the number of the first step returned.
        """
        return self._ask(chunks.read_steps, id, run, first, last)

    def steps_ahead(self, id: int, runs: Iterable[ScriptRun]) -> Callable[[int], StepChunk]:
        """Reads the steps of a whole run, those of the next ones ahead: for one thread, in order.

        `runs` are the recording's, as they were read before.
        """
        ended = {run.n for run in runs if run.outcome is not Outcome.RUNNING}
        return StepsAhead(self._ask, id, ended)

    def step_window(self, id: int, run: int, at: int) -> StepWindow:
        """The up to 1,000 steps around step `at`, and the values that variables had before."""
        return self._ask(self._windows.read, id, run, at)

    def preload_steps(self, id: int, runs: Window) -> None:
        """Reads ahead the steps of some short runs, for `step_window`. Not of a live recording."""
        self._ask(self._windows.preload, id, runs)

    def find_step(
        self, id: int, run: int, file_no: int, lines: Collection[int], after: int = 0
    ) -> int | None:
        """The next step of a run at one of `lines` of a source, after step `after`, if any."""
        return self._ask(chunks.find_step, id, run, file_no, lines, after)

    def chunk_columns(
        self, id: int, runs: Window, steps: Window
    ) -> list[tuple[int, int, ChunkColumns]]:
        """Of some runs, the chunks about some steps, unpacked: run, first step, columns."""
        return list(self._reader.each(chunks.columns_of_runs, id, runs, steps))

    # -- session state ------------------------------------------------------------------------

    def state_before(self, id: int, session: int, run: int) -> list[StateWrite]:
        """The last write of each key in an app session before a run; deletions included."""
        return self._ask(state.before, self._names, id, session, run)

    def state_history(
        self, id: int, key: str, *, session: int | None = None, limit: int
    ) -> tuple[int, list[StateWrite]]:
        """How often a key was written, and the newest `limit` writes, newest first."""
        return self._ask(state.history, self._names, id, key, session, limit)

    # -- pages and sources --------------------------------------------------------------------

    def page_base(self, id: int, run: ScriptRun) -> pages.Base:
        """The runs whose messages make the page before `run`."""
        return self._ask(pages.base_of, id, run)

    def next_run(self, id: int, run: ScriptRun) -> int | None:
        """The number of the run after `run` in the same app session, if there is one."""
        return self._ask(pages.run_after, id, run)

    def sent_messages(self, id: int, app_session: int, runs: Sequence[int]) -> list[PageMessage]:
        """The page messages of `runs` that were sent to the browser of one app session."""
        return self._ask(records.sent_messages, self._names, id, app_session, runs)

    def elements(self, id: int) -> set[str]:
        """The kinds of elements and blocks that the recording wrote to its pages."""
        return self._ask(pages.elements, id)

    def message_body(self, hash: str) -> bytes:
        """The serialized message with this content hash. Raises BodyNotKept."""
        return self._ask(contents.body, hash)

    def message_bodies(self, id: int) -> Iterator[tuple[str, bytes]]:
        """Hash and content of each of the recording's page messages that was kept, once."""
        return self._reader.each(contents.bodies_of, id)

    def named_bodies(self, hashes: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Hash and content of the page messages with these content hashes that were kept."""
        return self._reader.each(contents.bodies_named, hashes)

    def sources(self, id: int) -> list[Source]:
        """The sources of a recording by `file_no`."""
        return self._ask(contents.sources, id)
