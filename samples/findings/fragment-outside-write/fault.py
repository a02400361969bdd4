import streamlit as st

st.title("Coffee shop")
bill = st.container(border=True)


@st.fragment
def order():
    pieces = st.number_input("Mugs", 1, 20)
    if pieces > 1:
        bill.metric("To pay", f"{8 * pieces} €")


order()
