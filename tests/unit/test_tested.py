"""What doctor says about the combination at hand, and the table that it reads."""

from __future__ import annotations

import pytest

from bench.matrix import TABLE, page
from rerun_trace.tested import Combination, read_tested, say_tested

TESTED = [
    Combination("1.40.0", "3.11", "settrace"),
    Combination("1.52.0", "3.12", "settrace", "samples dialog"),
    Combination("1.52.0", "3.12", "monitoring"),
]


@pytest.mark.parametrize(
    ("here", "good", "said"),
    [
        (
            ("1.52.0", "3.12", "monitoring"),
            True,
            "Streamlit 1.52.0 on Python 3.12 with monitoring: tested",
        ),
        (
            ("1.52.0", "3.12", "settrace"),
            False,
            "Streamlit 1.52.0 on Python 3.12 with settrace: tested, and it fails: samples dialog",
        ),
        (
            ("1.68.0", "3.12", "monitoring"),
            False,
            "Streamlit 1.68.0 is newer than any tested version; nearest tested 1.52.0",
        ),
        (
            ("1.39.0", "3.11", "settrace"),
            False,
            "Streamlit 1.39.0 is older than any tested version; nearest tested 1.40.0",
        ),
        (
            ("1.45.1.dev2", "3.11", "settrace"),
            False,
            "Streamlit 1.45.1.dev2 was not tested; it lies between 1.40.0 and 1.52.0, which were",
        ),
        (
            ("1.52.0", "3.14", "monitoring"),
            False,
            "Python 3.14 is newer than any tested version; nearest tested 3.12",
        ),
        (
            ("1.40.0", "3.12", "settrace"),
            False,
            "Streamlit 1.40.0 on Python 3.12 with settrace: not tested",
        ),
    ],
)
def test_what_is_said(here: tuple[str, str, str], good: bool, said: str) -> None:
    assert say_tested(TESTED, *here) == (good, said)


def test_nothing_was_tested() -> None:
    assert say_tested([], "1.52.0", "3.12", "monitoring") == (
        False,
        "Streamlit 1.52.0 was not tested",
    )


def test_the_table_in_the_docs_is_that_of_the_data() -> None:
    assert TABLE.read_text(encoding="utf-8") == page(read_tested())
