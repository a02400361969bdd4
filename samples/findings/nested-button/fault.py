import streamlit as st

st.title("Address book")
if "saved" not in st.session_state:
    st.session_state.saved = []

name = st.text_input("Name", "Ada Lovelace")
if st.button("Edit address"):
    st.write(f"Editing {name}")
    if st.button("Save address"):
        st.session_state.saved.append(name)
        st.success("Saved")

st.write("Saved so far:", len(st.session_state.saved))
