"""Runs the command line as a user does: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

COMMAND = [sys.executable, "-P", "-m", "rerun_trace"]
TIMEOUT_S = 90.0


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The lines on stderr, without those of Streamlit's own log."""
        return [line for line in self.err.splitlines() if line.strip()]


def environment(db: Path | str) -> dict[str, str]:
    """The user's environment with a database of its own, and wide lines."""
    # Streamlit's own settings of whoever runs the tests are not the tests'.
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")}
    return kept | {
        "RERUN_TRACE_DB": str(db),
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        "COLUMNS": "200",
        "PYTHONIOENCODING": "utf-8",
    }


def say(db: Path | str, *words: str | Path, cwd: Path | None = None) -> Said:
    """`rerun-trace WORDS`, recording into `db`; returns when it has ended."""
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        env=environment(db),
        stdin=subprocess.DEVNULL,
        cwd=cwd,
    )
    return Said(done.returncode, done.stdout, done.stderr)
