"""An app with every kind of element that Streamlit shows without a network."""

import datetime
import json
import sys
from types import ModuleType

import pandas as pd
import streamlit as st
import streamlit.components.v1 as components

DATA = pd.DataFrame({"name": ["Ann", "Bo", "Cy"], "hours": [1, 2, 3]})
DAY = datetime.date(2025, 3, 5)

st.title("Every element")
st.header("Header", divider="blue")
st.subheader("Subheader")
st.caption("A caption")
st.text("Plain text")
st.markdown("**Bold**, *slanted*, `code`, :red[red], :material/home:, :rocket:, $x^2$\n\n- a\n- b")
st.markdown("```python\nprint('in Markdown')\n```")
st.markdown("```mermaid\ngraph LR\n  a --> b\n```")
st.markdown("<b style='color: green'>HTML</b>", unsafe_allow_html=True)
st.latex(r"\sum_{i=0}^{n} i = \frac{n(n+1)}{2}")
st.code("def f(x):\n    return x + 1", line_numbers=True)
st.divider()
st.write("Written", DATA)
st.table(DATA)
st.data_editor(DATA, key="editor")
left, right = st.columns(2)
left.metric("Metric", 42, delta=-3)
right.json({"a": [1, 2, {"b": None}]})
st.line_chart(DATA, x="name", y="hours")
st.bar_chart(DATA, x="name", y="hours")
st.vega_lite_chart(DATA, {"mark": "point", "encoding": {"x": {"field": "hours"}}})
st.graphviz_chart("digraph { rankdir=LR; a -> b -> c }")
package, io, tools = (ModuleType(f"plotly{part}") for part in ("", ".io", ".tools"))
vars(package).update(io=io, tools=tools)
vars(io)["to_json"] = lambda figure, validate: json.dumps(figure)
vars(tools)["return_figure_from_figure_or_data"] = lambda figure, validate_figure: figure
# Plotly's Python package only makes the figure's JSON: it need not be installed for this.
sys.modules.update({"plotly": package, "plotly.io": io, "plotly.tools": tools})
bars = {"type": "bar", "x": ["a", "b"], "y": [1, 2]}
st.plotly_chart({"data": [bars], "layout": {"height": 250}})
if hasattr(st, "echarts_chart"):
    option = {"xAxis": {"data": ["a", "b"]}, "yAxis": {}, "animation": False}
    st.echarts_chart({**option, "series": [{"type": "bar", "data": [1, 2]}]})
st.image("<svg xmlns='http://www.w3.org/2000/svg' width='90' height='40'><circle r='30'/></svg>")
PNG = (
    "89504e470d0a1a0a0000000d4948445200000002000000010800000000d14920560000000b49444154789c6360f80f"
    "000102010042bebc680000000049454e44ae426082"
)
st.image(bytes.fromhex(PNG), width=120)
st.button("Button", icon=":material/star:")
st.download_button("Download", "text", on_click=None)
st.link_button("Link", "http://localhost/")
st.checkbox("Checkbox", value=True)
st.toggle("Toggle")
st.radio("Radio", ["a", "b"], horizontal=True, help="What it is")
st.selectbox("Select", ["a", "b"])
st.multiselect("Multi", ["a", "b"], default=["a"])
st.slider("Slider", 0, 10, (2, 5))
st.select_slider("Select slider", ["a", "b", "c"])
st.text_input("Text", "value")
st.number_input("Number", value=7)
st.text_area("Area", "value")
st.date_input("Date", DAY)
st.time_input("Time", datetime.time(8, 30))
st.color_picker("Colour", "#0b5fa5")
st.file_uploader("Upload")
st.pills("Pills", ["a", "b"])
st.segmented_control("Segments", ["a", "b"])
st.feedback("stars")
with st.form("form"):
    st.text_input("In a form")
    st.form_submit_button("Send")
with st.container(border=True):
    st.text("in a container")
with st.expander("Expander", expanded=True):
    st.text("in an expander")
with st.popover("Popover"):
    st.text("in a popover")
with st.status("Status", expanded=True):
    st.text("in a status")
one, two = st.tabs(["One", "Two"])
one.text("in a tab")
with st.chat_message("user"):
    st.text("in a message")
st.progress(40, text="Progress")
st.info("Info", icon=":material/info:")
st.warning("Warning")
st.error("Error")
st.success("Success")
st.exception(ValueError("an exception"))
st.help(len)
with st.echo():
    st.text("echoed")
st.html("<p style='color: teal'>html</p>")
components.html("<p>component</p><script>document.body.append('ran')</script>", height=70)
st.sidebar.text("in the sidebar")
st.chat_input("Chat")
st.text("the end")
