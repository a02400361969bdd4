"""Ties each watched code object to the probe that reads it. Nothing of Streamlit is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from ..capture.engine import Probe
from ..capture.recorder import Recorder
from ..errors import HostError
from .apptest import AppTestProbes
from .caches import CacheProbes
from .callbacks import CallbackProbes
from .codes import Found, find_codes
from .delivery import DeliveryProbes
from .frames import argument
from .interactions import InteractionProbes
from .live_runs import LiveRuns
from .page import PageProbes
from .page_records import PageRecords
from .reads import AttemptProbes, ReadProbes
from .requesting import RequestProbes
from .rerun import RerunProbes
from .runner_events import RunnerEvents
from .runs import RunProbes
from .secrets_file import SecretsProbes
from .state import StateProbes
from .tabs import Tabs
from .unseen import UnseenRuns

_Handlers = tuple[
    Callable[[FrameType], None] | None,
    Callable[[FrameType, Any], None] | None,
    Callable[[FrameType, BaseException], None] | None,
]


def streamlit_probes(recorder: Recorder, found: dict[str, Found] | None = None) -> list[Probe]:
    """The probes for the installed Streamlit.

    Raises HostError when a code object that every recording needs is missing.
    """
    found = found or find_codes()
    missing = [f.watched.name for f in found.values() if f.code is None and f.watched.needed]
    if missing:
        raise HostError(
            f"this Streamlit lacks what a recording needs ({', '.join(missing)}): "
            "run `rerun-trace doctor` and see which versions are supported"
        )
    readers = _Readers(recorder)
    probes = list(readers.tests.probes())
    for name, (enter, leave, unwind) in _handlers(readers, recorder):
        code = found[name].code
        if code is not None:
            probes.append(Probe(code, enter, leave, unwind))
    return probes


class _Readers:
    """The classes that read what is watched, one of each."""

    def __init__(self, recorder: Recorder) -> None:
        tabs, live = Tabs(recorder.now), LiveRuns(recorder)
        requests = RequestProbes(recorder, live)
        self.live = live
        self.requests = requests
        self.asked = InteractionProbes(recorder, tabs, requests)
        self.runs = RunProbes(recorder, tabs, live, requests)
        self.rerun = RerunProbes(recorder, live, requests)
        self.callbacks = CallbackProbes(recorder, live)
        self.reads = ReadProbes(recorder, live)
        self.state = StateProbes(recorder, tabs, live, AttemptProbes(recorder, live))
        self.caches = CacheProbes(recorder, live)
        self.secrets = SecretsProbes(recorder)
        self.unseen = UnseenRuns(
            recorder, tabs, live, requests, self.runs, self.callbacks, self.state, self.caches
        )
        records = PageRecords(recorder)
        self.delivery = DeliveryProbes(recorder, tabs, records)
        self.events = RunnerEvents(live, self.unseen, self.delivery)
        self.page = PageProbes(
            recorder, tabs, live, self.state, self.events, records, self.delivery
        )
        self.tests = AppTestProbes(
            recorder, tabs, live, requests, self.asked, self.page, self.delivery
        )
        recorder.hooks.wire(live.of_thread, self.state.touched, live.went_blind)


def _handlers(readers: _Readers, recorder: Recorder) -> Iterator[tuple[str, _Handlers]]:
    asked, requests, runs, reads = readers.asked, readers.requests, readers.runs, readers.reads
    state, unseen, tests = readers.state, readers.unseen, readers.tests
    page, events, delivery = readers.page, readers.events, readers.delivery
    rerun, callbacks, caches = readers.rerun, readers.callbacks, readers.caches

    def thread_starts(frame: FrameType) -> None:
        readers.live.thread_starts(argument(frame, 0))

    def run_starts(frame: FrameType) -> None:
        runs.started(frame)
        state.run_starts()

    def callback_starts(frame: FrameType) -> None:
        state.widgets_arrived()
        callbacks.starts(frame)

    def body_starts(frame: FrameType) -> None:
        state.widgets_arrived()
        runs.body_starts(frame)

    def key_read(frame: FrameType, value: Any) -> None:
        reads.found(frame, value)
        state.read(frame, value)

    def finishing(frame: FrameType) -> None:
        state.run_ends()
        runs.finishing(frame)

    def finished(frame: FrameType, value: Any) -> None:
        unseen.finished(frame)
        runs.finished(frame, value)

    def rerun_asked(frame: FrameType) -> None:
        recorder.engine.look()  # a thread may be started for it
        asked.rerun_asked(frame)

    yield "session.init", (None, asked.session_opened, None)
    yield "session.shutdown", (asked.session_closed, None, None)
    yield "session.backmsg", (asked.message_arrives, asked.origin_over, asked.origin_over)
    yield "session.edited", (asked.source_edited, asked.origin_over, asked.origin_over)
    yield "session.rerun", (rerun_asked, asked.rerun_answered, asked.rerun_answered)
    yield "requests.rerun", (requests.requested, None, None)
    yield "requests.batch", (requests.requested, None, None)
    yield "requests.stop", (requests.stop_requested, None, None)
    yield "requests.yield", (None, requests.taken_up, None)
    yield "requests.ready", (None, requests.taken_up, None)
    yield "context.reset", (run_starts, None, None)
    yield "runner.bytecode", (None, runs.bytecode_found, runs.bytecode_failed)
    yield "runner.exec", (None, runs.executed, None)
    yield "runner.finished", (finishing, finished, None)
    yield "runner.run", (None, finished, runs.finished)
    yield "runner.thread", (tests.thread_starts, runs.thread_over, runs.thread_over)
    yield "context.body", (body_starts, None, None)
    yield "st.rerun", (rerun.rerun_called, rerun.returned, rerun.rerun_left)
    yield "st.switch_page", (rerun.switch_called, rerun.returned, rerun.switch_left)
    yield "st.stop", (rerun.stop_called, None, None)
    yield "state.callback", (callback_starts, callbacks.ends, callbacks.fails)
    yield "error", (runs.error_shown, None, None)
    yield "session.written", (page.written, None, None)
    yield "session.event", (events.arrives, events.over, None)
    yield "session.enqueue", (page.session_enqueues, None, None)
    yield "queue.enqueue", (None, delivery.queued, None)
    yield "queue.clear", (delivery.clearing, delivery.cleared, None)
    yield "runtime.send", (None, delivery.sent, None)
    yield "state.read", (None, key_read, reads.missed)
    yield "state.contains", (None, reads.asked, None)
    yield "state.triggers", (None, state.triggers_reset, None)
    yield "fragment.lookup", (None, None, runs.fragment_missed)
    yield "state.set", (state.set_starts, state.set_ends, state.failed)
    yield "state.delete", (state.set_starts, state.delete_ends, state.delete_fails)
    yield "state.cleanup", (state.cleanup_starts, state.cleanup_ends, None)
    yield "cache.get", (caches.asked, caches.answered, caches.answered)
    yield "cache.hit", (caches.hit, None, None)
    yield "secrets", (None, readers.secrets.read, None)
    yield "thread", (thread_starts, None, None)
