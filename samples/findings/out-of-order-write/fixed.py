import streamlit as st

st.title("Sales report")

st.subheader("By product")
sold = st.slider("Mugs sold", 0, 50, 12)
st.write("Beans: 40 bags")

st.metric("Everything", sold + 40)
