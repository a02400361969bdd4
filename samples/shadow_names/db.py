"""The app's own `db`."""

import streamlit as st


def describe():
    return "my table"


def current():
    return st.session_state.get("count", 0)


def count_up():
    st.session_state.count = current() + 1
