import streamlit as st

st.title("Booking")
step = st.radio("Step", ["Guest", "Room"])

if step == "Guest":
    st.text_input("Name", key="name")
else:
    st.radio("Room", ["Single", "Double"], key="room")
