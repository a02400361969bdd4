import streamlit as st

DISHES = {"All": 12, "Vegan": 4, "Fish": 3}


def suggest():
    st.session_state.diet = "Vegan"


st.title("Menu")
st.button("Suggest something", on_click=suggest)
diet = st.selectbox("Diet", list(DISHES))
st.session_state.diet = diet
st.metric("Dishes", DISHES[st.session_state.diet])
