import streamlit as st


def empty_cart():
    st.session_state.cart = []


st.title("Coffee shop")
if "cart" not in st.session_state:
    st.session_state.cart = ["Latte", "Mocha"]

st.metric("In your cart", len(st.session_state.cart))
st.button("Empty the cart", on_click=empty_cart)
st.write("Total:", 4 * len(st.session_state.cart))
