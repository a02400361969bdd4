import streamlit as st


def add():
    st.session_state.cart = [*st.session_state.cart, st.session_state.drink]


st.title("Coffee shop")
if "cart" not in st.session_state:
    st.session_state.cart = []

st.metric("In your cart", len(st.session_state.cart))

st.selectbox("Drink", ["Espresso", "Latte", "Mocha"], key="drink")
st.button("Add to cart", on_click=add)
