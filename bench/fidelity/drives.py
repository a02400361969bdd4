"""Starts drives in their own processes, and gives those up that do not end."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
# -P: neither our folders nor the working folder come before the app's own modules.
_START = """
import sys
sys.path.append({root!r})
from bench.fidelity.child import serve
sys.path.remove({root!r})
serve()
"""
UNTRACED = "untraced"


class DriveFailed(Exception):
    """The process of a drive hung, was killed or raised."""


class Drives:
    """Drives apps, one at a time (see `bench.fidelity.child`). To be closed."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout = timeout_s
        self._server = subprocess.Popen(
            [sys.executable, "-P", "-c", _START.format(root=str(ROOT))],
            env=os.environ | {"PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def drive(self, app: Path, folder: Path, engine: str) -> dict[str, Any]:
        """What a drive came to, as the child wrote it. Raises DriveFailed."""
        with tempfile.TemporaryDirectory() as scratch:
            result, output = Path(scratch) / "result.json", Path(scratch) / "output"
            order = {"app": app, "folder": folder, "result": result, "output": output}
            words = {name: str(path) for name, path in order.items()} | {"engine": engine}
            assert self._server.stdin is not None
            self._server.stdin.write(json.dumps(words).encode() + b"\n")
            process = int(self._answer())
            code = self._answer(self._timeout)
            _end_group(process)
            if not code:
                self._answer()
                raise DriveFailed(f"not over after {self._timeout:g} s")
            if not result.exists():
                said = output.read_text(errors="replace").strip() if output.exists() else ""
                raise DriveFailed(f"exit code {int(code)}: {(said or 'nothing').splitlines()[-1]}")
            document: dict[str, Any] = json.loads(result.read_text())
            return document

    def _answer(self, timeout_s: float | None = None) -> bytes:
        """The next line; nothing when it does not come in time."""
        assert self._server.stdout is not None
        if not select.select([self._server.stdout], [], [], timeout_s)[0]:
            return b""
        line: bytes = self._server.stdout.readline()
        if not line:
            raise RuntimeError("the process that starts the drives has ended")
        return line

    def close(self) -> None:
        """End the process that the drives are forked from."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait()
        assert self._server.stdout is not None
        self._server.stdout.close()

    def __enter__(self) -> Drives:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _end_group(process: int) -> None:
    """End a drive, and what its app started and left behind."""
    try:
        os.killpg(process, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
