import streamlit as st

TOWNS = {"France": ["Paris", "Lyon"], "Italy": ["Rome", "Milan"]}

st.title("Trip")
country = st.selectbox("Country", list(TOWNS))
with st.form("trip"):
    town = st.selectbox("Town", TOWNS[country])
    booked = st.form_submit_button("Book")
    if booked:
        st.write(f"Booked: {town}")
