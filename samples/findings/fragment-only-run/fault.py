import streamlit as st

st.title("Coffee shop")
st.session_state.setdefault("pieces", 1)


@st.fragment
def amount():
    st.number_input("Pieces", 1, 20, key="pieces")
    st.caption(f"{st.session_state.pieces} in the bag")


amount()
st.metric("To pay", 4 * st.session_state.pieces)
