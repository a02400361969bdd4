import streamlit as st

st.title("Canteen")
meal = st.radio("Meal", ["Lunch", "Dinner"])
seats = 12 if meal == "Lunch" else 8

guests = st.number_input("Guests", 1, 12, 2)
if guests > seats:
    st.warning(f"At {meal} there is no table for more than {seats}")
st.write(f"{meal}: a table for {guests}")
