"""Which script run each thread works for, and whose steps the sink has not taken yet."""

from __future__ import annotations

import threading
import weakref
from threading import get_ident

from .traces import RunTrace, ThreadTrace


class Threads:
    """The threads and runs of one recording."""

    def __init__(self) -> None:
        self.by_number: dict[int, ThreadTrace] = {}  # to look into; changed in here only
        self._runs: dict[int, RunTrace] = {}
        self.last_run = 0

    @property
    def here(self) -> RunTrace | None:
        """The run that this thread works for."""
        thread = self.by_number.get(get_ident())
        return thread.run if thread is not None else None

    def begin_run(self, n: int, detailed: bool) -> RunTrace:
        """A script run starts on this thread."""
        run = self._add(RunTrace(n, detailed))
        thread = self.by_number.get(get_ident())
        if thread is None:
            thread = self.by_number[get_ident()] = ThreadTrace()
        thread.begin(run)
        return run

    def end_run(self, run: RunTrace) -> None:
        """The run is over. Its thread may go on to run another one."""
        thread = self.by_number.get(get_ident())
        if thread is not None and thread.run is run:
            thread.end()

    def begin_unseen(self, n: int) -> RunTrace:
        """A script run has started on a thread that is not watched: none of its lines is known."""
        return self._add(RunTrace(n, blind_step=0))

    def end_unseen(self, run: RunTrace, number: int) -> None:
        """The run is over, on the thread with this number, which is not watched."""
        found = self.by_number.get(number)
        if found is not None and found.run is run:
            del self.by_number[number]

    def _add(self, run: RunTrace) -> RunTrace:
        self._runs[run.n] = run
        self.last_run = run.n
        return run

    def adopt(self, known: ThreadTrace | None, run: RunTrace | None) -> ThreadTrace:
        """This thread, one of the user's or of a pool, works for this run now."""
        owner = threading.current_thread()
        if known is None or known.owner is None or known.owner() is not owner:
            known = self.by_number[get_ident()] = ThreadTrace(owner=weakref.ref(owner))
        if run is not known.run:
            known.work_for(run)
        return known

    def script_or_owned(self) -> ThreadTrace | None:
        """What is known of this thread, or None.

        Numbers of threads are given again: of one that ended, nothing is to be said of the next.
        """
        thread = self.by_number.get(get_ident())
        if thread is None or thread.is_script:
            return thread
        owner = thread.owner() if thread.owner is not None else None
        return thread if owner is threading.current_thread() else None

    def forget(self) -> None:
        """This thread ends; its number may be given to another one."""
        self.by_number.pop(get_ident(), None)

    def runs(self) -> list[RunTrace]:
        """The runs whose steps the sink may not have taken yet."""
        return list(self._runs.values())

    def active_runs(self) -> int:
        """How many runs are going on."""
        return sum(not run.ended for run in self.runs())

    def drop_runs(self) -> None:
        """Forget the runs whose steps were all taken."""
        for run in self.runs():
            if run.is_taken:
                self._runs.pop(run.n, None)
