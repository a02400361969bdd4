import streamlit as st

st.title("Feedback")
comment = st.text_area("Comment", key="comment")
if st.button("Send"):
    try:
        st.session_state.comment = ""
    except Exception:
        pass
    st.success("Thank you")
