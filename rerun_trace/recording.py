"""Puts the parts together in the process that runs Streamlit: engine, probes, recorder, store."""

from __future__ import annotations

import atexit
import dataclasses
import datetime as dt
import os
import platform
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from .db.handover.keep import parse_keep
from .db.handover.sink import BackgroundSink
from .db.handover.trouble import Trouble
from .db.writing.process import WriterProcess
from .tracer.capture.budget import Budget
from .tracer.capture.engine import Probe
from .tracer.capture.engines import choose_engine
from .tracer.capture.recorder import Recorder
from .tracer.capture.redaction import Redactor
from .tracer.capture.scope import Scope
from .tracer.errors import HostError
from .tracer.model import RecordingInfo
from .tracer.probes import apptest
from .tracer.probes.probes import streamlit_probes
from .tracer.words.printable import printable

_active: Recording | None = None


class Recording:
    """A recording that is going on in this process. Made by `rerun_trace.start`."""

    def __init__(
        self,
        sink: BackgroundSink,
        engine: str,
        *,
        app: str | None,
        mode: str,
        variant: str | None,
        budget: Budget | None,
        values: bool,
    ) -> None:
        self._sink = sink
        self._choice = choose_engine(engine)
        self._mode = mode
        self._variant = variant
        self._lock = threading.Lock()
        self._stopped = False
        self.id: int | None = None
        self.recorder = Recorder(
            Scope(os.devnull),
            self._choice.engine,
            budget=budget,
            redactor=Redactor(),
            values=values,
            on_failure=self._failed,
        )
        self._told: Callable[[Trouble | None], None] = lambda trouble: None
        sink.on_trouble = lambda trouble: self._told(trouble)
        self._app = app
        self._probes = self._make_probes()

    @property
    def engine(self) -> str:
        """The engine's name: `monitoring` or `settrace`."""
        return self._choice.engine.name

    def tell_trouble(self, told: Callable[[Trouble | None], None]) -> None:
        """Has `told` called when writing waits or has stopped, and with None when it goes on.

        On any thread; at once, if there is trouble already.
        """
        self._told = told
        if self._sink.trouble is not None:
            told(self._sink.trouble)

    def begin(self) -> None:
        """Start watching; the recording itself opens when it is known which app runs."""
        self._choice.engine.start(self.recorder.hooks, self._probes)
        if self._app is not None:
            try:
                self._open(self._app)
            except BaseException:
                self._choice.engine.stop()
                raise

    def stop(self, complete: bool = True) -> None:
        """Stop watching, write everything, and leave the process as it was. Safe to call twice."""
        global _active
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
        self._choice.engine.stop()
        self.recorder.outbox.close()
        self._sink.close(complete and self.recorder.error is None)
        atexit.unregister(self.stop)
        if _active is self:
            _active = None

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _make_probes(self) -> list[Probe]:
        if self._mode == "api":
            apptest.load()
        probes = streamlit_probes(self.recorder)
        if self._app is None:
            from streamlit.runtime.app_session import AppSession

            script_of = {id(AppSession.__init__.__code__): _script_of_session}
            test = apptest.run_code()
            if test is not None:
                script_of[id(test)] = apptest.script_of
            for n, probe in enumerate(probes):
                if id(probe.code) in script_of:
                    probes[n] = self._opening(probe, script_of[id(probe.code)])
        return probes

    def _opening(self, probe: Probe, script_of: Callable[[FrameType], str]) -> Probe:
        """A probe at which the recording opens: the frame tells which app runs."""
        then = probe.enter

        def enter(frame: FrameType) -> None:
            if self.id is None:
                self._open(script_of(frame))
            if then is not None:
                then(frame)

        return dataclasses.replace(probe, enter=enter)

    def _open(self, app: str) -> None:
        import streamlit

        path = os.path.realpath(app)
        self.recorder.enter_app(Scope(os.path.dirname(path)))
        _known_secrets(self.recorder.redactor)
        info = RecordingInfo(
            app=os.path.basename(path),
            folder=os.path.dirname(path),
            started_at=dt.datetime.now(dt.UTC),
            python=platform.python_version(),
            streamlit=streamlit.__version__,
            engine=self._choice.engine.name,
            engine_reason=self._choice.reason,
            variant=self._variant,
            mode=self._mode,
        )
        self.id = self._sink.open(info, self.recorder.drain)
        self.recorder.outbox.wake_with(self._sink.wake)

    def _failed(self, error: BaseException) -> None:
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f" ({place.tb_frame.f_code.co_name}:{place.tb_lineno})" if place else ""
        why = f"an error inside rerun-trace, {type(error).__name__}"
        self._told(Trouble("stopped", why, "What was recorded before is kept."))
        said = f"recording stopped, the app goes on: {type(error).__name__}: {error}{where}"
        print(f"rerun-trace: {printable(said)}", file=sys.stderr)


def start(
    db: str | os.PathLike[str] | None = None,
    engine: str = "auto",
    *,
    app: str | os.PathLike[str] | None = None,
    mode: str = "api",
    variant: str | None = None,
    budget: Budget | None = None,
    values: bool = True,
    keep: str | Sequence[str] = (),
) -> Recording:
    """Record the Streamlit app that this process runs, from now until `stop()`.

    `db` is a file or an SQLAlchemy URL (None: the user's own file). `engine` is `auto`,
    `monitoring` or `settrace`. `app` is the main script; without it, it is taken from the first
    app session that opens. `keep` is how much of the recording stays, for apps that run for weeks:
    `"200 runs"`, `"1 GB"`, `"7 days"`, or several of these. Raises KeepError, StoreError,
    EngineUnavailable or HostError; the app is not touched then.
    """
    global _active
    if _active is not None:
        raise HostError("a recording is already going on in this process: stop() it first")
    writer = WriterProcess(db, parse_keep(keep))
    try:
        recording = Recording(
            BackgroundSink(writer),
            engine,
            app=None if app is None else os.fspath(app),
            mode=mode,
            variant=variant,
            budget=budget,
            values=values,
        )
        recording.recorder.lets_go = bool(keep)
        writer.wait()  # the database was opened while Streamlit was loaded
        recording.begin()
    except BaseException:
        writer.close()
        raise
    _active = recording
    atexit.register(recording.stop)
    return recording


def _script_of_session(frame: FrameType) -> str:
    """The main script of the app session that is being made."""
    return str(frame.f_locals["script_data"].main_script_path)


def _known_secrets(redactor: Redactor) -> None:
    """Secrets that Streamlit read before the recording began, and those of the environment."""
    from streamlit.runtime.secrets import secrets_singleton

    held: Any = secrets_singleton.__dict__.get("_secrets")
    if held:
        redactor.add_secrets(held)
    redactor.add_environment(os.environ)
