import streamlit as st

st.title("Sales report")
total = st.container()

st.subheader("By product")
sold = st.slider("Mugs sold", 0, 50, 12)
st.write("Beans: 40 bags")

total.metric("Everything", sold + 40)
