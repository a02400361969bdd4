"""A script that asks for its own rerun, without a condition that ever ends it.

Look for: one click that never comes to rest. Every run is triggered by the one before it, and none
of them reaches the last line. Unticking the box is a newer interaction, and it breaks the chain.
"""

import streamlit as st

if "runs" not in st.session_state:
    st.session_state.runs = 0

st.session_state.runs += 1
st.metric("Runs so far", st.session_state.runs)

if st.checkbox("Keep going"):
    st.rerun()

st.caption("At rest")
