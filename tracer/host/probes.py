"""Ties each watched code object to the probe that reads it. Nothing of Streamlit is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from ..capture.engine import Probe
from ..capture.recorder import Recorder
from ..errors import HostError
from .apptest import AppTestProbes
from .codes import Found, find_codes
from .host import Host, argument
from .interactions import InteractionProbes
from .page import PageProbes
from .runs import RunProbes
from .state import StateProbes

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
    host = Host(recorder)
    asked = InteractionProbes(host)
    runs = RunProbes(host, asked)
    state = StateProbes(host, runs)
    page = PageProbes(host, state)
    tests = AppTestProbes(host, asked, page)
    probes = list(tests.probes())
    for name, (enter, leave, unwind) in _handlers(host, asked, runs, state, page, tests):
        code = found[name].code
        if code is not None:
            probes.append(Probe(code, enter, leave, unwind))
    return probes


def _handlers(
    host: Host,
    asked: InteractionProbes,
    runs: RunProbes,
    state: StateProbes,
    page: PageProbes,
    tests: AppTestProbes,
) -> Iterator[tuple[str, _Handlers]]:
    def thread_starts(frame: FrameType) -> None:
        host.started_thread(argument(frame, 0))

    def callback_starts(frame: FrameType) -> None:
        state.widgets_arrived()
        runs.callback_starts(frame)

    def body_starts(frame: FrameType) -> None:
        state.widgets_arrived()
        runs.body_starts(frame)

    def finishing(frame: FrameType) -> None:
        state.run_ends()
        runs.finishing(frame)

    yield "session.init", (None, asked.session_opened, None)
    yield "session.shutdown", (asked.session_closed, None, None)
    yield "session.backmsg", (asked.message_arrives, asked.origin_over, asked.origin_over)
    yield "session.edited", (asked.source_edited, asked.origin_over, asked.origin_over)
    yield "session.rerun", (asked.rerun_asked, asked.rerun_answered, asked.rerun_answered)
    yield "requests.rerun", (asked.requested, None, None)
    yield "requests.batch", (asked.requested, None, None)
    yield "requests.stop", (asked.stop_requested, None, None)
    yield "requests.yield", (None, asked.taken_up, None)
    yield "requests.ready", (None, asked.taken_up, None)
    yield "context.reset", (runs.started, None, None)
    yield "runner.bytecode", (None, runs.bytecode_found, runs.bytecode_failed)
    yield "runner.exec", (None, runs.executed, None)
    yield "runner.finished", (finishing, runs.finished, None)
    yield "runner.run", (None, runs.finished, runs.finished)
    yield "runner.thread", (tests.thread_starts, runs.thread_over, runs.thread_over)
    yield "context.body", (body_starts, None, None)
    yield "st.rerun", (runs.rerun_called, runs.returned, runs.rerun_left)
    yield "st.switch_page", (runs.switch_called, runs.returned, runs.switch_left)
    yield "st.stop", (runs.stop_called, None, None)
    yield "state.callback", (callback_starts, runs.callback_ends, runs.callback_fails)
    yield "error", (runs.error_shown, None, None)
    yield "session.written", (page.written, None, None)
    yield "session.event", (page.event_arrives, page.event_over, None)
    yield "session.enqueue", (page.session_enqueues, None, None)
    yield "queue.enqueue", (None, page.queued, None)
    yield "queue.clear", (page.clearing, page.cleared, None)
    yield "runtime.send", (None, page.sent, None)
    yield "state.read", (None, state.read, None)
    yield "state.set", (state.set_starts, state.set_ends, state.failed)
    yield "state.delete", (state.set_starts, state.delete_ends, state.failed)
    yield "state.cleanup", (state.cleanup_starts, state.cleanup_ends, None)
    yield "cache.get", (state.cache_asked, state.cache_answered, state.cache_answered)
    yield "cache.hit", (state.cache_hit, None, None)
    yield "secrets", (None, state.secrets_read, None)
    yield "thread", (thread_starts, None, None)
