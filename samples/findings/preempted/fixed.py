import time

import streamlit as st


def begin():
    st.session_state.status = "shipping"


st.title("Order 17")
st.session_state.setdefault("status", "open")
st.button("Ship the order", on_click=begin)
st.checkbox("Show details")
if st.session_state.status == "shipping":
    time.sleep(1.2)
    st.session_state.status = "shipped"
st.metric("Status", st.session_state.status)
