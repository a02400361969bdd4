"""Every input of the installed Streamlit, set by scenario and in Chromium: the script got the same.

An element that a newer version adds, and that has no gesture here, fails by its name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from ui.conftest import ARGUMENTS, CHROMIUM
from ui.served import Served, driven, serve

pytestmark = pytest.mark.first_row

APP = Path(__file__).with_name("every_input.py")
Gesture = Callable[[Page], object]
Steps = Sequence[Mapping[str, Any]]

NOT_INPUTS = {"audio", "table", "video"}  # messages with an id that take no input
CALLBACKS = {"on_change", "on_click", "on_select", "on_submit", "on_dismiss"}
ANSWER_MS = 15_000
TRIES = 3
MEDIA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
DRAWING = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@dataclass(frozen=True)
class Case:
    """One input. `gesture` is what a person does in the browser, `steps` what a scenario says."""

    gesture: Gesture
    steps: Steps
    of: str = ""  # the element, where the case is not called like it


def labelled(kind: str, text: str) -> Gesture:
    def fill(page: Page) -> None:
        page.get_by_label("W", exact=True).fill(text)
        page.get_by_label("W", exact=True).press("Enter" if kind == "line" else "Control+Enter")

    return fill


def button(name: str) -> Gesture:
    return lambda page: page.get_by_role("button", name=name).click()


def words(text: str) -> Gesture:
    return lambda page: page.get_by_text(text, exact=True).first.click()


def keys(role: str, *pressed: str) -> Gesture:
    """The keyboard on the last element of a role."""

    def press(page: Page) -> None:
        page.get_by_role(role).last.focus()  # type: ignore[arg-type]
        for key in pressed:
            page.keyboard.press(key)

    return press


def typed(text: str, *pressed: str) -> Gesture:
    """Text into the box of a selection, and a choice from its list."""

    def choose(page: Page) -> None:
        page.get_by_role("combobox").click()
        page.keyboard.type(text)
        for key in pressed:
            page.keyboard.press(key)

    return choose


def canvas(x: float, y: float, *more: str, selector: str = "canvas") -> Gesture:
    """A click on a canvas, at parts of its size or at points from its corner; then the keyboard."""

    def click(page: Page) -> None:
        target = page.locator(selector).first
        expect(target).to_be_visible()
        page.wait_for_timeout(300)  # charts draw their marks after they are there
        box = target.bounding_box()
        assert box is not None
        place = {
            "x": x * box["width"] if x < 1 else x,
            "y": y * box["height"] if y < 1 else y,
        }
        target.click(position=place, force=True)  # type: ignore[arg-type]
        for key in more:
            if len(key) == 1:
                page.keyboard.type(key)
            else:
                page.keyboard.press(key)

    return click


def file(selector: str = "input[type=file]") -> Gesture:
    told = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"}
    return lambda page: page.locator(selector).first.set_input_files(told)  # type: ignore[arg-type]


def send_with_file(page: Page) -> None:
    file()(page)
    page.get_by_text("a.txt").wait_for()
    page.get_by_test_id("stChatInputTextArea").fill("look")
    page.keyboard.press("Enter")


def send(page: Page) -> None:
    page.get_by_test_id("stChatInputTextArea").press("Enter")


def in_form(page: Page) -> None:
    page.get_by_label("Name").fill("Ann")
    page.get_by_role("button", name="W").click()


def segments(text: str) -> Gesture:
    """A date or a time is typed into one segment after the other."""

    def enter(page: Page) -> None:
        field = page.locator("[data-testid=stDateInput], [data-testid=stTimeInput]")
        if page.get_by_role("spinbutton").count() == 0 and field.count():  # older: one text
            box = field.locator("input").first
            box.click()
            date = f"{text[:4]}/{text[4:6]}/{text[6:]}"
            box.fill(date if len(text) == 8 else f"{text[:2]}:{text[2:]}")
            page.keyboard.press("Enter")
            return
        page.get_by_role("spinbutton").first.click()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")

    return enter


def colour(page: Page) -> None:
    page.get_by_test_id("stColorPickerBlock").click()
    page.get_by_role("textbox").last.fill("#ff0000")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def record(page: Page) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Stop recording").click()


def photograph(page: Page) -> None:
    page.wait_for_function("document.querySelector('video')?.videoWidth > 0")
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Take Photo").click()


def edit_cell(page: Page) -> None:
    canvas(0.31, 55)(page)
    page.keyboard.press("Enter")
    page.locator(".gdg-input").fill("Zo")
    page.keyboard.press("Enter")


def bar(page: Page) -> None:
    chart = page.get_by_test_id("stVegaLiteChart")
    chart.locator("svg, canvas").first.wait_for()
    if chart.locator("canvas").count():  # as older versions draw it
        canvas(0.5, 0.7, selector="[data-testid=stVegaLiteChart] canvas")(page)
    else:
        chart.locator(".mark-rect path").nth(1).click()


def star(page: Page) -> None:
    group = page.locator("[data-testid=stFeedback], [data-testid=stButtonGroup]")
    group.get_by_role("button").or_(group.get_by_role("radio")).nth(3).click()


def sphere(page: Page) -> None:
    page.locator("canvas").first.wait_for()
    page.wait_for_timeout(2000)  # the map is drawn by a graphics card that is none
    canvas(0.5, 0.5)(page)


def in_frame(page: Page) -> None:
    page.frame_locator("iframe").get_by_role("button", name="Five").click()


def menu(page: Page) -> None:
    page.get_by_role("button", name="W").click()
    page.get_by_role("menuitem", name="Two").click()


def link(page: Page) -> None:
    page.get_by_role("link", name="W").click()


TEXT_FILE = {"name": "a.txt", "text": "hello"}


def missing(name: str) -> bool:
    """Whether the installed Streamlit does not have what a case is about."""
    import streamlit as st

    if name == "button_column":
        return not hasattr(st.column_config, "ButtonColumn")
    if name.startswith("component"):
        return name != "component" and not hasattr(st.components, "v2")
    command = getattr(st, name.split()[0], None)
    asked = {
        "chat_input with files": "accept_file",
        "dialog": "on_dismiss",
        "expander": "on_change",
        "link_button": "on_click",
        "multiselect with a new option": "accept_new_options",
        "popover": "on_change",
        "selectbox with a new option": "accept_new_options",
        "tabs": "on_change",
    }.get(name)
    return command is None or (
        asked is not None and asked not in inspect.signature(command).parameters
    )


CASES: dict[str, Case] = {
    "altair_chart": Case(
        bar,
        [{"select": "W", "value": {"pick": [{"name": "Bo"}]}}],
        of="vega_lite_chart",
    ),
    "audio_input": Case(
        record, [{"set": "W", "files": [{"name": "a.wav", "text": "x", "type": "audio/wav"}]}]
    ),
    "button": Case(button("W"), [{"click": "W"}]),
    "button_column": Case(
        canvas(0.31, 55), [{"click": "dataframe#0", "row": 0, "column": "name"}], of="dataframe"
    ),
    "camera_input": Case(
        photograph,
        [{"set": "W", "files": [{"name": "a.jpg", "text": "x", "type": "image/jpeg"}]}],
    ),
    "chat_input": Case(
        lambda page: (
            page.get_by_test_id("stChatInputTextArea").fill("hello"),
            page.keyboard.press("Enter"),
        ),
        [{"set": "W", "value": "hello"}],
    ),
    "chat_input with files": Case(
        send_with_file, [{"set": "W", "value": "look", "files": [TEXT_FILE]}], of="chat_input"
    ),
    "checkbox": Case(words("W"), [{"set": "W", "value": True}]),
    "color_picker": Case(colour, [{"set": "W", "value": "#ff0000"}]),
    "component": Case(in_frame, [{"set": "W", "value": {"n": 5}}], of="component_instance"),
    "component of the second kind": Case(
        button("State"), [{"set": "W", "value": {"n": 5}}], of="bidi_component"
    ),
    "component's event": Case(
        button("Event"), [{"set": "W", "event": "pressed", "value": 7}], of="bidi_component"
    ),
    "data_editor": Case(
        edit_cell,
        [{"edit": "W", "rows": {"0": {"name": "Zo"}}}],
        of="dataframe",
    ),
    "dataframe": Case(canvas(15, 90), [{"select": "W", "rows": [1]}]),
    "date_input": Case(segments("20250309"), [{"set": "W", "value": "2025-03-09"}]),
    "datetime_input": Case(
        segments("202503091145"), [{"set": "W", "value": "2025-03-09 11:45"}], of="date_time_input"
    ),
    "dialog": Case(
        lambda page: page.get_by_role("button", name="Close").click(), [{"dismiss": True}]
    ),
    "download_button": Case(button("W"), [{"click": "W"}]),
    "echarts_chart": Case(
        canvas(0.5, 0.75),
        [{"select": "W", "points": [1]}],
    ),
    "expander": Case(words("W"), [{"set": "W", "value": True}], of="expandable"),
    "feedback": Case(
        star,
        [{"set": "W", "value": 3}],
    ),
    "file_uploader": Case(file(), [{"set": "W", "files": [TEXT_FILE]}]),
    "form_submit_button": Case(
        in_form, [{"set": "Name", "value": "Ann"}, {"submit": "W"}], of="button"
    ),
    "link_button": Case(link, [{"click": "W"}]),
    "menu_button": Case(menu, [{"set": "W", "value": "Two"}]),
    "multiselect": Case(typed("re", "Enter"), [{"set": "W", "value": ["red"]}]),
    "multiselect with a new option": Case(
        typed("pink", "Enter"), [{"set": "W", "value": ["pink"]}], of="multiselect"
    ),
    "number_input": Case(labelled("line", "7"), [{"set": "W", "value": 7}]),
    "number_input with a fraction": Case(
        labelled("line", "2.5"), [{"set": "W", "value": 2.5}], of="number_input"
    ),
    "page_link": Case(link, [{"click": "W"}]),
    "pagination": Case(
        lambda page: page.get_by_test_id("stPagination").get_by_text("3").click(),
        [{"set": "W", "value": 3}],
    ),
    "pills": Case(words("blue"), [{"set": "W", "value": "blue"}], of="button_group"),
    "plotly_chart": Case(
        lambda page: page.locator(".plotly .nsewdrag").click(),
        [{"select": "W", "points": [1]}],
    ),
    "popover": Case(button("W"), [{"set": "W", "value": True}]),
    "pydeck_chart": Case(
        sphere,
        [
            {
                "select": "W",
                "value": {
                    "indices": {"people": [0]},
                    "objects": {"people": [{"name": "Ann", "position": [0, 0]}]},
                },
            }
        ],
        of="deck_gl_json_chart",
    ),
    "radio": Case(words("blue"), [{"set": "W", "value": "blue"}]),
    "segmented_control": Case(words("blue"), [{"set": "W", "option": 1}], of="button_group"),
    "select_slider": Case(
        keys("slider", "ArrowRight"), [{"set": "W", "value": "mid"}], of="slider"
    ),
    "selectbox": Case(typed("bl", "Enter"), [{"set": "W", "value": "blue"}]),
    "selectbox with a new option": Case(
        typed("pink", "Enter"), [{"set": "W", "value": "pink"}], of="selectbox"
    ),
    "slider": Case(keys("slider", "ArrowRight"), [{"set": "W", "value": 4}]),
    "slider over dates": Case(
        keys("slider", "ArrowRight"), [{"set": "W", "value": "2025-03-06"}], of="slider"
    ),
    "slider with two ends": Case(
        keys("slider", "ArrowRight"), [{"set": "W", "value": [0.2, 0.51]}], of="slider"
    ),
    "tabs": Case(words("Two"), [{"set": "tabs#0", "value": "Two"}], of="tab_container"),
    "text_area": Case(labelled("lines", "one\ntwo"), [{"set": "W", "value": "one\ntwo"}]),
    "text_input": Case(labelled("line", "hello"), [{"set": "W", "value": "hello"}]),
    "time_input": Case(segments("1145"), [{"set": "W", "value": "11:45"}]),
    "toggle": Case(words("W"), [{"set": "W", "value": True}], of="checkbox"),
    "vega_lite_chart": Case(
        bar,
        [{"select": "W", "value": {"pick": [{"name": "Bo"}]}}],
    ),
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve(APP) as running:
        yield running


@pytest.fixture(scope="module")
def driver() -> Iterator[ThreadPoolExecutor]:
    """A thread of its own: the browser's event loop is in ours."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """A page of a browser with a camera, a microphone and a graphics card that are none."""
    equipped = browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*ARGUMENTS, *MEDIA, *DRAWING]
    )
    context = equipped.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(ANSWER_MS)
    yield context.new_page()
    equipped.close()


def in_chromium(tab: Page, url: str, gesture: Gesture, again: Gesture) -> str:
    tab.goto(url)
    got = tab.get_by_text("got ").first
    before = got.inner_text()
    gesture(tab)
    for _ in range(TRIES):  # a chart or an upload was not ready for it, and nothing came of it
        try:
            expect(got).not_to_have_text(before, timeout=ANSWER_MS)
            break
        except AssertionError:
            again(tab)
    expect(got).not_to_have_text(before, timeout=ANSWER_MS)
    return got.inner_text()


@pytest.mark.parametrize("name", CASES)
def test_the_script_gets_the_same(
    name: str, served: Served, tab: Page, driver: ThreadPoolExecutor
) -> None:
    if missing(name):
        pytest.skip("not in this version")
    query, case = f"input={quote(name)}", CASES[name]
    by_scenario = driver.submit(driven, APP, case.steps, query)
    again = send if case.of == "chat_input" else case.gesture
    in_browser = in_chromium(tab, f"{served.url}?{query}", case.gesture, again)
    assert [text for text in by_scenario.result() if text.startswith("got ")] == [in_browser]


def test_every_input_element_is_tried() -> None:
    from streamlit.proto.Block_pb2 import Block
    from streamlit.proto.Element_pb2 import Element

    elements = {
        field.name.removeprefix("arrow_").replace("data_frame", "dataframe")
        for message in (Element, Block)
        for field in message.DESCRIPTOR.fields
        if field.message_type is not None and "id" in field.message_type.fields_by_name
    }
    assert elements - NOT_INPUTS - {case.of or name for name, case in CASES.items()} == set()


def test_every_command_with_a_callback_is_tried() -> None:
    import streamlit

    commands = {
        name
        for name, command in vars(streamlit).items()
        if callable(command)
        and not name.startswith("_")
        and not inspect.isclass(command)
        and CALLBACKS & set(inspect.signature(command).parameters)
    }
    aliases = {name for name in commands if name.startswith("experimental_")}
    assert commands - aliases - set(CASES) == set()
