import pandas as pd
import streamlit as st

RATE = 2


def price(pieces, rate):
    total = pieces * rate
    return round(total, 2)


@st.cache_data
def load(n):
    rows = list(range(n))
    return rows[:]


def add():
    st.session_state.cart += 1


if "cart" not in st.session_state:
    st.session_state.cart = 0
pieces = st.selectbox("Pieces", [1, 2, 3])
st.button("Add", on_click=add)
to_pay = price(pieces, RATE)
st.metric("To pay", to_pay)
st.write("Cart:", st.session_state.cart)
total = 0
for n in load(pieces):
    total += n
st.text(f"Sum {total}")
frame = pd.DataFrame({"a": load(pieces)})
frame["b"] = frame["a"] * 2
st.line_chart(frame)
if st.checkbox("Save"):
    st.session_state.saved = to_pay
if st.session_state.get("saved"):
    st.success(f"Saved {st.session_state.saved}")
