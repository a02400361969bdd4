import streamlit as st

st.title("Sales report")
st.session_state.setdefault("rows", [["Mugs", 12], ["Beans", 40]])


@st.fragment
def table():
    st.table(st.session_state.rows)
    if st.button("Refresh"):
        st.session_state.rows = [*st.session_state.rows, ["Filters", 7]]
        st.rerun(scope="fragment")


table()
st.caption("All figures without tax")
