import streamlit as st

st.title("Canteen")
meal = st.radio("Meal", ["Lunch", "Dinner"])
seats = 12 if meal == "Lunch" else 8

guests = st.number_input("Guests", 1, seats, 2)
st.write(f"{meal}: a table for {guests}")
