"""Update a header that was drawn earlier, by keeping its place and filling it at the end.

Look for: one click, one run, and one write out of order. The last line of the script lands at the
top of the page, above the button that was drawn before it.
"""

import streamlit as st

if "value" not in st.session_state:
    st.session_state.value = "Title"

container = st.container()

if st.button("Baz"):
    st.session_state.value = "Baz"

container.header(st.session_state.value)
