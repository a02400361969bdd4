import streamlit as st

st.title("Guest book")
if "entries" not in st.session_state:
    st.session_state.entries = []

entry = st.text_input("Your entry")
if entry:
    st.session_state.entries.append(entry)

st.checkbox("Newest first")
st.table(st.session_state.entries)
