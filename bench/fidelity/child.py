"""The drives of apps, each in a process of its own that is forked from one with Streamlit loaded.

Orders come as JSON lines on stdin, one at a time: `app`, `folder` (where it is started), `engine`
(`untraced`, `monitoring` or `settrace`), `result` and `output` (files). Each is answered by two
lines on stdout: the number of its process, and later its exit code.
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

# What most apps need is loaded here, so that no drive has to.
import altair  # noqa: F401
import numpy
import pandas  # noqa: F401
import pyarrow  # type: ignore[import-untyped]  # noqa: F401
import streamlit.web.bootstrap  # noqa: F401

import rerun_trace.recording
from rerun_trace.tracer.driver.driver import DriveResult, drive

from .drives import UNTRACED
from .sequence import canonical
from .visit import Visit

_IDLE_TIMEOUT_S = 120.0


def serve() -> None:
    """Carry out orders until there are no more."""
    _scan_packages()
    gc.freeze()  # Streamlit collects garbage after each run: not all that was loaded here
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            _carry_out(json.loads(line))
        print(process, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


def _scan_packages() -> None:
    """Newer versions read the metadata of all packages when they start: do it once for all."""
    try:
        from streamlit.components.v2 import manifest_scanner
    except ImportError:
        return
    found = manifest_scanner.scan_component_manifests()
    manifest_scanner.scan_component_manifests = lambda *_, **__: found


def _carry_out(order: dict[str, str]) -> None:
    code = 1
    try:
        os.setsid()  # what the app starts is in its group, and ends with it
        os.chdir(order["folder"])
        nothing = os.open(os.devnull, os.O_RDONLY)
        output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for fd, stream in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(fd, stream)
        sys.stdin = open(os.devnull)  # noqa: SIM115 (the old one may hold an order)
        Path(order["result"]).write_text(json.dumps(_drive(order["app"], order["engine"])))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # without waiting for threads of the app's


def _drive(app: str, engine: str) -> dict[str, Any]:
    random.seed(0)  # what apps draw at random is the same in all drives
    numpy.random.seed(0)
    visit = Visit()

    def visited() -> DriveResult:
        return drive(app, idle_timeout_s=_IDLE_TIMEOUT_S, explore=visit.next)

    failure = None
    if engine == UNTRACED:
        done = visited()
    else:
        with tempfile.TemporaryDirectory() as folder:
            db = os.path.join(folder, "recordings.sqlite")
            with rerun_trace.recording.start(db, engine, app=app, mode="drive") as recording:
                done = visited()
            failure = recording.recorder.error
    never_idle = "the app never became idle" if done.never_idle else None
    return {
        "sequence": canonical(done.messages),
        "steps": [str(step) for step in visit.steps],
        "broke_off": done.failed_step or never_idle,
        "recording_failed": f"{type(failure).__name__}: {failure}" if failure else None,
    }
