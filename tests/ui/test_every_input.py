"""Every input of the installed Streamlit, set by scenario and in Chromium: the script got the same.

An element that a newer version adds, and that has no gesture here, fails by its name.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from ui import gestures
from ui.conftest import ARGUMENTS, CHROMIUM
from ui.gestures import Gesture, Input
from ui.served import Served, driven_pages, serve

pytestmark = pytest.mark.ends

APP = Path(__file__).with_name("every_input.py")
Steps = Sequence[Mapping[str, Any]]

NOT_INPUTS = {"audio", "table", "video"}  # messages with an id that take no input
CALLBACKS = {"on_change", "on_click", "on_select", "on_submit", "on_dismiss"}
WAIT_MS = 15_000
ANSWER_MS = (2_000, 4_000, 8_000, 16_000)  # what was not ready is given its gesture again
MEDIA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
DRAWING = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@dataclass(frozen=True)
class Case:
    """One input. `gesture` is what a person does in the browser, `steps` what a scenario says.

    `"W"` in a step stands for the input's name. `again` is for when nothing came of the gesture.
    """

    gesture: Gesture
    steps: Steps
    of: str = ""  # the element, where the case is not called like it
    again: Gesture | None = None
    alone: bool = False  # whether it has the page to itself


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
        gestures.bar,
        [{"select": "W", "value": {"pick": [{"name": "Bo", "hours": 2}]}}],
        of="vega_lite_chart",
    ),
    "audio_input": Case(
        gestures.record,
        [{"set": "W", "files": [{"name": "a.wav", "text": "x", "type": "audio/wav"}]}],
        alone=True,
    ),
    "button": Case(gestures.button, [{"click": "W"}]),
    "button_column": Case(
        gestures.canvas(0.31, 55),
        [{"click": "dataframe#0", "row": 0, "column": "name"}],
        of="dataframe",
    ),
    "camera_input": Case(
        gestures.photograph,
        [{"set": "W", "files": [{"name": "a.jpg", "text": "x", "type": "image/jpeg"}]}],
        alone=True,
    ),
    "chat_input": Case(gestures.say, [{"set": "W", "value": "hello"}], again=gestures.send),
    "chat_input with files": Case(
        gestures.say_with_file,
        [{"set": "W", "value": "look", "files": [TEXT_FILE]}],
        of="chat_input",
        again=gestures.send,
    ),
    "checkbox": Case(gestures.its_name, [{"set": "W", "value": True}]),
    "color_picker": Case(gestures.colour, [{"set": "W", "value": "#ff0000"}]),
    "component": Case(
        gestures.in_frame, [{"set": "W", "value": {"n": 5}}], of="component_instance"
    ),
    "component of the second kind": Case(
        gestures.words("State"), [{"set": "W", "value": {"n": 5}}], of="bidi_component"
    ),
    "component's event": Case(
        gestures.words("Event"), [{"set": "W", "event": "pressed", "value": 7}], of="bidi_component"
    ),
    "data_editor": Case(
        gestures.cell(0, 0.31, "Zo"),
        [{"edit": "W", "rows": {"0": {"name": "Zo"}}}],
        of="dataframe",
    ),
    "dataframe": Case(gestures.canvas(15, 90), [{"select": "W", "rows": [1]}]),
    "date_input": Case(
        gestures.segments("20250309", "2025/03/09"), [{"set": "W", "value": "2025-03-09"}]
    ),
    "datetime_input": Case(
        gestures.segments("202503091145", ""),
        [{"set": "W", "value": "2025-03-09 11:45"}],
        of="date_time_input",
    ),
    "dialog": Case(gestures.close, [{"dismiss": True}], alone=True),
    "download_button": Case(gestures.button, [{"click": "W"}]),
    "echarts_chart": Case(
        gestures.canvas(0.5, 0.75),
        [{"select": "W", "points": [1]}],
    ),
    "expander": Case(gestures.its_name, [{"set": "W", "value": True}], of="expandable"),
    "feedback": Case(
        gestures.star,
        [{"set": "W", "value": 3}],
    ),
    "file_uploader": Case(gestures.file, [{"set": "W", "files": [TEXT_FILE]}]),
    "form_submit_button": Case(
        gestures.in_form, [{"set": "Name", "value": "Ann"}, {"submit": "W"}], of="button"
    ),
    "link_button": Case(gestures.link, [{"click": "W"}]),
    "menu_button": Case(gestures.menu, [{"set": "W", "value": "Two"}]),
    "multiselect": Case(gestures.typed("re"), [{"set": "W", "value": ["red"]}]),
    "multiselect with a new option": Case(
        gestures.typed("pink"), [{"set": "W", "value": ["pink"]}], of="multiselect"
    ),
    "number_input": Case(gestures.line("7"), [{"set": "W", "value": 7}]),
    "number_input with a fraction": Case(
        gestures.line("2.5"), [{"set": "W", "value": 2.5}], of="number_input"
    ),
    "page_link": Case(gestures.link, [{"click": "W"}], alone=True),
    "pagination": Case(
        gestures.page_number,
        [{"set": "W", "value": 3}],
    ),
    "pills": Case(gestures.words("blue"), [{"set": "W", "value": "blue"}], of="button_group"),
    "plotly_chart": Case(
        gestures.plotted,
        [{"select": "W", "points": [1]}],
    ),
    "popover": Case(gestures.button, [{"set": "W", "value": True}], alone=True),
    "pydeck_chart": Case(
        gestures.canvas(0.5, 0.5),
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
        alone=True,
    ),
    "radio": Case(gestures.words("blue"), [{"set": "W", "value": "blue"}]),
    "segmented_control": Case(
        gestures.words("blue"), [{"set": "W", "option": 1}], of="button_group"
    ),
    "select_slider": Case(
        gestures.keys("slider", "ArrowRight"), [{"set": "W", "value": "mid"}], of="slider"
    ),
    "selectbox": Case(gestures.typed("bl"), [{"set": "W", "value": "blue"}]),
    "selectbox with a new option": Case(
        gestures.typed("pink"), [{"set": "W", "value": "pink"}], of="selectbox"
    ),
    "slider": Case(gestures.keys("slider", "ArrowRight"), [{"set": "W", "value": 4}]),
    "slider over dates": Case(
        gestures.keys("slider", "ArrowRight"), [{"set": "W", "value": "2025-03-06"}], of="slider"
    ),
    "slider with two ends": Case(
        gestures.keys("slider", "ArrowRight"), [{"set": "W", "value": [0.2, 0.51]}], of="slider"
    ),
    "tabs": Case(gestures.words("Two"), [{"set": "tabs#0", "value": "Two"}], of="tab_container"),
    "text_area": Case(
        gestures.line("one\ntwo", "Control+Enter"), [{"set": "W", "value": "one\ntwo"}]
    ),
    "text_input": Case(gestures.line("hello"), [{"set": "W", "value": "hello"}]),
    "time_input": Case(gestures.segments("1145", "11:45"), [{"set": "W", "value": "11:45"}]),
    "toggle": Case(gestures.its_name, [{"set": "W", "value": True}], of="checkbox"),
    "vega_lite_chart": Case(
        gestures.bar,
        [{"select": "W", "value": {"pick": [{"name": "Bo", "hours": 2}]}}],
    ),
}


def group_of(name: str) -> str:
    """Inputs share a page, as far as they leave each other in peace."""
    if CASES[name].alone:
        return name
    return "charts" if name.endswith("_chart") else "inputs"


GROUPS = {
    group: [name for name in CASES if group_of(name) == group and not missing(name)]
    for group in sorted({group_of(name) for name in CASES})
}
GROUPS = {group: names for group, names in GROUPS.items() if names}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve(APP) as running:
        yield running


@pytest.fixture(scope="module")
def by_scenario() -> Iterator[Mapping[str, Future[Mapping[str, str]]]]:
    """By group, what the driver came to; on a thread, as the browser's event loop is in ours."""
    with ThreadPoolExecutor(1) as pool:
        yield {group: pool.submit(driven, names) for group, names in GROUPS.items()}


def driven(names: Sequence[str]) -> Mapping[str, str]:
    """What the page said of each input after its steps."""
    steps = {name: _named(CASES[name].steps, name) for name in names}
    pages = driven_pages(APP, [step for each in steps.values() for step in each], query_of(names))
    found, done = {}, 0
    for name in names:
        done += len(steps[name])
        found[name] = next(text for text in pages[done] if text.startswith(f"{name} got "))
    return found


def _named(steps: Steps, name: str) -> Steps:
    return [{word: name if value == "W" else value for word, value in s.items()} for s in steps]


def query_of(names: Sequence[str]) -> str:
    return urlencode([("input", name) for name in names])


class Pages:
    """The page of each group in Chromium, loaded when it is asked for first."""

    def __init__(self, tab: Page, url: str) -> None:
        self._tab, self._url = tab, url
        self._group = ""

    def input(self, name: str) -> Input:
        group = group_of(name)
        if group != self._group:
            self._tab.goto(f"{self._url}?{query_of(GROUPS[group])}")
            said(self._tab, GROUPS[group][-1]).wait_for()
            self._group = group
        number = list(CASES).index(name)
        return Input(name, self._tab.locator(f".st-key-input_{number}"), self._tab)


def said(tab: Page, name: str) -> Locator:
    """The text that says what the script got."""
    return tab.get_by_text(re.compile(rf"^{re.escape(name)} got ")).first


@pytest.fixture(scope="module")
def pages(browser: Browser, served: Served) -> Iterator[Pages]:
    """In a browser with a camera, a microphone and a graphics card that are none."""
    equipped = browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*ARGUMENTS, *MEDIA, *DRAWING]
    )
    context = equipped.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    tab = context.new_page()
    tab.on("popup", lambda other: other.close())
    yield Pages(tab, served.url)
    equipped.close()


NAMES: list[str] = sorted(CASES, key=group_of)


@pytest.mark.parametrize("name", NAMES)
def test_the_script_gets_the_same(
    name: str, pages: Pages, by_scenario: Mapping[str, Future[Mapping[str, str]]]
) -> None:
    if missing(name):
        pytest.skip("not in this version")
    case, expected = CASES[name], by_scenario[group_of(name)].result()[name]
    on = pages.input(name)
    got = said(on.page, name)
    assert got.inner_text() != expected
    case.gesture(on)
    for patience in ANSWER_MS:
        try:
            expect(got).to_have_text(expected, timeout=patience)
            return
        except AssertionError:
            (case.again or case.gesture)(on)
    expect(got).to_have_text(expected)


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
