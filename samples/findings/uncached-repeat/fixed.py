import time

import streamlit as st


@st.cache_data
def read_sales(year):
    time.sleep(0.25)
    return {"North": year - 2000, "South": year - 1990}


st.title("Sales")
sales = read_sales(2024)
region = st.radio("Region", ["North", "South"])
st.metric(f"Sales in the {region}", sales[region])
