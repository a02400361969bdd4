"""Where the app of a test waits until something interrupts it. None of the app's own code."""

from __future__ import annotations

import threading
import time

from streamlit.runtime.scriptrunner import get_script_run_ctx

arrived = threading.Semaphore(0)


def wait_for_an_interruption() -> None:
    """Come back when the run was asked to end; it does so at its next element."""
    context = get_script_run_ctx()
    assert context is not None
    arrived.release()
    while context.script_requests._state.name == "CONTINUE":
        time.sleep(0.001)
