"""A slow function under `st.cache_data`: called in each run, executed once."""

import streamlit as st


@st.cache_data
def prices():
    found = []
    for day in range(100):
        found.append(day * 7 % 31)
    return found


st.title("Prices")
shown = st.slider("Days", 1, 100, 10)
st.line_chart(prices()[:shown])
