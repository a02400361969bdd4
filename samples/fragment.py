"""A fragment that runs alone, and asks for one more run of only itself.

Look for: a click on "Roll" starts a fragment run. It is halted by `st.rerun(scope="fragment")` and
followed by a second fragment run. The line that counts the app's runs does not move.
"""

import streamlit as st

st.session_state.setdefault("app_runs", 0)
st.session_state.setdefault("rolls", 0)

st.session_state.app_runs += 1
st.write("Runs of the whole app:", st.session_state.app_runs)


@st.fragment
def dice():
    st.write("Rolls:", st.session_state.rolls)
    if st.button("Roll"):
        st.session_state.rolls += 1
        st.rerun(scope="fragment")


dice()
st.caption("Below the fragment: untouched by its runs.")
