import streamlit as st


def keep():
    st.session_state.guest = st.session_state.name


st.title("Booking")
step = st.radio("Step", ["Guest", "Room"])

if step == "Guest":
    st.text_input("Name", st.session_state.get("guest", ""), key="name", on_change=keep)
else:
    st.radio("Room", ["Single", "Double"], key="room")
