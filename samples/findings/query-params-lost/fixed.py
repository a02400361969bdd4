import streamlit as st

st.title("Catalogue")
product = st.selectbox("Product", ["Lamp", "Chair"])
st.query_params["product"] = product
st.session_state.product = product
if st.button("Show"):
    st.switch_page("pages/product.py")
