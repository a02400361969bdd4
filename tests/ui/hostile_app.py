"""An app whose HTML tries every way out of its page. The environment says where to."""

import os
from pathlib import Path

import streamlit as st
import streamlit.components.v1 as components

HOST = os.environ["HOSTILE_APP_REACHES"]  # host and port, of TCP and of UDP
HERE = f"http://{HOST}"
FOLDER = Path(__file__).parent
only = "leaving" if st.button("Leave") else "staying"


def text(name: str, at: str = "") -> str:
    """A file of this folder with everything put in. `at` names where it runs."""
    found = (FOLDER / name).read_text("utf-8").replace('"AT"', repr(at)).replace("ONLY", repr(only))
    return found.replace("HERE", HERE).replace("HOST", HOST)


html = text("hostile.html")
in_head = text("hostile.js", "head").replace("document.body", "document.documentElement")
components.html(f"<body>{html}<script>{text('hostile.js', 'component')}</script></body>", height=90)
components.html(f"<!doctype html><html><head><script>{in_head}</script></head></html>", height=30)
components.iframe(f"{HERE}/iframe", height=40)
st.markdown(html, unsafe_allow_html=True)
st.markdown(f"![x]({HERE}/markdown) <img src='{HERE}/markdown-html'>", unsafe_allow_html=True)
st.html(html)
st.image(f"{HERE}/image.png")
st.video(f"{HERE}/video.mp4")
st.audio(f"{HERE}/audio.mp3")
st.logo(f"{HERE}/logo.png")
try:
    st.html(f"<script>{text('hostile.js', 'html')}</script>", unsafe_allow_javascript=True)
except TypeError:
    pass  # an older version
if hasattr(st.components, "v2"):
    js = f"export default () => {{ {text('hostile.js', 'v2')} }}"
    st.components.v2.component("hostile", html="<i></i>", js=js)()
if only == "leaving":
    leave = f'<meta http-equiv="refresh" content="0; url={HERE}/refresh">'
    components.html(leave, height=20)
    st.markdown(leave, unsafe_allow_html=True)
    st.html(leave)
st.text("the end")
