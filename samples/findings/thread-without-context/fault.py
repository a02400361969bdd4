import threading

import streamlit as st

st.title("Nightly report")
st.session_state.setdefault("rows", 0)


def load():
    st.session_state.rows = 120
    st.write("Loaded")


if st.button("Load"):
    worker = threading.Thread(target=load)
    worker.start()
    worker.join()
st.metric("Rows", st.session_state.rows)
