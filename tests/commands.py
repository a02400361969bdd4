"""Runs the command line as a user does: in a process of its own."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
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
    return forking().say([*map(str, words)], environment(db), cwd or Path.cwd())


class Forking:
    """Starts commands; see `forking.py`. One after the other, from any thread."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("forking.py")
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(os.devnull),
        )
        self._lock = threading.Lock()
        atexit.register(self.close)

    def say(self, words: list[str], env: dict[str, str], cwd: Path) -> Said:
        with self._lock, tempfile.TemporaryDirectory() as folder:
            out, err = (Path(folder) / name for name in ("out", "err"))
            for file in (out, err):
                file.touch()
            order = {"words": words, "env": env, "cwd": str(cwd), "out": str(out), "err": str(err)}
            pipe = self._process.stdin
            assert pipe is not None
            pipe.write(json.dumps(order).encode() + b"\n")
            pipe.flush()
            pid = self._number()
            too_long = threading.Timer(TIMEOUT_S, os.kill, (pid, signal.SIGKILL))
            too_long.start()
            try:
                code = self._number()
            finally:
                too_long.cancel()
            assert code != -signal.SIGKILL, f"{words} took more than {TIMEOUT_S} s"
            return Said(code, *(file.read_bytes().decode("utf-8") for file in (out, err)))

    def _number(self) -> int:
        pipe = self._process.stdout
        assert pipe is not None
        return int(pipe.readline())

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait()


@cache
def forking() -> Forking:
    """The one of this process."""
    return Forking()
