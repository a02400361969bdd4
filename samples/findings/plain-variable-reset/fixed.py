import streamlit as st

st.title("Visitors")
if "count" not in st.session_state:
    st.session_state.count = 0

if st.button("One more"):
    st.session_state.count += 1

st.metric("Counted", st.session_state.count)
