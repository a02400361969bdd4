import streamlit as st

st.title("Coffee shop")
if "cart" not in st.session_state:
    st.session_state.cart = []

for drink in ["Espresso", "Latte", "Mocha"]:
    st.button(drink, on_click=lambda: st.session_state.cart.append(drink))

st.write("Cart:", ", ".join(st.session_state.cart))
