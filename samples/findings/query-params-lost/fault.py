import streamlit as st

st.title("Catalogue")
product = st.selectbox("Product", ["Lamp", "Chair"])
st.query_params["product"] = product
if st.button("Show"):
    st.switch_page("pages/product.py")
