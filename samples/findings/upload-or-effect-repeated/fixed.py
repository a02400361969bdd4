import streamlit as st


def sign():
    st.session_state.entries.append(st.session_state.entry)


st.title("Guest book")
if "entries" not in st.session_state:
    st.session_state.entries = []

st.text_input("Your entry", key="entry", on_change=sign)
st.checkbox("Newest first")
st.table(st.session_state.entries)
