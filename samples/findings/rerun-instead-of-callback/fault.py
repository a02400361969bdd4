import streamlit as st

st.title("Bakery order")
if "loaves" not in st.session_state:
    st.session_state.loaves = 0

st.metric("Loaves ordered", st.session_state.loaves)
kind = st.selectbox("Bread", ["Rye", "Spelt", "Sourdough"])

if st.button("One more loaf"):
    st.session_state.loaves += 1
    st.rerun()

st.caption(f"{kind} is baked at six.")
