"""`rerun-trace app.py` as a user meets it: a real server, a real browser, real apps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from support import SAMPLES
from ui.live import WAIT_MS, actions, click, framed, live, open_app, open_studio, runs_of, until

pytestmark = pytest.mark.first_row


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_file_is_uploaded_in_the_frame(
    host: str, context: BrowserContext, tmp_path: Path
) -> None:
    """Streamlit refuses one from a frame whose page has another host name."""
    app = tmp_path / "app.py"
    app.write_text(
        "import streamlit as st\nfile = st.file_uploader('File')\n"
        "if file:\n    st.header(file.read().decode())\n"
    )
    with live(app, tmp_path, "--server.baseUrlPath", "course/one") as started:
        page = framed(open_studio(context, started, host))
        page.locator("input[type=file]").set_input_files(
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"uploaded"}
        )
        expect(page.get_by_role("heading", name="uploaded")).to_be_visible(timeout=WAIT_MS)
        started.interrupt()
        assert started.ended()[0] == 0


def test_the_width_of_the_app(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        studio = open_studio(context, started)
        bar = studio.get_by_role("separator", name="Width of the app")
        bar.focus()
        before = int(bar.get_attribute("aria-valuenow") or 0)
        studio.keyboard.press("ArrowRight")
        expect(bar).to_have_attribute("aria-valuenow", str(before + 2))
        box = bar.bounding_box()
        assert box
        studio.mouse.move(box["x"] + 2, 400)
        studio.mouse.down()
        studio.mouse.move(288, 400)  # over the frame: 20 % of the window
        studio.mouse.up()
        expect(bar).to_have_attribute("aria-valuenow", "20")
        studio.get_by_role("button", name="Hide the app").click()
        expect(studio.locator("iframe[title='The app']")).to_be_hidden()
        studio.reload()
        expect(studio.locator("iframe[title='The app']")).to_be_hidden()
        studio.get_by_role("button", name="Show the app").click()
        expect(bar).to_have_attribute("aria-valuenow", "20")
        expect(studio.locator("iframe[title='The app']")).to_be_visible()


def test_an_app_whose_modules_are_called_like_ours(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "shadow_names" / "app.py", tmp_path) as started:
        page = open_app(context, started)
        for text in ("db: my table", "web: ", "tracer: ", "config: ", "model: "):
            expect(page.get_by_text(text).first).to_be_visible(timeout=WAIT_MS)
        click(page, started, "Count up")
        started.interrupt()
        assert started.ended()[0] == 0
        files = {file for run in started.facts()["runs"] for file, _ in run["lines"]}
        assert files == {"app.py", "config.py", "db.py", "model.py", "tracer.py", "web.py"}


def test_editing_the_source(context: BrowserContext, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text("import streamlit as st\nst.header('Before')\n")
    options = ("--server.runOnSave", "true", "--server.fileWatcherType", "poll")
    with live(app, tmp_path, *options) as started:
        page = open_app(context, started)
        expect(page.get_by_role("heading", name="Before")).to_be_visible(timeout=WAIT_MS)
        app.write_text("import streamlit as st\nst.write('new')\nst.header('After')\n")
        expect(page.get_by_role("heading", name="After")).to_be_visible(timeout=WAIT_MS)
        until(lambda: started.runs() >= 2, "the run of the new source")
        started.interrupt()
        assert started.ended()[0] == 0
        facts = started.facts()
        edits = [n for n, action in enumerate(actions(facts)) if "edit_source" in action]
        assert edits
        last = runs_of(facts, edits[-1])[-1]
        assert last["outcome"] == "completed"
        assert last["lines"] == [["app.py", 1], ["app.py", 2], ["app.py", 3]]
        # Before the text of `st.write`, 1.40 writes an empty element.
        assert [write["label"] for write in last["writes"] if write["label"]] == ["new", "After"]


def test_two_tabs_are_two_app_sessions(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path) as started:
        first, second = open_app(context, started), open_app(context, started)
        click(second, started, "Foo", runs=2)
        expect(second.get_by_role("heading", name="Foo")).to_be_visible(timeout=WAIT_MS)
        expect(first.get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
        started.interrupt()
        assert started.ended()[0] == 0
        facts = started.facts()
        actions = [i["action"] for i in facts["interactions"]]
        assert actions == [{"load": True}, {"load": True}, {"click": "Foo"}]
        assert [run["app_session"] for run in facts["runs"]] == [1, 2, 2, 2]


def test_typing(context: BrowserContext, tmp_path: Path) -> None:
    """Streamlit 1.40's page sends a text a second time when the field loses focus."""
    app = tmp_path / "app.py"
    app.write_text(
        "import streamlit as st\nname = st.text_input('Name')\n"
        "if st.button('Greet'):\n    st.header(f'Hello {name}')\n"
    )
    with live(app, tmp_path) as started:
        page = open_app(context, started)
        page.get_by_label("Name").fill("Ann")
        page.get_by_label("Name").press("Enter")
        until(lambda: started.runs() >= 2, "the run of the text")
        started.interrupt()
        assert started.ended()[0] == 0
        facts = started.facts()
        load, *rest = actions(facts)
        assert load == {"load": True}
        assert rest
        assert all(action == {"set": "Name", "value": "Ann"} for action in rest)


def test_a_base_path(context: BrowserContext, tmp_path: Path) -> None:
    with live(SAMPLES / "rerun.py", tmp_path, "--server.baseUrlPath", "course/one") as started:
        assert started.app_url.endswith("/course/one")
        page = open_app(context, started)
        expect(page.get_by_role("heading", name="Title")).to_be_visible(timeout=WAIT_MS)
        started.interrupt()
        assert started.ended()[0] == 0


COUNTING = """\
import streamlit as st

n = st.session_state.setdefault("n", 0)
if st.button("More"):
    n = st.session_state.n = n + 1
st.write(f"seen {n}")
"""


def test_runs_that_are_let_go_leave_the_story(context: BrowserContext, tmp_path: Path) -> None:
    """Beside the app, as it happens; an address of one leads to what is kept."""
    app = tmp_path / "app.py"
    app.write_text(COUNTING)
    context.add_init_script('localStorage["rerun-trace-view"] = "story";')
    with live(app, tmp_path, ours=("--keep", "4 runs")) as started:
        page = open_studio(context, started)
        for n in range(1, 31):
            framed(page).get_by_role("button", name="More").click()
            expect(framed(page).get_by_text(f"seen {n}", exact=True)).to_be_visible(timeout=WAIT_MS)
        chips = page.get_by_role("button", name=re.compile("click More"))
        expect(page.locator(".where")).to_have_text(re.compile("^run 31, "), timeout=WAIT_MS)
        until(lambda: chips.count() < 30, "the end of the oldest chips")
        expect(page.get_by_role("button", name=re.compile("first load"))).to_have_count(0)
        page.locator(".headline").click()
        page.keyboard.press("Home")
        oldest = started.facts()["runs"][0]["n"]
        assert oldest > 1
        expect(page.locator(".where")).to_have_text(re.compile(f"^run {oldest}, step 0"))
        expect(page.locator(".pane-source .code")).to_be_visible()
        # WHEN somebody has an old address
        page.goto(f"{started.recording_url.partition('?')[0]}?run=1")
        expect(page.get_by_role("alert")).to_have_text(
            "run 1 of recording 1 is not kept any more: its limits say why"
        )
        page.get_by_role("link", name="What is kept of recording 1").click()
        expect(page.locator(".where")).to_have_text(re.compile("^run 31, "), timeout=WAIT_MS)
