import streamlit as st

st.title("Sales report")
st.session_state.setdefault("rows", None)


@st.fragment
def table():
    if st.session_state.rows is None:
        st.session_state.rows = [["Mugs", 12], ["Beans", 40]]
        st.rerun(scope="fragment")
    st.table(st.session_state.rows)
    if st.button("Refresh"):
        st.session_state.rows = [*st.session_state.rows, ["Filters", 7]]
        st.rerun(scope="fragment")


table()
st.caption("All figures without tax")
