"""The comparison document (`rerun-trace/comparison/1`): variants under the same interactions."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, UnsetType

from .facts import Finding
from .form import Form, about

SCHEMA: Final = "rerun-trace/comparison/1"


class Variant(Form):
    """One column."""

    name: str
    verdict: Annotated[str, about("a sentence")]
    failed: Annotated[str | None, about("why its column is empty or breaks off")]
    note: Annotated[str | None, about("what else to know")]
    repeats: Annotated[int, about("how many recordings the figures come from")]
    findings: Annotated[
        list[Finding] | UnsetType,
        about("of its first recording; left out where nothing was looked for"),
    ] = UNSET


class Figure(Form):
    """A value over all repeats."""

    median: float
    low: float
    high: float


class Row(Form):
    """One metric of all variants."""

    values: Annotated[list[Figure | None], about("null: the variant has none")]
    best: Annotated[
        list[int],
        about(
            "the columns, from 0, with the best value, which is the lowest. Times that were "
            "measured several times tie when their medians lie in the best one's range. A variant "
            "that failed is never best"
        ),
    ]


class Metrics(Form):
    """The metrics of one interaction, ticks of timers included."""

    script_runs: Row
    steps: Row
    distinct_lines: Row
    repeated_work: Annotated[
        Row, about("executions of statements that an earlier run of the interaction had executed")
    ]
    elements_written: Annotated[
        Row, about("each place once in a run, as it was written last; only what a person sees")
    ]
    out_of_order_writes: Annotated[Row, about("of the elements written")]
    messages_delivered: Row
    messages_discarded: Row
    callbacks: Row
    rerun_requests: Row
    script_ns: Annotated[Row, about("the runs' durations added up")]
    final_page_ns: Annotated[
        Row, about("from the interaction's arrival to the last message delivered for it")
    ]


class Total(Metrics, kw_only=True):
    """The metrics of all interactions together."""

    interactions: Annotated[Row, about("how many were sent")]


class Interaction(Form):
    """The interaction at one place in the order, in each variant."""

    n: int
    actions: Annotated[list[dict[str, Any] | None], about("one a variant; null: it has none")]
    runs: Annotated[list[list[int]], about("in each variant's first recording")]
    metrics: Metrics


class Difference(Form):
    """A place in page order at which the variants show different things."""

    position: Annotated[int, about("from 1")]
    shown: Annotated[list[str | None], about("one a compared variant; null: nothing")]


class FinalPages(Form):
    """Whether the variants end with the same page."""

    compared: Annotated[list[str], about("the variants that have a final page")]
    same_elements: Annotated[bool, about("the same elements in the same order")]
    differing_text: Annotated[
        list[str],
        about(
            "the kinds of element whose texts differ even so, but for the widgets that the "
            "interactions used, which a scenario may name for each variant"
        ),
    ]
    named_differently: Annotated[
        bool, about("they differ only by the names of the widgets that the interactions used")
    ]
    differences: list[Difference]
    summary: str


class Comparison(Form):
    """What variants did. Lists inside are in the order of `variants`."""

    schema: Literal["rerun-trace/comparison/1"]
    variants: list[Variant]
    interactions: Annotated[list[Interaction], about("aligned by their order")]
    total: Total
    final_pages: FinalPages
