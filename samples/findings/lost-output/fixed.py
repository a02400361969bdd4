import streamlit as st

st.title("Address book")
if "people" not in st.session_state:
    st.session_state.people = []

st.text(", ".join(st.session_state.people) or "Nobody yet")
if saved := st.session_state.pop("saved", None):
    st.success(f"{saved} was saved.")
name = st.text_input("Name")
if st.button("Save"):
    st.session_state.people.append(name)
    st.session_state.saved = name
    st.rerun()
