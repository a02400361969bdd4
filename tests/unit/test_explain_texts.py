"""Words of findings: code in them is code that runs."""

from __future__ import annotations

from rerun_trace.tracer.explain.texts import called, fitting, in_state
from rerun_trace.tracer.model import DrawnWidget


def test_a_key_that_is_no_name_is_written_in_brackets() -> None:
    assert in_state("cart") == "st.session_state.cart"
    assert in_state("histogram:x") == 'st.session_state["histogram:x"]'
    assert in_state("class") == 'st.session_state["class"]'


def test_an_element_is_called_by_its_label_or_else_by_its_kind() -> None:
    assert called(DrawnWidget(1, 1, "id", "markdown", "Step `1` of 9", None)) == "Step 1 of 9"
    assert called(DrawnWidget(1, 1, "id", "arrow_data_frame", "", None)) == "data frame"
    assert called(DrawnWidget(1, 1, "id", "slider", "x" * 99, None)) == "x" * 43 + "…"


def test_a_title_that_has_no_room_is_a_shorter_one() -> None:
    assert fitting("Short", "S") == "Short"
    assert fitting("x" * 61, "y" * 60, "z") == "y" * 60
    assert fitting("x" * 61, "y" * 61) == "y" * 61
