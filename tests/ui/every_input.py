"""An app with the inputs of Streamlit that its address names: `?input=NAME&input=NAME`.

Each is called like its name, and beside it the page shows what the script got.
"""

import datetime
import json
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import streamlit as st
import streamlit.components.v1 as components

DATA = pd.DataFrame({"name": ["Ann", "Bo", "Cy"], "hours": [1, 2, 3]})
DAY = datetime.date(2025, 3, 5)


W = "page_link"  # the name of the input that is drawn: its label, or its key


def show(value: object) -> None:
    st.text(f"{W} got {value!r}")


def plain(value: object) -> object:
    """A selection without its types."""
    return json.loads(json.dumps(value, default=str))


def file(value: object) -> object:
    return value and (value.type, value.size > 0)  # type: ignore[attr-defined]


def altair() -> object:
    import altair as alt

    chart = alt.Chart(DATA, width=600).mark_bar(size=200).encode(x="name", y="hours")
    chart = chart.add_params(alt.selection_point("pick", fields=["name", "hours"]))
    return plain(st.altair_chart(chart, on_select="rerun", key=W))


def vega_lite() -> object:
    spec = {
        "width": 600,
        "mark": {"type": "bar", "size": 200},
        "params": [{"name": "pick", "select": {"type": "point", "fields": ["name", "hours"]}}],
        "encoding": {
            "x": {"field": "name", "type": "nominal"},
            "y": {"field": "hours", "type": "quantitative"},
        },
    }
    return plain(st.vega_lite_chart(DATA, spec, on_select="rerun", key=W))


def plotly() -> object:
    # Plotly's Python package only makes the figure's JSON: it need not be installed for this.
    package, io, tools = (ModuleType(f"plotly{part}") for part in ("", ".io", ".tools"))
    vars(package).update(io=io, tools=tools)
    vars(io)["to_json"] = lambda figure, validate: json.dumps(figure)
    vars(tools)["return_figure_from_figure_or_data"] = lambda figure, validate_figure: figure
    sys.modules.update({"plotly": package, "plotly.io": io, "plotly.tools": tools})
    bars = {"type": "bar", "x": ["a", "b", "c"], "y": [1, 2, 3]}
    return plain(st.plotly_chart({"data": [bars], "layout": {}}, on_select="rerun", key=W))


def pydeck() -> object:
    import pydeck

    layer = pydeck.Layer(
        "ScatterplotLayer",
        [{"position": [0, 0], "name": "Ann"}],
        id="people",
        get_position="position",
        get_radius=3_000_000,
        pickable=True,
    )
    view = pydeck.ViewState(latitude=0, longitude=0, zoom=1)
    deck = pydeck.Deck([layer], initial_view_state=view, map_style=None, map_provider=None)
    return plain(st.pydeck_chart(deck, on_select="rerun", key=W))


def echarts() -> object:
    options = {
        "xAxis": {"type": "category", "data": ["a", "b", "c"]},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "data": [1, 2, 3], "selectedMode": "single"}],
    }
    return plain(st.echarts_chart(options, on_select="rerun", key=W))


def form() -> object:
    with st.form("form"):
        name = st.text_input("Name")
        return st.form_submit_button(W), name


def editor() -> object:
    return st.data_editor(DATA, key=W)["name"].tolist()


def button_column() -> object:
    column = st.column_config.ButtonColumn(on_click=lambda: None, key="clicked")
    st.dataframe(DATA, column_config={"name": column}, key=W)
    return plain(st.session_state.get("clicked"))


def containers(kind: str) -> object:
    if kind == "tabs":
        one, two = st.tabs(["One", "Two"], key=W, on_change="rerun")
        return one.open, two.open
    box = (st.expander if kind == "expander" else st.popover)(
        W, key=f"{W} opens", on_change="rerun"
    )
    box.text("inside")
    return box.open


def dialog() -> object:
    def gone() -> None:
        st.session_state.gone = True

    @st.dialog(W, on_dismiss=gone)
    def ask() -> None:
        st.text_input("Name")

    if not st.session_state.get("asked"):
        st.session_state.asked = True
        ask()
    return st.session_state.get("gone")


def component_v1() -> object:
    folder = Path(__file__).with_name("every_input_component")
    return components.declare_component("five", path=str(folder))(key=W)


def component_v2() -> object:
    js = """export default (component) => {
        const [state, event] = component.parentElement.querySelectorAll("button");
        state.onclick = () => component.setStateValue("n", 5);
        event.onclick = () => component.setTriggerValue("pressed", 7);
    }"""
    html = "<button>State</button><button>Event</button>"
    draw = st.components.v2.component("both", html=html, js=js)
    got = draw(key=W, on_n_change=lambda: None, on_pressed_change=lambda: None)
    return got.n, got.pressed


def chat() -> object:
    return st.chat_input(W)


def chat_files() -> object:
    value = st.chat_input(W, accept_file="multiple")
    return value and (value.text, [(f.name, f.read()) for f in value.files])


INPUTS = {
    "altair_chart": altair,
    "audio_input": lambda: file(st.audio_input(W)),
    "button": lambda: st.button(W),
    "button_column": button_column,
    "camera_input": lambda: file(st.camera_input(W)),
    "chat_input": chat,
    "chat_input with files": chat_files,
    "checkbox": lambda: st.checkbox(W),
    "color_picker": lambda: st.color_picker(W, "#000000"),
    "component": component_v1,
    "component of the second kind": component_v2,
    "component's event": component_v2,
    "data_editor": editor,
    "dataframe": lambda: plain(
        st.dataframe(DATA, on_select="rerun", selection_mode="multi-row", key=W)
    ),
    "date_input": lambda: st.date_input(W, DAY).isoformat(),
    "datetime_input": lambda: str(st.datetime_input(W, datetime.datetime(2025, 3, 5, 9, 30))),
    "dialog": dialog,
    "download_button": lambda: st.download_button(W, "text"),
    "echarts_chart": echarts,
    "expander": lambda: containers("expander"),
    "feedback": lambda: st.feedback("stars", key=W),
    "file_uploader": lambda: [
        (f.name, f.type, f.read()) for f in st.file_uploader(W, accept_multiple_files=True)
    ],
    "form_submit_button": form,
    "link_button": lambda: st.link_button(W, "about:blank", on_click="rerun"),
    "menu_button": lambda: st.menu_button(W, ["One", "Two"]),
    "multiselect": lambda: st.multiselect(W, ["red", "blue"]),
    "multiselect with a new option": lambda: st.multiselect(
        W, ["red", "blue"], accept_new_options=True
    ),
    "number_input": lambda: st.number_input(W, 0, 10),
    "number_input with a fraction": lambda: st.number_input(W, 0.0, 10.0),
    "page_link": lambda: st.page_link(other, label=W),  # type: ignore[has-type]
    "pagination": lambda: st.pagination(5, key=W),
    "pills": lambda: st.pills(W, ["red", "blue"]),
    "plotly_chart": plotly,
    "popover": lambda: containers("popover"),
    "pydeck_chart": pydeck,
    "radio": lambda: st.radio(W, ["red", "blue"]),
    "segmented_control": lambda: st.segmented_control(W, ["red", "blue"]),
    "select_slider": lambda: st.select_slider(W, ["low", "mid", "high"]),
    "selectbox": lambda: st.selectbox(W, ["red", "blue"]),
    "selectbox with a new option": lambda: st.selectbox(
        W, ["red", "blue"], accept_new_options=True
    ),
    "slider": lambda: st.slider(W, 0, 10, 3),
    "slider over dates": lambda: st.slider(W, DAY, DAY + datetime.timedelta(days=9), DAY),
    "slider with two ends": lambda: st.slider(W, 0.0, 1.0, (0.2, 0.5)),
    "tabs": lambda: containers("tabs"),
    "text_area": lambda: st.text_area(W),
    "text_input": lambda: st.text_input(W),
    "time_input": lambda: str(st.time_input(W, datetime.time(9, 30))),
    "toggle": lambda: st.toggle(W),
    "vega_lite_chart": vega_lite,
}


def page() -> None:
    global W
    for W in st.query_params.get_all("input"):
        with st.container(key=f"input_{list(INPUTS).index(W)}"):
            show(INPUTS[W]())


other = st.Page(lambda: show("another page"), url_path="other", title="other")
st.navigation([st.Page(page, default=True, title="first"), other]).run()
