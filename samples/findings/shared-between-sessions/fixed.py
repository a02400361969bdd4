import streamlit as st

st.title("Coffee shop")
cart = st.session_state.setdefault("cart", [])
drink = st.selectbox("Drink", ["Espresso", "Latte", "Mocha"])
if st.button("Add to cart"):
    cart.append(drink)
st.metric("In your cart", len(cart))
