import streamlit as st


def book(night, guests):
    st.session_state.booked = f"{night}, {guests} guests"


st.title("Hotel")
with st.form("booking"):
    night = st.selectbox("Night", ["Friday", "Saturday"])
    guests = st.number_input("Guests", 1, 6, 2)
    st.form_submit_button("Book", on_click=book, args=(night, guests))

st.write("Booked:", st.session_state.get("booked", "nothing"))
