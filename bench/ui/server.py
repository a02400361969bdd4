"""A `rerun-trace ui` process, and how much memory it took."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self


class Server:
    """Answers at `url` inside a `with` block."""

    def __init__(self, db: Path, *more: str) -> None:
        order = ["ui", "--db", str(db), "--port", "0", "--no-browser", *more]
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "rerun_trace", *order], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        found = re.search(r"http://\S+", self._process.stdout.readline())
        assert found, "the server did not say where it answers"
        self.url = found[0]

    def memory(self) -> str:
        """The most that it had in use at any time so far."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return f"{int(found[1]) // 1024} MB" if found else "unknown"

    def threads(self) -> int:
        """How many it has now."""
        return len(list(Path(f"/proc/{self._process.pid}/task").iterdir()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
