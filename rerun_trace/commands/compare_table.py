"""A comparison on the terminal: a row a metric, a column a variant."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from ..tracer.analysis.compare_figures import Figure, Metric
from ..tracer.analysis.comparison import ComparisonReport, MetricRow
from ..tracer.model import Comparison
from ..tracer.words.printable import printable
from ..tracer.words.sentences import duration
from .terminal import Screen

BEST = "★"


def print_comparison(comparison: Comparison, report: ComparisonReport) -> None:
    """The table, one line a variant, and whether the final pages are the same."""
    console = Screen(highlight=False)
    table = Table(box=box.SIMPLE_HEAD, title=_text(_title(comparison)), title_justify="left")
    table.add_column("")
    for variant in report.variants:
        name = f"{variant.name} (failed)" if variant.failed else variant.name
        table.add_column(_text(name), justify="right")
    if len(report.interactions) > 1:
        key = report.interactions[report.key]
        _add_rows(table, f"{key.title} (interaction {key.n})", key.rows)
    _add_rows(table, "in total", report.total)
    console.print(table)
    for variant in report.variants:
        lines = [f"{variant.name}: {variant.verdict}", variant.note or ""]
        console.print(_text(" ".join(filter(None, lines))), soft_wrap=True)
    console.print(_text(report.final_pages.summary), soft_wrap=True)
    console.print(f"{BEST} best value of its row", style="dim")


def _add_rows(table: Table, heading: str, rows: Sequence[MetricRow]) -> None:
    table.add_section()
    table.add_row(_text(heading, "bold"))
    for row in rows:
        cells = [
            Text(f"{figure_text(row.metric, figure)} {BEST if n in row.best else ' '}")
            for n, figure in enumerate(row.figures)
        ]
        table.add_row(f"  {row.metric.label}", *cells)


def _text(text: str, style: str = "") -> Text:
    return Text(printable(text, lines=True), style)


def _title(comparison: Comparison) -> str:
    shown = [
        f"{variant.name} {variant.recordings[0]}"
        for variant in comparison.variants
        if variant.recordings
    ]
    return f"comparison {comparison.id}, recordings: {', '.join(shown) or 'none'}"


def figure_text(metric: Metric, figure: Figure | None) -> str:
    """A figure as people read it; the range of those that were measured several times."""
    if figure is None:
        return "–"
    median, low, high = (_value(metric, each) for each in (figure.median, figure.low, figure.high))
    return median if low == high else f"{median} ({low}–{high})"


def _value(metric: Metric, value: float) -> str:
    return duration(int(value)) if metric.is_time else f"{value:,.15g}"
