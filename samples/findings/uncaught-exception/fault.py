import streamlit as st

st.title("Split the bill")
total = st.number_input("Total", value=84.0)
guests = st.slider("Guests", 0, 10, 4)


def share(amount, people):
    return amount / people


st.metric("Each pays", f"{share(total, guests):.2f}")
st.caption("Tips are not included.")
