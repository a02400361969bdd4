import streamlit as st


def edit():
    st.session_state.editing = True


def save():
    st.session_state.saved.append(st.session_state.name)
    st.session_state.editing = False


st.title("Address book")
if "saved" not in st.session_state:
    st.session_state.saved = []
    st.session_state.editing = False

name = st.text_input("Name", "Ada Lovelace", key="name")
st.button("Edit address", on_click=edit)
if st.session_state.editing:
    st.write(f"Editing {name}")
    st.button("Save address", on_click=save)

st.write("Saved so far:", len(st.session_state.saved))
