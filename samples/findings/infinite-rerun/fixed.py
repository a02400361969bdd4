import streamlit as st

st.title("Temperature log")
if "readings" not in st.session_state:
    st.session_state.readings = []

follow = st.toggle("Follow the sensor")


@st.fragment(run_every="1s" if follow else None)
def readings():
    if follow:
        st.session_state.readings.append(20 + len(st.session_state.readings) % 5)
    st.metric("Readings", len(st.session_state.readings))


readings()
st.caption("The sensor is followed." if follow else "The sensor is at rest.")
