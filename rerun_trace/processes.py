"""Starts the child process that runs the app, and listens to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from .tracer.errors import error_of


class AppProcess:
    """The app in a process of its own (see `rerun_trace.child`).

    Iterating yields what it reports, as dictionaries, until it ends.
    """

    def __init__(self, job: str, stdout: TextIO | int | None = None, **order: Any) -> None:
        reports, report = os.pipe()
        orders, self._lifeline = os.pipe()
        # Ctrl-C in a terminal reaches both processes. Here it is this one that ends the other: the
        # child inherits that it is blocked, and unblocks it when it is able to take it.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            # -P: neither the working folder nor ours comes before the app's own modules.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "rerun_trace.child", str(orders), str(report)],
                pass_fds=(report, orders),
                stdout=stdout,
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.close(report)
        os.close(orders)
        # Through the pipe, not as arguments: a database's password is nobody else's business.
        os.write(self._lifeline, json.dumps({"job": job, **order}).encode() + b"\n")
        self._reports = os.fdopen(reports, encoding="utf-8")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in self._reports:
            yield json.loads(line)

    def next_report(self) -> dict[str, Any] | None:
        """The next report; None when the process has ended."""
        line = self._reports.readline()
        report: dict[str, Any] | None = json.loads(line) if line else None
        return report

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait for the end; None when it did not come within `timeout_s` seconds."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def end(self, grace_s: float = 0.7) -> int:
        """Ask it to end, then make it. Returns its exit code.

        Ctrl-C in a terminal reached it already: `grace_s` is its time to finish its recording.
        """
        if self.wait(grace_s) is None:
            self._process.terminate()
            if self.wait(10) is None:
                self._process.kill()
        return self._process.wait()

    def close(self) -> None:
        """End it if it still runs, and let go of the pipes."""
        self.end(grace_s=0)
        self._reports.close()
        os.close(self._lifeline)

    def __enter__(self) -> AppProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def raise_reported(report: Mapping[str, Any]) -> None:
    """Raise the error that the child process reported, if it did."""
    if "error" in report:
        raise error_of(report["kind"], report["error"])
