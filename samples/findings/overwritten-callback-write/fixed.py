import streamlit as st

DISHES = {"All": 12, "Vegan": 4, "Fish": 3}


def suggest():
    st.session_state.diet = "Vegan"


st.title("Menu")
st.button("Suggest something", on_click=suggest)
st.selectbox("Diet", list(DISHES), key="diet")
st.metric("Dishes", DISHES[st.session_state.diet])
