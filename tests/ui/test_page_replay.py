"""The page at a moment, replayed by the front end of the Streamlit that is installed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit
from flask import Response
from frontend import bundle
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Route, expect
from sqlalchemy import text
from support import SAMPLES, Recorded, Steps, record
from ui import handmade

from rerun_trace.db.store import TraceStore
from rerun_trace.web.app import create_app
from rerun_trace.web.replay import streamlit_files as frontend
from rerun_trace.web.server.serving import RunningServer, serve

pytestmark = pytest.mark.ends

HOST = """<!doctype html><html lang="en"><head><title>host</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/base.css"><link rel="stylesheet" href="/static/pageview.css">
<script type="module" src="/host.js"></script></head><body></body></html>"""
# A page with nothing but the view; `show(...)` moves it to another moment.
SCRIPT = """
import { render } from "preact";
import { PageView } from "./replay/pageview";
document.body.style.height = "100vh";
const props = {
  recording: 1, moment: null, as: "sent", lit: null, onAs: (as) => show({ as }),
  onWrite: (run, step) => { document.title = `run ${run}, step ${step}`; },
};
window.show = (more) => {
  Object.assign(props, more);
  render(<PageView {...props} />, document.body);
};
"""
AFTER = 9_999  # a step after the last one: the end of the run


@pytest.fixture(scope="module")
def script() -> str:
    return bundle(SCRIPT)


@pytest.fixture
def server(store: TraceStore, script: str) -> Iterator[RunningServer]:
    app = create_app(store)
    app.add_url_rule("/host", "host", lambda: HOST)
    app.add_url_rule("/host.js", "script", lambda: Response(script, mimetype="text/javascript"))
    server = serve(app)
    yield server
    server.close()


@pytest.fixture
def page(page: Page) -> Page:
    page.set_default_timeout(30_000)  # the front end is megabytes of script
    page.goto("/host")
    return page


def drive(store: TraceStore, app: Path, *steps: dict[str, Any]) -> Recorded:
    """Records an app; on a thread of its own, because this one has the browser's event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(record, app, list(steps), Path(store.location)).result()


def show(page: Page, run: int, step: int = AFTER, as_: str = "sent", **more: Any) -> FrameLocator:
    """Moves to a moment, and waits until the frame shows it."""
    page.evaluate(
        "props => window.show(props)", {"moment": {"run": run, "step": step}, "as": as_, **more}
    )
    expect(page.locator(f".pageview[data-shown='{run} {step} {as_}']")).to_be_visible(
        timeout=30_000
    )
    return page.frame_locator("iframe")


def badges(frame: FrameLocator) -> Locator:
    return frame.locator("#rerun-trace-marks button:visible")


def heading(frame: FrameLocator, name: str) -> Locator:
    return frame.get_by_role("heading", name=name, exact=True)


def test_the_page_goes_forth_and_back_in_one_frame(page: Page, store: TraceStore) -> None:
    drive(store, SAMPLES / "rerun.py", {"click": "Foo"})
    frame = show(page, 1)
    expect(heading(frame, "Title")).to_be_visible()
    frame.locator("body").evaluate("body => { body.dataset.first = 'yes' }")
    frame = show(page, 2, as_="written")
    expect(heading(frame, "Title")).to_be_visible()
    expect(badges(frame)).to_have_text(["1", "2"])
    frame = show(page, 2)
    expect(heading(frame, "Title")).to_be_visible()
    frame = show(page, 3, 0)
    expect(heading(frame, "Title")).to_be_visible()
    expect(badges(frame)).to_have_count(0)
    frame = show(page, 3)
    expect(heading(frame, "Foo")).to_be_visible()
    expect(heading(frame, "Title")).to_have_count(0)
    frame = show(page, 1)
    expect(heading(frame, "Title")).to_be_visible()
    expect(heading(frame, "Foo")).to_have_count(0)
    expect(frame.locator("body[data-first=yes]")).to_have_count(1)


def test_a_page_is_empty_before_its_first_write(page: Page, store: TraceStore) -> None:
    drive(store, SAMPLES / "rerun.py")
    frame = show(page, 1)
    expect(heading(frame, "Title")).to_be_visible()
    frame = show(page, 1, 0)
    expect(heading(frame, "Title")).to_have_count(0)
    page.get_by_role("button", name="as a list").click()
    expect(page.get_by_text("Nothing is on the page yet.")).to_be_visible()


def test_the_writes_are_numbered_in_their_order(page: Page, store: TraceStore) -> None:
    recorded = drive(store, SAMPLES / "container.py", {"click": "Baz"})
    frame = show(page, 2)
    expect(badges(frame)).to_have_text(["1", "2", "▲3"])
    late = badges(frame).nth(2)
    assert (
        top(late)
        < top(badges(frame).nth(1))
        == pytest.approx(top(frame.get_by_role("button", name="Baz", exact=True)), abs=25)
    )
    expect(late).to_have_attribute("aria-label", "write 3: heading “Baz”, out of order")
    late.click()
    with recorded.store() as reading:
        write = reading.container_writes(1, 2)[2]
    expect(page).to_have_title(f"run 2, step {write.step}")
    page.get_by_role("button", name="numbers").click()
    expect(badges(frame)).to_have_count(0)
    show(page, 2, lit=write.message)
    expect(frame.locator("#rerun-trace-marks div:visible")).to_have_count(1)


NESTED = """\
import streamlit as st

st.sidebar.text("in the sidebar")
left, right = st.columns(2)
right.text("at the right")
left.text("at the left")
with st.expander("More", expanded=True):
    one, two = st.columns([1, 2])
    two.text("second of more")
    one.text("first of more")
first, second = st.tabs(["A", "B"])
second.text("in tab B")
first.text("in tab A")
place = st.empty()
st.text("below the place")
with place.container():
    st.text("in the place")
st.text("the end")
"""


def test_each_number_is_at_its_element(page: Page, store: TraceStore, tmp_path: Path) -> None:
    app = tmp_path / "nested.py"
    app.write_text(NESTED)
    drive(store, app)
    frame = show(page, 1)
    names = [
        *("in the sidebar", "at the right", "at the left", "second of more", "first of more"),
        *("in tab A", "below the place", "in the place", "the end"),
    ]
    for name in names:
        badge = frame.get_by_role("button", name=f"text “{name}”")
        expect(badge).to_be_visible()
        place = frame.get_by_text(name, exact=True)
        assert top(badge) == pytest.approx(top(place), abs=20)
        assert 0 < left_of(place) - left_of(badge) < 60
    expect(frame.get_by_role("button", name="text “in tab B”")).to_be_hidden()
    expect(frame.get_by_role("button", name="expander “More”")).to_be_visible()


def test_a_number_is_made_when_its_element_comes_into_sight(
    page: Page, store: TraceStore, tmp_path: Path
) -> None:
    (tmp_path / "long.py").write_text(LONG)
    drive(store, tmp_path / "long.py")
    frame = show(page, 1)
    made = frame.locator("#rerun-trace-marks button")
    expect(badges(frame).first).to_have_text("1")
    assert made.count() < 40
    for n in (59, 30):
        frame.get_by_text(f"text {n}", exact=True).scroll_into_view_if_needed()
        expect(badges(frame).filter(has_text=f"{n + 1}")).to_be_visible()
    numbers = [int(each) for each in made.all_text_contents()]
    assert numbers == sorted(numbers)  # as whoever tabs through them goes


def test_a_dialog_opens_and_closes(page: Page, store: TraceStore) -> None:
    drive(store, SAMPLES / "dialog.py", {"click": "Rename"}, {"click": "Save"})
    frame = show(page, 2)
    expect(frame.get_by_role("dialog")).to_contain_text("New title")
    frame = show(page, 1)
    expect(frame.get_by_role("dialog")).to_have_count(0)
    frame = show(page, 2)
    expect(frame.get_by_role("dialog")).to_contain_text("New title")


def test_nothing_happens_in_the_past(page: Page, store: TraceStore) -> None:
    drive(store, SAMPLES / "rerun.py")
    frame = show(page, 1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    frame.get_by_role("button", name="Foo", exact=True).click()
    expect(heading(frame, "Title")).to_be_visible()
    show(page, 1, 0)
    assert [url for url in asked if "/api/" not in url and "/static/" not in url] == []


def test_the_frame_reaches_nothing(page: Page, store: TraceStore, server: RunningServer) -> None:
    drive(store, SAMPLES / "rerun.py")
    show(page, 1)
    reach = "() => { try { return parent.document.title } catch (error) { return error.name } }"
    (frame,) = (frame for frame in page.frames if "/replay/" in frame.url)
    assert frame.evaluate(reach) == "SecurityError"
    assert frame.evaluate("() => origin") == "null"
    # Nor does the same page in a tab of its own.
    page.goto("/recordings/1/replay/")
    assert page.evaluate("() => origin") == "null"


def test_another_version_is_a_list(page: Page, store: TraceStore) -> None:
    info = replace(handmade.INFO, streamlit="1.0.0", complete=True)
    records = [*handmade.first_load(), *handmade.halted_click(1, 2, 3200, 3)]
    handmade.keep(store, info, records)
    page.evaluate("show({ moment: { run: 3, step: 9999 } })")
    expect(page.get_by_role("status")).to_contain_text(
        f"Recorded with Streamlit 1.0.0, and {frontend.version()} is installed"
    )
    expect(page.locator(".page-list li").first).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)


def test_as_a_list(page: Page, store: TraceStore) -> None:
    drive(store, SAMPLES / "container.py", {"click": "Baz"})
    show(page, 2)
    page.get_by_role("button", name="as a list").press("Enter")
    items = page.locator(".page-item")
    expect(items).to_have_count(3)
    expect(items.nth(0)).to_contain_text("1 container")
    expect(items.nth(1)).to_contain_text("3 heading “Baz” line 17 · ▲ out of order")
    items.nth(2).get_by_role("button").press("Enter")
    expect(page).to_have_title("run 2, step 5")


def top(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"]


def left_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["x"]


def test_widgets_show_what_was_typed_and_picked(
    page: Page, store: TraceStore, tmp_path: Path
) -> None:
    app = tmp_path / "typing.py"
    app.write_text(
        """
import streamlit as st
st.text_input("Name")
st.checkbox("More")
st.selectbox("Size", ["S", "M", "L"])
st.multiselect("Tags", ["old", "new"])
st.number_input("Amount", value=1)
st.slider("Level", 0, 9, 2)
st.text_input("Word", type="password")
st.text_input("Set", key="set")
with st.form("form", clear_on_submit=True):
    st.text_input("Comment")
    st.form_submit_button("Send")
def change():
    st.session_state["set"] = "by the script"
st.button("Change", on_click=change)
"""
    )
    drive(
        store,
        app,
        {"set": "Name", "value": "Ann"},
        {"set": "More", "value": True},
        {"set": "Size", "value": "L"},
        {"set": "Tags", "value": ["new"]},
        {"set": "Amount", "value": 7},
        {"set": "Level", "value": 5},
        {"set": "Word", "value": "quiet"},
        {"set": "Set", "value": "by hand"},
        {"set": "Comment", "value": "fine"},
        {"submit": "Send"},
        {"click": "Change"},
    )
    frame = show(page, 9)
    box = frame.get_by_role("textbox", name="Name")
    expect(box).to_have_value("Ann")
    expect(frame.get_by_role("checkbox")).to_be_checked()
    size = frame.get_by_test_id("stSelectbox").locator("input")
    assert "L" in (size.input_value() or size.get_attribute("aria-label") or "")  # by version
    expect(frame.get_by_test_id("stMultiSelect")).to_contain_text("new")
    expect(frame.get_by_role("spinbutton", name="Amount")).to_have_value("7")
    expect(frame.get_by_test_id("stSlider")).to_contain_text("5")
    expect(frame.locator('input[aria-label="Word"]')).to_have_value("")
    expect(frame.get_by_role("textbox", name="Set")).to_have_value("by hand")

    show(page, 11)
    expect(frame.get_by_role("textbox", name="Comment")).to_have_value("")
    expect(frame.get_by_role("textbox", name="Set")).to_have_value("by the script")

    show(page, 1)
    expect(box).to_have_value("")
    expect(frame.get_by_role("checkbox")).not_to_be_checked()
    expect(frame.get_by_role("textbox", name="Set")).to_have_value("")


def test_numbers_are_switched_off_while_a_page_is_loading(page: Page, store: TraceStore) -> None:
    drive(store, SAMPLES / "rerun.py")
    page.evaluate("props => window.show(props)", {"moment": {"run": 1, "step": AFTER}})
    page.get_by_role("button", name="numbers").click()
    frame = show(page, 1)
    expect(heading(frame, "Title")).to_be_visible()
    expect(badges(frame)).to_have_count(0)


def test_dates_pills_and_stars_show_what_was_picked(
    page: Page, store: TraceStore, tmp_path: Path
) -> None:
    app = tmp_path / "picking.py"
    app.write_text(
        """
import datetime as dt
import streamlit as st
st.slider("Day", dt.date(2026, 1, 1), dt.date(2026, 12, 31), dt.date(2026, 2, 1))
st.slider("Hour", dt.time(0), dt.time(23), dt.time(5))
st.pills("Tags", ["old", "new", "odd"], selection_mode="multi")
if hasattr(st, "datetime_input"):
    st.datetime_input("Both", dt.datetime(2026, 1, 2, 8, 45))
    st.feedback("thumbs", key="thumbs")
"""
    )
    steps: Steps = [
        {"set": "Day", "value": "2026-05-06"},
        {"set": "Hour", "value": "07:30"},
        {"set": "Tags", "value": ["new", "odd"]},
    ]
    has_newer = hasattr(streamlit, "datetime_input")
    newer: Steps = [{"set": "Both", "value": "2026-03-04T10:15:00"}, {"set": "thumbs", "value": 1}]
    drive(store, app, *steps, *(newer if has_newer else []))
    frame = show(page, 6 if has_newer else 4)
    sliders = frame.get_by_test_id("stSlider")
    expect(sliders.nth(0)).to_contain_text("2026-05-06")
    expect(sliders.nth(1)).to_contain_text("07:30")
    picked = frame.locator("[aria-pressed='true'], [data-testid='stBaseButton-pillsActive']")
    expect(picked).to_have_text(["new", "odd"])
    if has_newer:
        expect(frame.get_by_test_id("stDateTimeInput")).to_contain_text("10")
        up = frame.get_by_role("radio", name="Thumbs up")
        expect(up).to_have_attribute("aria-checked", "true")


def test_a_widget_that_came_back_shows_what_it_begins_with(
    page: Page, store: TraceStore, tmp_path: Path
) -> None:
    app = tmp_path / "back.py"
    app.write_text(
        """
import streamlit as st
if st.checkbox("More"):
    st.text_input("Name", "nobody")
"""
    )
    steps: Steps = [{"set": "More", "value": True}, {"set": "Name", "value": "Ann"}]
    drive(store, app, *steps, {"set": "More", "value": False}, steps[0], {"rerun": True})
    frame = show(page, 3)
    box = frame.get_by_role("textbox", name="Name")
    expect(box).to_have_value("Ann")
    for run in (5, 6):
        show(page, run)
        expect(box).to_have_value("nobody")


LONG = """\
import streamlit as st
for n in range(60):
    st.text(f"text {n}")
"""


def test_the_page_scrolls_to_the_write_of_the_moment(
    page: Page, store: TraceStore, tmp_path: Path
) -> None:
    app = tmp_path / "long.py"
    app.write_text(LONG)
    drive(store, app)
    writes = store.container_writes(1, 1)
    frame = show(page, 1)
    first, last = (frame.get_by_text(f"text {n}", exact=True) for n in (0, 59))
    expect(first).to_be_in_viewport()
    expect(last).not_to_be_in_viewport()
    show(page, 1, lit=writes[59].message)
    expect(last).to_be_in_viewport()
    show(page, 1, lit=writes[0].message)
    expect(first).to_be_in_viewport()


def test_the_page_keeps_up_with_moments_that_go_by_fast(
    page: Page, store: TraceStore, tmp_path: Path
) -> None:
    # GIVEN a page that takes longer to be read than the next moment takes to come
    app = tmp_path / "long.py"
    app.write_text(LONG)
    drive(store, app)
    show(page, 1, 0)

    def slowly(route: Route) -> None:
        time.sleep(0.1)
        route.continue_()

    page.route("**/runs/1/page?**", slowly)
    # WHEN moments go by, as they do while a script writes on
    shown = page.evaluate(
        """async () => {
          const shown = new Set();
          const view = document.querySelector(".pageview");
          for (let step = 1; step <= 60; step++) {
            window.show({ moment: { run: 1, step } });
            await new Promise((resolve) => setTimeout(resolve, 30));
            shown.add(view.dataset.shown);
          }
          return shown.size;
        }"""
    )
    # THEN some of them are seen on the way
    assert shown > 2


# What a script of the recorded app may try, which runs in the same window as ours.
FORGED = """() => {
  window.stolen = [];
  const post = window.postOfPorts = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (...all) {
    stolen.push(this);
    post.apply(this, all);
  };
  for (const name of ["data", "ports", "target", "currentTarget"]) {
    const owner = name in MessageEvent.prototype && ["data", "ports"].includes(name)
      ? MessageEvent.prototype : Event.prototype;
    const { get } = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { configurable: true, get() {
      const found = get.call(this);
      for (const each of [found, ...(Array.isArray(found) ? found : [])])
        if (each instanceof MessagePort) stolen.push(each);
      return found;
    } });
  }
  const { apply } = Reflect;
  Reflect.apply = (what, on, all) => {
    if (on instanceof MessagePort) stolen.push(on);
    return apply(what, on, all);
  };
  Function.prototype.call = function (on, ...all) {
    if (on instanceof MessagePort) stolen.push(on);
    return apply(this, on, all);
  };
  const init = { key: "ArrowRight", bubbles: true };
  for (const message of [
    { kind: "key", init }, { kind: "write", run: 1, step: 2 }, { kind: "why", message: 1 },
    { kind: "ready" }, { kind: "shown", n: 99 },
  ]) {
    parent.postMessage({ rerunTrace: message }, "*");
    top.postMessage({ rerunTrace: message }, "*");
  }
  addEventListener("message", ({ ports }) => stolen.push(...ports), { capture: true });
  document.body.dispatchEvent(new KeyboardEvent("keydown", init));
  document.querySelector("#rerun-trace-marks button").click();
  document.querySelector("#rerun-trace-marks button")
    .dispatchEvent(new MouseEvent("click", { bubbles: true }));
}"""


PRESSED = """() => stolen.forEach(
  (port) => postOfPorts.apply(port, [{ kind: "key", init: { key: "End" } }]),
)"""


def test_a_recorded_script_presses_no_keys_of_the_studio(page: Page, store: TraceStore) -> None:
    drive(store, SAMPLES / "rerun.py", {"click": "Foo"})
    frame = show(page, 2, as_="written")
    page.evaluate("window.keys = []; addEventListener('keydown', ({ key }) => keys.push(key))")
    page.evaluate("document.title = 'none'")
    expect(badges(frame)).to_have_count(2)
    frame.locator("body").evaluate(FORGED)
    page.wait_for_timeout(500)
    assert page.evaluate("[window.keys, document.title]") == [[], "none"]
    # A person's own click and key work on, and give the script nothing into its hands.
    badges(frame).first.click()
    expect(page).to_have_title("run 2, step 4")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert page.evaluate("window.keys") == ["ArrowRight"]
    frame = show(page, 3)
    expect(heading(frame, "Foo")).to_be_visible()
    # Streamlit's own front end has channels, too: of those that it got hold of, none leads out.
    frame.locator("body").evaluate(PRESSED)
    page.wait_for_timeout(500)
    assert page.evaluate("window.keys") == ["ArrowRight"]


TRY = "let said; try { new RTCPeerConnection(); said = 'open' } catch { said = 'closed' };"
# A component, and one that first makes what it likes of texts, and then a frame in its own.
RTC_APP = f'''\
import streamlit as st
import streamlit.components.v1 as components

TRY = {TRY!r}
st.title("Title")
components.html(f"<body><script>{{TRY}} document.body.append('component ' + said)</script></body>")
inner = f"<body><scr|ipt>{{TRY}} document.body.append('inner ' + said)</scr|ipt></body>"
components.html(f"""<!doctype html><body><script>
const html = {{inner!r}}.split("|").join("");
String.prototype.replace = String.prototype.slice = function () {{{{ return String(this); }}}};
RegExp.prototype.exec = () => null;
Function.prototype.call = () => {{{{}}}};
const frame = document.createElement("iframe");
frame.srcdoc = html;
document.body.append(frame);
</script></body>""")
'''


def test_there_is_no_webrtc_in_the_replay(
    browser: Browser, server: RunningServer, store: TraceStore, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    page.goto("/host")
    app = tmp_path / "app.py"
    app.write_text(RTC_APP)
    drive(store, app)
    frame = show(page, 1)
    assert (
        frame.locator("body").evaluate(
            "() => { try { return String(new RTCPeerConnection()); } catch { return 'closed'; } }"
        )
        == "closed"
    )
    component = frame.frame_locator("iframe").nth(0)
    expect(component.locator("body")).to_contain_text("component closed")
    inner = frame.frame_locator("iframe").nth(1).frame_locator("iframe")
    expect(inner.locator("body")).to_contain_text("inner closed")
    context.close()


@pytest.mark.first_row
def test_a_page_of_thousands_of_elements_is_shown(
    page: Page, store: TraceStore, tmp_path: Path
) -> None:
    app = tmp_path / "app.py"
    app.write_text("import streamlit as st\nfor n in range(1200):\n    st.write(f'Line {n}')\n")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    drive(store, app)
    page.evaluate("show({ moment: { run: 1, step: 9999 } })")
    # WHILE it is drawn, that is said
    expect(page.get_by_text("Drawing 1,200 elements …")).to_be_visible()
    expect(page.locator("[data-shown]")).to_be_visible(timeout=120_000)
    # THEN all of it is there
    expect(page.get_by_text("Drawing")).to_have_count(0)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Line 0", exact=True)).to_be_attached()
    expect(frame.get_by_text("Line 1199", exact=True)).to_be_attached()
    assert len([url for url in asked if "/bodies" in url]) <= 8
    # AND as text, a thousand lines at first
    page.get_by_role("button", name="as a list").click()
    lines = page.locator(".page-item")
    first = lines.count()
    assert first <= 1000
    page.get_by_role("button", name="more lines: show").click()
    expect(lines).to_have_count(1200)


def test_a_message_that_was_not_kept_costs_its_place_alone(page: Page, store: TraceStore) -> None:
    drive(store, SAMPLES / "rerun.py")
    heading = next(m for m in store.messages(1) if m.type == "delta")
    with store._engine.begin() as connection:
        gone = {"hash": heading.body}
        connection.execute(text("UPDATE message_bodies SET data = NULL WHERE hash = :hash"), gone)
    frame = show(page, 1)
    expect(frame.get_by_text("What was here was not kept.")).to_be_visible()
    expect(frame.get_by_role("button", name="Foo", exact=True)).to_be_visible()
