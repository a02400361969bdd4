"""A fragment that runs by itself, twice a second.

Look for: fragment runs without any click, each triggered by a timer in the browser. The click on
the other button is a run of the whole app, after which the timer starts anew.
"""

import streamlit as st

st.session_state.setdefault("ticks", 0)


@st.fragment(run_every=0.5)
def ticker():
    st.session_state.ticks += 1
    st.metric("Ticks", st.session_state.ticks)


ticker()

if st.button("Reset"):
    st.session_state.ticks = 0
    st.toast("Back to zero at the next tick")
