"""A comparison as the page shows it: columns and rows of texts and positions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rerun_trace.tracer.analysis.compare_figures import Episode, Figure
from rerun_trace.tracer.analysis.comparison import (
    ComparisonReport,
    InteractionReport,
    MetricRow,
    VariantRecordings,
)
from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.model import ComparedVariant
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.models import compare_lines, compare_order, compare_strip

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """One variant. `recording` is the one that is shown."""

    name: str
    verdict: str
    failed: bool
    note: str | None
    recording: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the table."""

    text: str
    spread: str
    best: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One metric."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """One interaction: a drawing, the source and the order of writes of each variant; figures."""

    n: int
    title: str
    strips: tuple[compare_strip.Strip | None, ...]
    windows: tuple[tuple[int, int] | None, ...]  # first and last run
    files: tuple[tuple[compare_lines.File, ...], ...]
    orders: tuple[tuple[compare_order.RunOrder, ...], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The whole page."""

    columns: tuple[Column, ...]
    bands: tuple[Band, ...]
    total: tuple[Row, ...]
    key: int
    repeats: str
    pages: str
    pages_equal: bool
    width: int  # of the drawings, in units
    differences: tuple[str, ...]


def comparison_view(
    report: ComparisonReport,
    recordings: Sequence[VariantRecordings],
    variants: Sequence[ComparedVariant],
) -> View:
    """`recordings` and `variants` are what the report was made from, in the same order."""
    shown = [item.repeats[0] if item.repeats else None for item in recordings]
    columns = tuple(
        Column(
            each.name,
            each.verdict,
            each.failed is not None,
            each.note,
            variant.recordings[0] if variant.recordings else None,
        )
        for each, variant in zip(report.variants, variants, strict=True)
    )
    pages = report.final_pages
    most = max((item.repeats for item in report.variants), default=0)
    return View(
        columns,
        tuple(_band(item, shown) for item in report.interactions),
        _rows(report.total),
        report.key,
        words.count(most, "repeat"),
        pages.summary,
        pages.same_elements,
        drawing_width(len(columns)),
        tuple(
            f"Place {item.position}: "
            + "; ".join(
                f"{name} shows {text or 'nothing'}"
                for name, text in zip(pages.compared, item.shown, strict=True)
            )
            for item in pages.differences[:20]
        ),
    )


def drawing_width(columns: int) -> int:
    """How wide drawings are, in units: fewer in narrow columns, so that letters stay readable."""
    return 320 if columns <= 3 else 240


def _window(episode: Episode | None) -> tuple[int, int] | None:
    numbers = [] if episode is None else [run.n for run in episode.all_runs]
    return (numbers[0], numbers[-1]) if numbers else None


def _band(item: InteractionReport, shown: Sequence[RecordingFacts | None]) -> Band:
    pairs: list[tuple[RecordingFacts, Episode] | None] = [
        None if recording is None or episode is None else (recording, episode)
        for recording, episode in zip(shown, item.episodes, strict=True)
    ]
    return Band(
        item.n,
        f"{item.n}: {item.title.removeprefix('the ')}",
        tuple(compare_strip.strips(shown, item.episodes, drawing_width(len(shown)))),
        tuple(_window(episode) for episode in item.episodes),
        tuple(() if pair is None else tuple(compare_lines.files(*pair)) for pair in pairs),
        tuple(() if pair is None else tuple(compare_order.orders(*pair)) for pair in pairs),
        _rows(item.rows),
    )


def _rows(rows: Sequence[MetricRow]) -> tuple[Row, ...]:
    return tuple(
        Row(
            row.metric.label,
            tuple(
                _cell(figure, row.metric.is_time, index in row.best)
                for index, figure in enumerate(row.figures)
            ),
        )
        for row in rows
    )


def _cell(figure: Figure | None, is_time: bool, best: bool) -> Cell:
    if figure is None:
        return Cell(NOTHING, "", False)
    spread = ""
    if figure.low != figure.high:
        spread = f"({_number(figure.low, is_time)}–{_number(figure.high, is_time)})"
    return Cell(_number(figure.median, is_time), spread, best)


def _number(value: float, is_time: bool) -> str:
    if is_time:
        return words.duration(round(value))
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
