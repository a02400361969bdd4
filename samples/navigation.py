"""Pages that are functions of one script.

Look for: this script runs from the top for every page; only the call of `page.run()` differs. The
lines above it are executed on every page, the functions one at a time.
"""

import streamlit as st


def home():
    st.header("Home")
    st.button("Greet", on_click=greet)
    st.write("Greetings:", st.session_state.greetings)


def about():
    st.header("About")
    st.write("Greetings on the other page:", st.session_state.greetings)


def greet():
    st.session_state.greetings += 1


st.session_state.setdefault("greetings", 0)

page = st.navigation([st.Page(home, default=True), st.Page(about)])
page.run()
st.caption(f"You are on {page.title}")
