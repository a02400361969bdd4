"""Update a header that was drawn earlier, by changing its text before the script starts.

Look for: one click, one run. The callback comes first, so the header is right when it is drawn.
"""

import streamlit as st


def update_value():
    st.session_state.value = "Bar"


if "value" not in st.session_state:
    st.session_state.value = "Title"

st.header(st.session_state.value)

st.button("Bar", on_click=update_value)
