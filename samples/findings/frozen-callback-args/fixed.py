import streamlit as st


def book():
    st.session_state.booked = f"{st.session_state.night}, {st.session_state.guests} guests"


st.title("Hotel")
with st.form("booking"):
    st.selectbox("Night", ["Friday", "Saturday"], key="night")
    st.number_input("Guests", 1, 6, 2, key="guests")
    st.form_submit_button("Book", on_click=book)

st.write("Booked:", st.session_state.get("booked", "nothing"))
