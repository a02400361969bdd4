import streamlit as st


def send():
    st.session_state.sent = st.session_state.comment
    st.session_state.comment = ""


st.title("Feedback")
st.text_area("Comment", key="comment")
if st.button("Send", on_click=send):
    st.success("Thank you")
