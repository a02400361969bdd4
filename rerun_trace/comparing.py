"""Drives variants of an app through the same interactions, each in a process of its own."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .processes import AppProcess
from .tracer.driver.scenario import Scenario, ScenarioStep, plain_steps
from .tracer.driver.script import check_app
from .tracer.errors import AppNotFound, HostError, Interrupted
from .tracer.model import ComparedVariant, Comparison

if TYPE_CHECKING:
    from .db.store import TraceStore

_AT_ONCE = 2
_END_TIMEOUT_S = 10

Progress = Callable[[str, int, str], None]
"""Told (variant, steps done by it since the last call, what it does now)."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One app to drive: its name in a comparison, the script's real path, and what is done."""

    name: str
    path: str
    scenario: Scenario = field(default_factory=Scenario)


@dataclass(slots=True)
class Driven:
    """What the drives of one variant came to. `buttons`: label and whether it is disabled."""

    recordings: list[int] = field(default_factory=list)
    failed: str | None = None
    buttons: list[tuple[str, bool]] = field(default_factory=list)


def name_variants(apps: Sequence[str]) -> list[Variant]:
    """The variants, named by their scripts, or by their paths when scripts are called the same.

    Raises AppNotFound for what is no script, and for a script that is given twice.
    """
    paths = [check_app(app) for app in apps]
    for n, path in enumerate(paths):
        if path in paths[:n]:
            raise AppNotFound(f"{apps[n]} is given twice: a comparison needs different scripts")
    stems = [Path(app).stem for app in apps]
    return [
        Variant(stem if stems.count(stem) == 1 else Path(app).as_posix(), path)
        for app, stem, path in zip(apps, stems, paths, strict=True)
    ]


def derive_steps(driven: Sequence[Driven]) -> tuple[tuple[ScenarioStep, ...], str]:
    """Steps that click each button once, by position, and what was derived, in words.

    As many as the variant with the fewest buttons has, not counting those that did not load.
    Positions with a button that is disabled somewhere are left out.
    """
    pages = [found.buttons for found in driven if found.failed is None]
    steps, names = [], []
    for n, there in enumerate(zip(*pages, strict=False)):
        if any(disabled for _, disabled in there):
            continue
        steps.append(ScenarioStep("click", f"button#{n}"))
        names.append(" / ".join(dict.fromkeys(label or "(no label)" for label, _ in there)))
    if not steps:
        return (), "no scenario: only the first load, as there is no button that all variants have"
    listed = ", ".join(
        f"{step.target} ({name})" for step, name in zip(steps[:8], names, strict=False)
    )
    more = f" and {len(steps) - 8} more" if len(steps) > 8 else ""
    return tuple(steps), f"no scenario: the first load, then a click on {listed}{more}"


def drive_variants(
    variants: Sequence[Variant],
    *,
    repeat: int = 1,
    progress: Progress = lambda variant, steps, what: None,
    **order: Any,
) -> list[Driven]:
    """Drive every variant `repeat` times; `order` is what the app's process is told besides.

    Once: two variants at a time. Several times: one at a time, in turn, because then it is their
    times that count. A variant that failed is not repeated. Ctrl-C ends all of them: Interrupted.
    """
    found = [Driven() for _ in variants]
    drives = _Drives(progress, order)
    with ThreadPoolExecutor(_AT_ONCE if repeat == 1 else 1) as pool:
        futures: list[Future[None]] = [
            pool.submit(drives.drive, variant, into)
            for _ in range(repeat)
            for variant, into in zip(variants, found, strict=True)
        ]
        try:
            wait(futures)
        except KeyboardInterrupt:
            # A second Ctrl-C must not break off the writing of the last records.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            drives.end()
            wait(futures)
            raise _interrupted(found) from None
    for future in futures:
        future.result()
    return found


def compared(variants: Sequence[Variant], driven: Sequence[Driven]) -> tuple[ComparedVariant, ...]:
    """The variants of a comparison, as they are kept."""
    return tuple(
        ComparedVariant(variant.name, tuple(each.recordings), each.failed)
        for variant, each in zip(variants, driven, strict=True)
    )


def keep(
    store: TraceStore, plan: Scenario, variants: Sequence[Variant], driven: Sequence[Driven]
) -> int:
    """Keeps the comparison of what was driven; returns its number."""
    return store.add_comparison(
        Comparison(
            title=title_of(variants),
            created_at=datetime.now(UTC),
            steps=tuple(plain_steps(plan.steps)),
            variants=compared(variants, driven),
        )
    )


class _Drives:
    """The processes that run now."""

    def __init__(self, progress: Progress, order: dict[str, Any]) -> None:
        self._progress = progress
        self._order = order
        self._lock = threading.Lock()
        self._running: set[AppProcess] = set()
        self._ended = False

    def drive(self, variant: Variant, into: Driven) -> None:
        """One drive of one variant."""
        steps = plain_steps(variant.scenario.steps)
        left = len(steps) + 1
        if into.failed is not None:
            self._progress(variant.name, left, "left out, as it failed before")
            return
        with self._lock:
            if self._ended:
                return
            try:
                process = AppProcess(
                    "drive",
                    stdout=sys.stderr,
                    app=variant.path,
                    steps=steps,
                    query=variant.scenario.query,
                    variant=variant.name or None,
                    **self._order,
                )
            except HostError as error:
                into.failed = str(error)
                self._progress(variant.name, left, "done")
                return
            self._running.add(process)
        reported: dict[str, Any] = {}
        try:
            for report in process:
                reported |= report
                if "recording" in report:
                    into.recordings.append(report["recording"])
                if report.get("step"):
                    left -= 1
                    self._progress(variant.name, 1, report["what"])
            process.wait(_END_TIMEOUT_S)
            into.failed = self._failure(reported, process.exit_code)
            into.buttons = [(label, off) for label, off in reported.get("buttons", ())]
        finally:
            with self._lock:
                self._running.discard(process)
                ended = self._ended
            if not ended:
                process.close()
            self._progress(variant.name, left, "done")

    def end(self) -> None:
        """Ask all of them to end, and wait for it; none is started any more."""
        with self._lock:
            self._ended = True
            running = list(self._running)
        for process in running:
            process.end()

    def _failure(self, reported: dict[str, Any], exit_code: int | None) -> str | None:
        if "error" in reported:
            return str(reported["error"])
        if "done" not in reported:
            return f"the app's process ended before its time (exit code {exit_code})"
        if reported["failed_step"]:
            return str(reported["failed_step"])
        if reported["never_idle"]:
            timeout = self._order["idle_timeout_s"]
            return (
                f"{_what(reported)}: the app did not become idle within {timeout:g} s (--timeout)"
            )
        return None


def _what(reported: dict[str, Any]) -> str:
    step = reported.get("step", 0)
    return f"step {step}: {reported['what']}" if step else "the first load"


def _interrupted(found: Sequence[Driven]) -> Interrupted:
    kept = [str(id) for each in found for id in each.recordings]
    what = f"recordings {', '.join(kept)} are kept" if kept else "nothing was recorded yet"
    return Interrupted(f"ended by Ctrl-C, and nothing is compared; {what}")


def title_of(variants: Sequence[Variant]) -> str:
    """What is compared, in short, such as `samples: rerun, callback, container`."""
    names = ", ".join(variant.name for variant in variants)
    folders = {os.path.dirname(variant.path) for variant in variants}
    return f"{os.path.basename(folders.pop())}: {names}" if len(folders) == 1 else names
