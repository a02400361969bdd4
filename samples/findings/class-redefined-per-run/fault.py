import streamlit as st


class Order:
    def __init__(self, drink):
        self.drink = drink


st.title("Coffee shop")
if "order" not in st.session_state:
    st.session_state.order = Order("Latte")

st.button("Check again")
order = st.session_state.order
if isinstance(order, Order):
    st.write("Ordered:", order.drink)
else:
    st.write("No order")
