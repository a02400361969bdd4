import streamlit as st


def add_loaf():
    st.session_state.loaves += 1


st.title("Bakery order")
if "loaves" not in st.session_state:
    st.session_state.loaves = 0

st.metric("Loaves ordered", st.session_state.loaves)
kind = st.selectbox("Bread", ["Rye", "Spelt", "Sourdough"])
st.button("One more loaf", on_click=add_loaf)
st.caption(f"{kind} is baked at six.")
