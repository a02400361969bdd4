"""The comparison document. Its form is in `tracer/documents/comparison.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from msgspec import UNSET

from ..analysis.comparison import ComparisonReport, MetricRow
from ..documents import comparison as forms
from ..documents.form import plain
from ..explain.finding import Finding
from .findings import finding_forms


def comparison_document(
    report: ComparisonReport, found: Sequence[Sequence[Finding]] | None = None
) -> dict[str, Any]:
    """The document as plain data, ready for JSON.

    `found` is what was found in each variant; None: nothing was looked for.
    """
    pages = report.final_pages
    document = forms.Comparison(
        schema=forms.SCHEMA,
        variants=[
            forms.Variant(
                name=item.name,
                verdict=item.verdict,
                failed=item.failed,
                note=item.note,
                repeats=item.repeats,
                findings=UNSET if found is None else finding_forms(found[n]),
            )
            for n, item in enumerate(report.variants)
        ],
        interactions=[
            forms.Interaction(
                n=item.n,
                actions=[
                    None if found is None else dict(found.interaction.action)
                    for found in item.episodes
                ],
                runs=[
                    [] if found is None else [run.n for run in found.all_runs]
                    for found in item.episodes
                ],
                metrics=forms.Metrics(**_rows(item.rows)),
            )
            for item in report.interactions
        ],
        total=forms.Total(**_rows(report.total)),
        final_pages=forms.FinalPages(
            compared=list(pages.compared),
            same_elements=pages.same_elements,
            differing_text=list(pages.differing_text),
            named_differently=pages.named_differently,
            differences=[
                forms.Difference(position=item.position, shown=list(item.shown))
                for item in pages.differences
            ],
            summary=pages.summary,
        ),
    )
    return plain(document)


def _rows(rows: Sequence[MetricRow]) -> dict[str, forms.Row]:
    return {
        row.metric.key: forms.Row(
            values=[
                None if figure is None else forms.Figure(**asdict(figure)) for figure in row.figures
            ],
            best=list(row.best),
        )
        for row in rows
    }
