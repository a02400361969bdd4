import streamlit as st

st.title("Coffee shop")
if "order" not in st.session_state:
    st.session_state.order = {"drink": "Latte"}

st.button("Check again")
order = st.session_state.order
if isinstance(order, dict):
    st.write("Ordered:", order["drink"])
else:
    st.write("No order")
