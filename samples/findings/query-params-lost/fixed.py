import streamlit as st

st.title("Catalogue")
product = st.selectbox("Product", ["Lamp", "Chair"])
st.session_state.product = product
if st.button("Show"):
    st.switch_page("pages/product.py")
