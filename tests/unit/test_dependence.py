"""What a statement's values came from."""

from __future__ import annotations

from rerun_trace.tracer.explain.dependence import Link, Slice, Via


def test_a_key_was_read_where_it_was_read_last() -> None:
    asked = Link(Via.STATE, "cart", 2, 2)  # `if "cart" not in st.session_state`, before it is set
    read = Link(Via.STATE, "cart", 5, 5, "[]")
    assert Slice(6, (read, asked)).keys() == {"cart": 5}
