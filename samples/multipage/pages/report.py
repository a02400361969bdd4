"""A page of its own: it runs only while it is the one that is shown."""

import streamlit as st

st.title("Report")
st.write("Reader:", st.session_state.get("reader", "nobody yet"))

if st.button("Back to the start"):
    st.switch_page("app.py")
