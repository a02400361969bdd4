"""Variants side by side: figures, best values, verdicts and final pages, from hand-made records."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec
from comparing import CALLBACK, CONTAINER, RERUN, scaled

from rerun_trace.tracer.analysis.compare_figures import METRICS, Figure, best_of
from rerun_trace.tracer.analysis.comparison import (
    VariantRecordings,
    compare_variants,
)
from rerun_trace.tracer.documents.comparison import SCHEMA, Comparison
from rerun_trace.tracer.model import Outcome, RunError
from rerun_trace.tracer.render.comparison import comparison_document

THREE = [
    VariantRecordings("rerun.py", [RERUN]),
    VariantRecordings("callback.py", [CALLBACK]),
    VariantRecordings("container.py", [CONTAINER]),
]


def document(variants: list[VariantRecordings]) -> dict[str, Any]:
    made = comparison_document(compare_variants(variants))
    msgspec.convert(made, Comparison)
    assert json.loads(json.dumps(made)) == made
    return made


def medians(made: dict[str, Any], metric: str, n: int = 1) -> list[float]:
    return [value["median"] for value in made["interactions"][n]["metrics"][metric]["values"]]


def best(made: dict[str, Any], metric: str, n: int = 1) -> list[int]:
    found: list[int] = made["interactions"][n]["metrics"][metric]["best"]
    return found


def test_the_three_headers_have_their_figures() -> None:
    made = document(THREE)

    assert made["schema"] == SCHEMA
    assert [item["actions"][0] for item in made["interactions"]] == [
        {"load": True},
        {"click": "Foo"},
    ]
    assert made["interactions"][1]["runs"] == [[2, 3], [2], [2]]
    assert medians(made, "script_runs") == [2, 1, 1]
    assert medians(made, "steps") == [8, 4, 5]
    assert medians(made, "repeated_work") == [3, 0, 0]
    assert medians(made, "elements_written") == [4, 2, 2]
    assert medians(made, "messages_delivered") == [2, 2, 3]
    assert medians(made, "messages_discarded") == [2, 0, 0]
    assert medians(made, "out_of_order_writes") == [0, 0, 1]
    assert medians(made, "callbacks") == [0, 1, 0]
    assert medians(made, "rerun_requests") == [1, 0, 0]
    assert medians(made, "script_ns") == [10, 5, 5]
    assert medians(made, "final_page_ns") == [18, 8, 8]
    totals = made["total"]["script_runs"]["values"]
    assert [value["median"] for value in totals] == [3, 2, 2]


def test_the_best_of_each_row_is_marked_and_means_have_none() -> None:
    made = document(THREE)

    assert best(made, "script_runs") == [1, 2]
    # More of these is not worse, less not better: they are what was wanted.
    for key in ("out_of_order_writes", "elements_written", "messages_delivered"):
        assert best(made, key) == []
    assert best(made, "script_runs", n=0) == [0, 1, 2]
    assert best(made, "callbacks") == []


def test_verdicts_are_sentences_with_figures() -> None:
    verdicts = [item["verdict"] for item in document(THREE)["variants"]]

    assert verdicts == [
        (
            "Runs twice for the click: run 2 is halted at line 5 and what it drew is drawn again;"
            " 3 statements run again."
        ),
        "Runs once: update_value changes st.session_state.value before the script's first line.",
        "Runs once: line 5 writes above what line 3 wrote before.",
    ]


def test_final_pages_are_equal_but_for_the_texts() -> None:
    pages = document(THREE)["final_pages"]

    assert pages["same_elements"]
    assert pages["named_differently"]
    assert pages["differing_text"] == ["heading"], "the clicked button is called differently"
    assert pages["summary"] == "final pages equal but for the text of: heading"
    assert pages["differences"][0]["shown"] == ["heading Foo", "heading Bar", "heading Baz"]


def test_final_pages_that_differ_say_where() -> None:
    less = replace(RERUN, messages=[m for m in RERUN.messages if m.element != "button"])
    variants = [VariantRecordings("a", [RERUN]), VariantRecordings("b", [less])]
    pages = document(variants)["final_pages"]

    assert not pages["same_elements"]
    assert pages["summary"] == "final pages differ in 1 place"
    assert pages["differences"] == [{"position": 2, "shown": ["button Foo", None]}]


def test_repeats_give_a_median_a_range_and_ties_of_times() -> None:
    slow = [scaled(CALLBACK, factor) for factor in (2, 1, 3)]
    other = [scaled(CONTAINER, factor) for factor in (3, 3, 3)]
    worse = [scaled(CONTAINER, factor) for factor in (4, 4, 4)]
    made = document(
        [
            VariantRecordings("a", slow),
            VariantRecordings("b", other),
            VariantRecordings("c", worse),
        ]
    )
    row = made["interactions"][1]["metrics"]["script_ns"]

    assert row["values"][0] == {"median": 10, "low": 5, "high": 15}
    assert row["best"] == [0, 1]  # b's median lies in a's range


def test_a_variant_that_failed_keeps_its_column_and_is_never_best() -> None:
    made = document([*THREE, VariantRecordings("broken.py", [], "no widget “Foo” on the page.")])

    assert made["variants"][3]["verdict"] == "Failed: no widget “Foo” on the page."
    assert made["interactions"][1]["actions"][3] is None
    assert made["interactions"][1]["metrics"]["steps"]["values"][3] is None
    assert made["final_pages"]["compared"] == ["rerun.py", "callback.py", "container.py"]


def test_an_error_is_a_failure_and_less_work_is_not_better() -> None:
    run = replace(CALLBACK.runs[1], outcome=Outcome.ERROR, halted_line=3, steps=1)
    error = RunError(2, 100, 1, "ValueError", "no", "", "app.py", 3)
    broken = replace(CALLBACK, runs=[CALLBACK.runs[0], run], errors=[error])
    made = document([VariantRecordings("a", [broken]), *THREE[1:]])

    assert made["variants"][0]["failed"] == "run 2 ended with ValueError at line 3"
    assert medians(made, "steps") == [1, 4, 5]
    assert best(made, "steps") == [1]


def test_fewer_interactions_are_noted_not_blamed() -> None:
    less = replace(RERUN, interactions=RERUN.interactions[:1], runs=RERUN.runs[:1])
    made = document([VariantRecordings("a", [less]), *THREE[1:]])

    assert made["variants"][0]["failed"] is None
    assert made["variants"][0]["note"] == "It sent 1 interaction where another variant sent 2."
    assert made["interactions"][1]["runs"][0] == []
    assert made["total"]["interactions"]["values"][0]["median"] == 1


def test_all_may_fail() -> None:
    made = document([VariantRecordings("a", [], "x"), VariantRecordings("b")])

    assert made["interactions"] == []
    assert [item["failed"] for item in made["variants"]] == ["x", "nothing was recorded"]
    assert made["final_pages"]["summary"] == "fewer than two final pages to compare"


def test_a_time_measured_once_is_no_best_one() -> None:
    time = next(metric for metric in METRICS if metric.is_time)
    assert best_of(time, [Figure(1, 1, 1), Figure(9, 9, 9)]) == ()
    assert best_of(time, [Figure(1, 0.9, 1.2), Figure(9, 8, 10)]) == (0,)
    assert best_of(time, [Figure(1, 0.9, 1.2), Figure(1.1, 1, 2)]) == (0, 1)
