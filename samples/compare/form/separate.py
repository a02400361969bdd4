"""The same three inputs without a form: each change runs the script."""

import streamlit as st

with st.container(border=True):
    dish = st.text_input("Dish", "Soup")
    portions = st.number_input("Portions", 1, 9, 1)
    takeaway = st.checkbox("Takeaway")
    ordered = st.button("Order")

if ordered:
    st.success(f"{portions} x {dish}{' to go' if takeaway else ''}")
