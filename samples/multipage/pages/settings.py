"""A page that only the menu leads to.

Look for: the checkbox has a key, and still its value is gone after a visit to another page, because
a widget that is not drawn loses its state at the end of the run.
"""

import streamlit as st

st.title("Settings")
st.checkbox("Large print", key="large_print")
