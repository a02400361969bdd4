"""What a condition over session state comes to."""

from __future__ import annotations

import ast

import pytest

from rerun_trace.tracer.explain.truth import holds, keys_of

VALUES = {"step": "2", "name": "'Ada'", "cart": "[]", "gone": None, "shop": "<Shop>"}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("st.session_state.step == 2", True),
        ('session_state["step"] > 2', False),
        ("not st.session_state.cart", True),
        ("st.session_state.cart or st.session_state.name == 'Ada'", True),
        ("st.session_state.step in (1, 3)", False),
        ("'gone' in st.session_state", False),
        ('"gone" not in st.session_state', True),
        ("st.session_state.get('gone')", False),
        ("st.session_state.get('gone', 1) == 1", True),
        ("st.session_state.gone", None),  # it would raise
        ("st.session_state.shop", None),  # no literal
        ("st.session_state.other", None),
        ("step == 2", None),
        ("len(st.session_state.cart) == 0", None),
        ("st.session_state.step < 'a'", None),
        ("1 < st.session_state.step < 3", None),
    ],
)
def test_a_condition_is_told_only_where_it_is_sure(test: str, expected: bool | None) -> None:
    assert holds(ast.parse(test, mode="eval").body, VALUES) is expected


def test_the_keys_of_a_condition() -> None:
    test = "st.session_state.a and 'b' in st.session_state or st.session_state.get('c') == x['d']"
    assert keys_of(ast.parse(test, mode="eval").body) == {"a", "b", "c"}
