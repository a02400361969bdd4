import streamlit as st

st.title("Coffee shop")
if "cart" not in st.session_state:
    st.session_state.cart = []

st.metric("In your cart", len(st.session_state.cart))

drink = st.selectbox("Drink", ["Espresso", "Latte", "Mocha"])
if st.button("Add to cart"):
    st.session_state.cart = [*st.session_state.cart, drink]
