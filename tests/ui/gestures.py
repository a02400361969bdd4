"""What a person does in Chromium with an input of Streamlit, of each version that is supported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TooLate

_HAS_MARKS = """canvas => {
  const pen = canvas.getContext("2d");
  if (!pen || !canvas.width || !canvas.height) return !pen;
  return pen.getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
}"""
_OVERLAY_MS, _TRIES = 1_500, 10
FILE: Any = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"}
FILE_SIZE = "5.0B"  # is shown when the file has arrived


@dataclass(frozen=True)
class Input:
    """An input on a page. It is called like its `name`, and `box` is what it stands in."""

    name: str
    box: Locator
    page: Page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def named(self, role: Any) -> Locator:
        return self.box.get_by_role(role, name=self.name)


Gesture = Callable[[Input], object]


def line(text: str, key: str = "Enter") -> Gesture:
    def fill(on: Input) -> None:
        field = on.box.get_by_label(on.name, exact=True)
        field.fill(text)
        field.press(key)

    return fill


def button(on: Input) -> None:
    on.named("button").click()


def link(on: Input) -> None:
    on.named("link").click()


def its_name(on: Input) -> None:
    words(on.name)(on)


def words(text: str) -> Gesture:
    return lambda on: on.box.get_by_text(text, exact=True).first.click()


def keys(role: Any, *pressed: str) -> Gesture:
    """The keyboard on the last element of a role."""

    def press(on: Input) -> None:
        on.box.get_by_role(role).last.focus()
        on.press(*pressed)

    return press


def typed(text: str) -> Gesture:
    """Text into the box of a selection, and the choice that comes first for it."""

    def choose(on: Input) -> None:
        on.box.get_by_role("combobox").click()
        on.page.keyboard.type(text)
        on.press("Enter", "Escape")

    return choose


def canvas(x: float, y: float) -> Gesture:
    """A click on a canvas, at parts of its size or at points from its corner."""

    def click(on: Input) -> None:
        target = on.box.locator("canvas").first
        target.wait_for()
        on.page.wait_for_function(_HAS_MARKS, arg=target.element_handle())
        size = target.bounding_box()
        assert size is not None
        place: Any = {
            "x": x * size["width"] if x < 1 else x,
            "y": y * size["height"] if y < 1 else y,
        }
        target.click(position=place, force=True)

    return click


def cell(row: int, x: float, text: str) -> Gesture:
    """A cell of a table is given another text."""

    def edit(on: Input) -> None:
        overlay = on.page.locator(".gdg-input")
        for _ in range(_TRIES):  # a table that is still being drawn hears nothing
            canvas(x, 35 * row + 52)(on)
            on.press("Enter")
            try:
                overlay.wait_for(timeout=_OVERLAY_MS)
                break
            except TooLate:
                continue
        overlay.fill(text)
        on.press("Enter")

    return edit


def bar(on: Input) -> None:
    chart = on.box.get_by_test_id("stVegaLiteChart")
    chart.locator("svg, canvas").first.wait_for()
    if chart.locator("canvas").count():  # as older versions draw it
        canvas(0.55, 0.6)(on)
    else:
        chart.locator(".mark-rect path").nth(1).click()


def plotted(on: Input) -> None:
    on.box.locator(".plotly .nsewdrag").click()


def file(on: Input) -> None:
    on.box.locator("input[type=file]").first.set_input_files(FILE)


def say(on: Input) -> None:
    field = on.box.get_by_test_id("stChatInputTextArea")
    field.fill("hello")
    field.press("Enter")


def say_with_file(on: Input) -> None:
    file(on)
    on.box.get_by_text(FILE_SIZE).or_(on.box.get_by_text("a.txt")).first.wait_for()
    on.box.get_by_test_id("stChatInputTextArea").fill("look")
    send(on)


def send(on: Input) -> None:
    on.box.get_by_test_id("stChatInputTextArea").press("Enter")


def in_form(on: Input) -> None:
    on.box.get_by_label("Name").fill("Ann")
    button(on)


def segments(digits: str, old: str) -> Gesture:
    """A date or a time, one segment after the other; older versions take it as one text."""

    def enter(on: Input) -> None:
        parts, field = on.box.get_by_role("spinbutton"), on.box.locator("input")
        parts.or_(field).first.wait_for()
        if parts.count():
            parts.first.click()
            on.page.keyboard.type(digits)
            on.press("Enter", "Escape", "Tab")
        else:
            field.first.fill(old)
            on.press("Enter")

    return enter


def colour(on: Input) -> None:
    on.box.get_by_test_id("stColorPickerBlock").click()
    on.page.get_by_role("textbox").last.fill("#ff0000")
    on.press("Enter", "Escape")


def record(on: Input) -> None:
    on.box.get_by_role("button", name="Record", exact=True).click()
    on.box.get_by_text("00:01").wait_for()
    on.box.get_by_role("button", name="Stop recording").click()


def photograph(on: Input) -> None:
    on.page.wait_for_function("document.querySelector('video')?.currentTime > 0")
    on.box.get_by_role("button", name="Take Photo").click()


def star(on: Input) -> None:
    group = on.box.locator("[data-testid=stFeedback], [data-testid=stButtonGroup]")
    group.get_by_role("button").or_(group.get_by_role("radio")).nth(3).click()


def page_number(on: Input) -> None:
    on.box.get_by_test_id("stPagination").get_by_text("3").click()


def in_frame(on: Input) -> None:
    on.box.frame_locator("iframe").get_by_role("button", name="Five").click()


def menu(on: Input) -> None:
    button(on)
    on.page.get_by_role("menuitem", name="Two").click()


def close(on: Input) -> None:
    on.page.get_by_role("button", name="Close").click()
