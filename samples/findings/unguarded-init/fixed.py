import streamlit as st

st.title("Shopping list")
if "groceries" not in st.session_state:
    st.session_state.groceries = []

item = st.text_input("Item", "Milk")
if st.button("Add"):
    st.session_state.groceries.append(item)

st.metric("On the list", len(st.session_state.groceries))
