import streamlit as st

st.title("Visitors")
count = 0

if st.button("One more"):
    count += 1

st.metric("Counted", count)
