"""The same order: one callback goes through both stages before the script starts."""

import streamlit as st


def pay():
    st.session_state.stage = "paid"
    st.session_state.stage = "shipped"


stage = st.session_state.setdefault("stage", "open")

st.header(f"Order: {stage}")

st.button("Pay", on_click=pay)

st.caption("Nothing else to do")
