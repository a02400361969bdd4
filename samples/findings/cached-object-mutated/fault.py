import streamlit as st


@st.cache_resource
def price_list():
    return {"Espresso": 2, "Latte": 3}


st.title("Coffee shop")
prices = price_list()
if st.button("Happy hour"):
    prices["Latte"] = 1
st.write("A latte costs", prices["Latte"])
