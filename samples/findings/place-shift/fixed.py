import streamlit as st

st.title("Report")
notice = st.container()
if st.session_state.get("provisional"):
    notice.warning("The figures are provisional")

overview, details = st.tabs(["Overview", "Details"])
overview.write("Everything is well")
with details:
    st.toggle("Provisional", key="provisional")
    st.write("Orders: 42")
