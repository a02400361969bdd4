"""Update a header that was drawn earlier, by running the script again.

Look for: one click, two runs. The first of them is halted inside of the `if`, so its last line is
never reached; the header changes only in the second.
"""

import streamlit as st

if "value" not in st.session_state:
    st.session_state.value = "Title"

st.header(st.session_state.value)

if st.button("Foo"):
    st.session_state.value = "Foo"
    st.rerun()
    st.caption("done")
