"""The same slow function without a cache: executed in each run."""

import streamlit as st


def prices():
    found = []
    for day in range(100):
        found.append(day * 7 % 31)
    return found


st.title("Prices")
shown = st.slider("Days", 1, 100, 10)
st.line_chart(prices()[:shown])
