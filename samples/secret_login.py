"""A login whose password must not end up in a recording.

Look for: the password that was typed, the names `password` and `token`, and the entries of
`st.secrets` are hidden wherever they occur: among the variables, in the state and on the page.
Without a file of secrets the password is "open sesame".
"""

import streamlit as st

DEFAULT_WORD = "open sesame"


def expected_word():
    if st.secrets.load_if_toml_exists() and "login" in st.secrets:
        return st.secrets["login"]["word"]
    return DEFAULT_WORD


user = st.text_input("User")
password = st.text_input("Password", type="password")

if password and password == expected_word():
    token = f"{user}:{password}"
    st.session_state.token = token
    st.success(f"Welcome, {user}")
elif password:
    st.error(f"No entry with a password of {len(password)} characters")
else:
    st.info("Please log in")
