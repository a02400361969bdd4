import streamlit as st

st.session_state.setdefault("customer", "nobody")
st.session_state.setdefault("asking", False)


@st.dialog("Who is buying?")
def ask():
    name = st.text_input("Name")
    if st.button("Save"):
        st.session_state.customer = name
        st.rerun()


st.title("Coffee shop")
st.write("Customer:", st.session_state.customer)
if st.button("Change customer"):
    st.session_state.asking = True
if st.session_state.asking:
    ask()
