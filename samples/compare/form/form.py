"""Three inputs in a form: the browser keeps them back until "Order" is pressed."""

import streamlit as st

with st.form("order"):
    dish = st.text_input("Dish", "Soup")
    portions = st.number_input("Portions", 1, 9, 1)
    takeaway = st.checkbox("Takeaway")
    ordered = st.form_submit_button("Order")

if ordered:
    st.success(f"{portions} x {dish}{' to go' if takeaway else ''}")
