import threading

import streamlit as st


def log(text):
    st.session_state.log = text


def approve(name):
    st.session_state.approved = name


def unused():
    st.session_state.never = True


def label(name):
    prefix = "Dear"
    return f"{prefix} {name}"


st.session_state.setdefault("stage", 1)
name = st.text_input("Name", "Ann", key="name")
st.header(f"Stage {st.session_state.stage}")
if st.button("Next"):
    st.session_state.stage += 1
    st.rerun()
with st.form("order"):
    dish = st.text_input("Dish", "Soup")
    sent = st.form_submit_button("Order")
st.button("Approve", on_click=approve, args=(name,))
st.text_input("Code", disabled=True)
if st.session_state.stage > 1:
    st.success(label(name))
else:
    st.info("Not yet")
if st.session_state.stage > 5:
    st.button("Undo", on_click=unused)
st.caption(f"Approved: {st.session_state.get('approved')}")
worker = threading.Thread(target=log, args=("done",))
worker.start()
worker.join()
count = st.session_state.get("count", 0)
st.metric("Count", count)
st.session_state.count = count + 1
for item in []:
    st.write(item)


@st.fragment
def board():
    points = st.slider("Points", 0, 9, 4)
    st.text(f"Points {points} of {name}")


board()
if sent:
    st.stop()
st.text(f"Log {st.session_state.get('log')}")
