"""The same die in an ordinary function: rolling it runs the whole script."""

import streamlit as st


def die():
    rolls = st.session_state.get("rolls", 0)
    if st.button("Roll"):
        rolls += 1
        st.session_state.rolls = rolls
    st.write("Rolls:", rolls)


st.title("Sales and a die")
total = 0
for month in range(1, 13):
    total += 100 * month
st.metric("Sales", total)
st.line_chart([100 * month for month in range(1, 13)])
die()
