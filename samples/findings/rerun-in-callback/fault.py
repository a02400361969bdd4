import streamlit as st


def take():
    st.session_state.left = st.session_state.left - 1
    st.rerun()


st.title("Free samples")
st.session_state.setdefault("left", 20)
st.button("Take one", on_click=take)
st.metric("Left", st.session_state.left)
