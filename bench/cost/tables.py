"""Markdown of what was measured. Pure: the same results make the same tables."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .contestants import CONTESTANTS
from .workloads import WORKLOADS


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement. Times in seconds an interaction, sizes in bytes; None: not known.

    `failed` says why there is nothing, in words; `cut_off` that a tool was stopped as too slow,
    perhaps after some interactions.
    """

    workload: str
    tool: str
    untraced: Sequence[float] = ()
    untraced_cpu: Sequence[float] = ()
    times: Sequence[float] = ()
    cpu: Sequence[float] = ()
    peak_before: int | None = None
    peak_after: int | None = None
    peak_writer: int | None = None
    stopping: float | None = None
    disk: int | None = None
    interactions: int | None = None
    steps: int | None = None
    step_bytes: int | None = None
    cut_off: bool = False
    failed: str = ""

    def ratio(self, cpu: bool = False) -> float | None:
        """How many times the untraced time, by the medians of the drives."""
        before, after = (self.untraced_cpu, self.cpu) if cpu else (self.untraced, self.times)
        if not before or not after:
            return None
        return statistics.median(after) / statistics.median(before)


def tables(results: Sequence[Result], limit: float, cpu: bool = False) -> str:
    """Every table that there is something for."""
    parts = [
        ("Times the untraced time", _each(results, lambda found: _ratios(found, limit, cpu))),
        ("Peak memory of the app's process beyond untraced, MB", _each(results, _memory)),
        ("On disk an interaction, kB", _each(results, _disk)),
    ]
    text = "\n".join(f"{title}:\n\n{table}" for title, table in parts)
    return text + "\nOur steps:\n\n" + _steps(results)


def _each(results: Sequence[Result], cell: object) -> str:
    """Rows are tools, columns are workloads."""
    assert callable(cell)
    workloads = [name for name in WORKLOADS if any(r.workload == name for r in results)]
    tools = [name for name in CONTESTANTS if any(r.tool == name for r in results)]
    rows = [["", "records", *workloads]]
    for tool in tools:
        cells = []
        for workload in workloads:
            found = [r for r in results if (r.workload, r.tool) == (workload, tool)]
            cells.append(cell(found) if found else "")
        if any(cells):
            rows.append([tool, CONTESTANTS[tool].records, *cells])
    return _markdown(rows)


def _ratios(found: Sequence[Result], limit: float, cpu: bool) -> str:
    ratios = [ratio for r in found if (ratio := r.ratio(cpu)) is not None]
    if not ratios:
        failed = next((r.failed for r in found if r.failed), "")
        return failed or f"cut off at {limit:g} s"
    middle = statistics.median(ratios)
    if len(ratios) == 1:
        return _number(middle)
    return f"{_number(middle)} ({_number(min(ratios))}-{_number(max(ratios))})"


def _memory(found: Sequence[Result]) -> str:
    extra = [
        r.peak_after - r.peak_before
        for r in found
        if r.peak_after is not None and r.peak_before is not None
    ]
    return f"{statistics.median(extra) / 1e6:.0f}" if extra else ""


def _disk(found: Sequence[Result]) -> str:
    sizes = [r.disk / r.interactions for r in found if r.disk is not None and r.interactions]
    return f"{statistics.median(sizes) / 1e3:,.0f}" if sizes else ""


def _steps(results: Sequence[Result]) -> str:
    rows = [
        ["workload", "", "steps an interaction", "bytes a step", "steps a second", "writer, MB"]
    ]
    for workload, tool, found in _grouped(results):
        last = next((r for r in reversed(found) if r.steps and r.interactions), None)
        if last is None or not last.times:
            continue
        assert last.steps
        assert last.interactions
        each = last.steps / last.interactions
        rows.append(
            [
                workload,
                tool,
                f"{each:,.0f}",
                f"{(last.step_bytes or 0) / last.steps:.1f}",
                f"{each / statistics.median(last.times):,.0f}",
                f"{(last.peak_writer or 0) / 1e6:.0f}",
            ]
        )
    return _markdown(rows)


def _grouped(results: Iterable[Result]) -> Iterator[tuple[str, str, list[Result]]]:
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.workload, result.tool), []).append(result)
    for workload in WORKLOADS:
        for tool in CONTESTANTS:
            if found := groups.get((workload, tool)):
                yield workload, tool, found


def _number(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines) + "\n"
