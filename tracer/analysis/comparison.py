"""Variants of an app under the same interactions: figures, verdicts and final pages, side by side.

Pure. Interactions are aligned by their order; of a variant's repeats the first is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from .compare_figures import METRICS, Episode, Figure, Figures, Metric, best_of, episodes_of
from .compare_figures import figures_of as _figures_of
from .compare_pages import FinalPages, compare_pages
from .recording import RecordingFacts
from .verdicts import failures, noun, verdict


@dataclass(frozen=True, slots=True)
class VariantRecordings:
    """What compare_variants is given: a variant's recordings, or why there are none."""

    name: str
    repeats: Sequence[RecordingFacts] = ()
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class VariantReport:
    """One column. `failed` says why it is empty, breaks off or counts for no best value."""

    name: str
    verdict: str
    failed: str | None
    note: str | None
    repeats: int
    episodes: tuple[Episode, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric of all variants. `best` are the columns (from 0) that hold the best value."""

    metric: Metric
    figures: tuple[Figure | None, ...]
    best: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InteractionReport:
    """The interaction at one place in the order. `episodes` has None where a variant has none."""

    n: int
    title: str
    episodes: tuple[Episode | None, ...]
    rows: tuple[MetricRow, ...]


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """All figures and sentences. `key`: the interaction in which the variants differ most."""

    variants: tuple[VariantReport, ...]
    interactions: tuple[InteractionReport, ...]
    total: tuple[MetricRow, ...]
    final_pages: FinalPages
    key: int


def compare_variants(variants: Sequence[VariantRecordings]) -> ComparisonReport:
    """Sets the variants against each other."""
    shown = [item.repeats[0] if item.repeats else None for item in variants]
    episodes = [() if item is None else episodes_of(item) for item in shown]
    failed = [_failed(variant) for variant in variants]
    tables = [_figures_of(variant.repeats) for variant in variants]
    counts = [index for index, reason in enumerate(failed) if reason is None]
    longest = max((len(found) for found in episodes), default=0)
    interactions = []
    for n, found in enumerate(zip_longest(*episodes)):
        figures = [each[n] if n < len(each) else None for each, _ in tables]
        metrics = [metric for metric in METRICS if not metric.total_only]
        rows = tuple(_row(metric, figures, counts) for metric in metrics)
        first = next(item for item in found if item is not None)
        interactions.append(InteractionReport(n, noun(first.interaction), found, rows))
    totals = [total if variant.repeats else None for (_, total), variant in _zip(tables, variants)]
    key = _key(interactions)
    reports = []
    for variant, found, recording, reason in _zip(variants, episodes, shown, failed):
        note = None
        if reason is None and len(found) < longest:
            word = "interaction" if len(found) == 1 else "interactions"
            note = f"It sent {len(found)} {word} where another variant sent {longest}."
        text = f"Failed: {reason}." if reason else "There is nothing to tell."
        if not reason and recording is not None and found:
            text = verdict(recording, found[min(key, len(found) - 1)], longest <= 2)
        reports.append(VariantReport(variant.name, text, reason, note, len(variant.repeats), found))
    pages = {
        variant.name: recording
        for variant, recording, reason in _zip(variants, shown, failed)
        if recording is not None and reason is None
    }
    return ComparisonReport(
        tuple(reports),
        tuple(interactions),
        tuple(_row(metric, totals, counts) for metric in METRICS),
        compare_pages(pages),
        key,
    )


def _zip(*columns: Sequence[Any]) -> Any:
    return zip(*columns, strict=True)


def _failed(variant: VariantRecordings) -> str | None:
    if variant.failed:
        return variant.failed.rstrip(".")
    if not variant.repeats:
        return "nothing was recorded"
    reasons = [failures(recording) for recording in variant.repeats]
    return next((reason for reason in reasons if reason), None)


def _row(metric: Metric, figures: Sequence[Figures | None], counts: Sequence[int]) -> MetricRow:
    """`counts`: the columns that may be best. One that broke off has done less, not better."""
    values = tuple(None if item is None else item[metric.key] for item in figures)
    eligible = [value if n in counts else None for n, value in enumerate(values)]
    return MetricRow(metric, values, best_of(metric, eligible))


def _key(interactions: Sequence[InteractionReport]) -> int:
    """The interaction in which the variants differ most in what ran and how; else the last."""

    def spread(item: InteractionReport) -> tuple[float, ...]:
        keys = ("script_runs", "callbacks", "out_of_order_writes", "steps")
        spans = []
        for row in item.rows:
            if row.metric.key in keys:
                known = [figure.median for figure in row.figures if figure is not None]
                spans.append((max(known) - min(known)) / (max(known) or 1) if known else 0.0)
        return (item.n > 0, sum(spans), item.n)

    return max(interactions, key=spread).n if interactions else 0
