"""What widgets held at a moment, from the interactions that changed them."""

from __future__ import annotations

from typing import Any

import pytest

from rerun_trace.tracer.model import Interaction, InteractionKind, WidgetChange
from rerun_trace.web.replay.typed import Typed

pytestmark = pytest.mark.first_row


def typed(n: int, old: Any, new: Any, element: str = "text_input", session: int = 1) -> Interaction:
    change = WidgetChange(f"id-{element}", element, "It", "it", old, new)
    return Interaction(n, session, n, InteractionKind.WIDGET, {}, (change,))


def test_a_widget_holds_the_last_change_and_before_the_first_what_it_began_with() -> None:
    values = Typed()
    values.add([typed(2, "", "a"), typed(5, "a", "b"), typed(3, "", "other", session=2)])

    found = [values.values(1, n, ["id-text_input"], ()) for n in (1, 2, 4, 5, 9)]

    assert [each["id-text_input"] for each in found] == ["", "a", "a", "b", "b"]
    assert values.known == 4


def test_what_never_changed_is_secret_cannot_be_filled_or_was_set_by_the_script_is_left() -> None:
    values = Typed()
    values.add([typed(1, None, "(hidden)", "text_area"), typed(2, None, True, "button")])
    values.add([typed(3, "", "a")])
    widgets = ["id-text_area", "id-button", "id-radio", "id-text_input"]

    assert values.values(1, 9, widgets, ()) == {"id-text_input": "a"}
    assert values.values(1, 9, widgets, {"it"}) == {}


def test_a_widget_that_is_back_on_the_page_holds_what_it_began_with() -> None:
    values = Typed()
    values.add([typed(2, "nobody", "Ann")])

    assert values.values(1, 9, ["id-text_input"], (), {"id-text_input"}) == {
        "id-text_input": "nobody"
    }
