import streamlit as st

st.title("Address book")
if "people" not in st.session_state:
    st.session_state.people = []

st.text(", ".join(st.session_state.people) or "Nobody yet")
name = st.text_input("Name")
if st.button("Save"):
    st.session_state.people.append(name)
    st.success(f"{name} was saved.")
    st.rerun()
