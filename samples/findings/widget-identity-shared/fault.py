import streamlit as st

st.title("Bank")
what = st.radio("What", ["Pay in", "Pay out"])
if what == "Pay in":
    paid_in = st.number_input("Amount", 0, 1000)
    st.write(f"You pay in {paid_in} EUR")
else:
    paid_out = st.number_input("Amount", 0, 1000)
    st.write(f"You pay out {paid_out} EUR")
