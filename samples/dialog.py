"""A dialog is a fragment: what happens inside of it does not run the app.

Look for: "Rename" is a full run that opens the dialog. Choosing in the dialog is a fragment run.
"Save" writes the state and calls `st.rerun()`, a full run that closes the dialog, because nothing
in that run opens it.
"""

import streamlit as st

st.session_state.setdefault("title", "Untitled")


@st.dialog("Rename")
def rename():
    title = st.radio("New title", ["Plans", "Results", "Thanks"])
    st.write("Length:", len(title))
    if st.button("Save"):
        st.session_state.title = title
        st.rerun()


st.header(st.session_state.title)
if st.button("Rename"):
    rename()
