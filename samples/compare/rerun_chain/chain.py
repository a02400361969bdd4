"""An order goes through two stages, and each one ends with `st.rerun()`."""

import streamlit as st

stage = st.session_state.setdefault("stage", "open")

st.header(f"Order: {stage}")

if st.button("Pay"):
    st.session_state.stage = "paid"
    st.rerun()

if stage == "paid":
    st.session_state.stage = "shipped"
    st.rerun()

st.caption("Nothing else to do")
