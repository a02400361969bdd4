"""How a process of ours is started that a terminal's Ctrl-C must not reach."""

from __future__ import annotations

import subprocess
import sys
from typing import Any


def apart() -> dict[str, Any]:
    """What `subprocess.Popen` is told: a session of its own, or on Windows a process group."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
