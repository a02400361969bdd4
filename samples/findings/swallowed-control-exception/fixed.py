import streamlit as st


def save(name):
    st.session_state.names = [*st.session_state.get("names", []), name]


st.title("Guest book")
st.text(", ".join(st.session_state.get("names", [])) or "Nobody yet")
name = st.text_input("Your name")
if st.button("Sign"):
    try:
        save(name)
    except OSError:
        st.error("Your name could not be saved.")
    else:
        st.rerun()
st.caption("Thank you for coming.")
