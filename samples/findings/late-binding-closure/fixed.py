import streamlit as st

st.title("Coffee shop")
if "cart" not in st.session_state:
    st.session_state.cart = []

for drink in ["Espresso", "Latte", "Mocha"]:
    st.button(drink, on_click=st.session_state.cart.append, args=(drink,))

st.write("Cart:", ", ".join(st.session_state.cart))
