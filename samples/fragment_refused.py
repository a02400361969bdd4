"""A rerun with fragment scope that Streamlit refuses.

Look for: a rerun request that was not allowed. When the page loads, the fragment is executed as a
part of a full run, and in a full run there is no fragment run to repeat: Streamlit raises an
exception, and the run ends with an error. Lines below the call are not run.
"""

import streamlit as st

st.session_state.setdefault("ready", False)

st.header("Fragment scope")


@st.fragment
def prepare():
    if not st.session_state.ready:
        st.session_state.ready = True
        st.rerun(scope="fragment")
    st.write("Ready")


prepare()
st.caption("Reached from the second run on")
