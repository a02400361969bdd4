import streamlit as st

RATES = {"Standard": 5, "Express": 12}


def suggest():
    st.session_state.fee = RATES[st.session_state.service]


st.title("Parcel")
st.radio("Service", list(RATES), key="service", on_change=suggest)
if "fee" not in st.session_state:
    suggest()
fee = st.number_input("Fee", 0, 50, key="fee")
st.write(f"To pay: {fee} EUR")
