import streamlit as st


@st.cache_resource
def cart():
    return []


st.title("Coffee shop")
drink = st.selectbox("Drink", ["Espresso", "Latte", "Mocha"])
if st.button("Add to cart"):
    cart().append(drink)
st.metric("In your cart", len(cart()))
