"""An app with a `pages` folder: each page is a script of its own.

Look for: "Go to the report" halts this script with `st.switch_page`, and another script runs in
its place. What was put into the session state is still there on the other page.
"""

import streamlit as st

st.title("Start")
name = st.text_input("Your name", "Ada")

if st.button("Go to the report"):
    st.session_state.reader = name
    st.switch_page("pages/report.py")

st.caption("Or use the menu at the side")
