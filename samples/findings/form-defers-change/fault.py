import streamlit as st

TOWNS = {"France": ["Paris", "Lyon"], "Italy": ["Rome", "Milan"]}

st.title("Trip")
with st.form("trip"):
    country = st.selectbox("Country", list(TOWNS))
    town = st.selectbox("Town", TOWNS[country])
    st.form_submit_button("Book")
st.write(f"Booked: {town}")
