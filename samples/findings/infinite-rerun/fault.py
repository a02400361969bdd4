import streamlit as st

st.title("Temperature log")
if "readings" not in st.session_state:
    st.session_state.readings = []

follow = st.toggle("Follow the sensor")
st.metric("Readings", len(st.session_state.readings))

if follow:
    st.session_state.readings.append(20 + len(st.session_state.readings) % 5)
    st.rerun()

st.caption("The sensor is at rest.")
