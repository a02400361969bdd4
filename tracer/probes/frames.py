"""What a probe reads off the frame that it gets, and off the thread that it is called on."""

from __future__ import annotations

import threading
from types import FrameType
from typing import Any


def argument(frame: FrameType, index: int) -> Any:
    """A watched function's argument by position: names differ between versions."""
    return frame.f_locals.get(frame.f_code.co_varnames[index])


def context_of(thread: threading.Thread) -> Any:
    """Streamlit's ScriptRunContext of a thread, or None."""
    return thread.__dict__.get("streamlit_script_run_ctx")


def context_here() -> Any:
    """Streamlit's ScriptRunContext of the present thread, or None."""
    return context_of(threading.current_thread())
