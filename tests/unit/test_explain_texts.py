"""Words of findings: code in them is code that runs."""

from __future__ import annotations

from rerun_trace.tracer.explain.texts import in_state


def test_a_key_that_is_no_name_is_written_in_brackets() -> None:
    assert in_state("cart") == "st.session_state.cart"
    assert in_state("histogram:x") == 'st.session_state["histogram:x"]'
    assert in_state("class") == 'st.session_state["class"]'
