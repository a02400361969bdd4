import threading

import streamlit as st

st.title("Nightly report")
st.session_state.setdefault("rows", 0)
loaded = []


def load():
    loaded.append(120)


if st.button("Load"):
    worker = threading.Thread(target=load)
    worker.start()
    worker.join()
    st.session_state.rows = loaded[0]
    st.write("Loaded")
st.metric("Rows", st.session_state.rows)
