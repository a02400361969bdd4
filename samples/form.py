"""Widgets inside a form keep their changes to themselves until the form is submitted.

Look for: typing and moving the slider cause no run. The submit brings all values at once, in one
interaction. The checkbox outside of the form causes a run of its own.
"""

import streamlit as st

with st.form("order"):
    dish = st.text_input("Dish", "Soup")
    portions = st.slider("Portions", 1, 6, 2)
    submitted = st.form_submit_button("Order")

if submitted:
    st.success(f"{portions} x {dish}")
else:
    st.info("Nothing ordered in this run")

if st.checkbox("Show the bill"):
    st.write("Total:", portions * 7)
