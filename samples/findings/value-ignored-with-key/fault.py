import streamlit as st

RATES = {"Standard": 5, "Express": 12}

st.title("Parcel")
service = st.radio("Service", list(RATES))
fee = st.number_input("Fee", 0, 50, RATES[service], key="fee")
st.write(f"To pay: {fee} EUR")
