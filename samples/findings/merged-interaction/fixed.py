import time

import streamlit as st

st.title("Stock")
st.session_state.setdefault("sold", 0)


@st.fragment
def till():
    if st.button("Sell one"):
        st.session_state.sold += 1
    st.text(f"Sold {st.session_state.sold}")


st.checkbox("Till open", value=True)
till()
time.sleep(0.8)
st.caption("The stock is counted at night.")
