"""A shop: several pages, tabs, a form, an editor, charts, a dialog, and a fragment that ticks.

Look for: the sidebar's count of items is drawn before the form's branch changes the basket.
"""

from __future__ import annotations

import time

import pandas as pd
import streamlit as st

st.set_page_config(page_title="Shop", layout="wide")

DRINKS = ["Espresso", "Latte", "Mocha"]
PRICES = {"Espresso": 2.5, "Latte": 3.5, "Mocha": 4.0}


@st.fragment(run_every=1.0)
def clock() -> None:
    """Ticks."""
    st.caption(f"Server time {time.strftime('%H:%M:%S')}")


@st.cache_data
def sales(days: int) -> pd.DataFrame:
    """Made up, and the same every time."""
    sold = [(day * 7 + 13) % 50 for day in range(days)]
    return pd.DataFrame({"day": range(days), "sold": sold})


def total(basket: dict[str, int]) -> float:
    """What the basket costs."""
    result = 0.0
    for drink, many in basket.items():
        result += PRICES[drink] * many
    return result


@st.dialog("Refund an order")
def refund(order: int) -> None:
    """Asks why."""
    why = st.text_area("Why")
    if st.button("Refund it"):
        st.session_state.refunds.append((order, why))
        st.rerun()


def sidebar() -> None:
    """What is in the basket."""
    st.sidebar.header("Basket")
    basket = st.session_state.basket
    st.sidebar.metric("Items in the basket", sum(basket.values()))
    for drink, many in basket.items():
        st.sidebar.write(f"{many} x {drink}")


def sell() -> None:
    """The first tab."""
    with st.form("sale"):
        what = st.selectbox("What", DRINKS)
        many = st.number_input("How many", 1, 20, 1)
        note = st.text_input("Note")
        sent = st.form_submit_button("Put into the basket")
    if sent:
        basket = st.session_state.basket
        st.session_state.basket = {**basket, what: basket.get(what, 0) + many}
        st.success(f"Put there: {many} x {what}. {note}")
    if st.button("Empty the basket"):
        st.session_state.basket = {}
    if st.button("Refund an order"):
        refund(17)


def stock() -> None:
    """The second tab."""
    rows = pd.DataFrame({"drink": DRINKS, "left": [12, 7, 3]})
    edited = st.data_editor(rows, key="stock", disabled=["drink"])
    low = edited[edited["left"] < 5]
    if len(low):
        st.warning(f"Order soon: {', '.join(low['drink'])}")


def figures() -> None:
    """The third tab."""
    days = st.slider("Days", 5, 60, 30)
    frame = sales(days)
    left, right = st.columns(2)
    with left:
        st.line_chart(frame, x="day", y="sold")
    with right:
        st.bar_chart(frame, x="day", y="sold")
    with st.expander("The numbers"):
        st.dataframe(frame)
    best = frame["sold"].max()
    st.metric("Best day", int(best))


def shop() -> None:
    """The first page."""
    st.title("Shop")
    clock()
    sidebar()
    first, second, third = st.tabs(["Sell", "Stock", "Figures"])
    with first:
        sell()
    with second:
        stock()
    with third:
        figures()


def reports() -> None:
    """The second page."""
    st.title("Reports")
    st.metric("To pay", f"{total(st.session_state.basket):.2f}")
    st.write("Refunds so far", len(st.session_state.refunds))
    for order, why in st.session_state.refunds:
        st.write(order, why or "no reason given")
    kind = st.radio("Kind", ["short", "long"], horizontal=True)
    if kind == "long":
        for drink in DRINKS:
            st.subheader(drink)
            st.write(f"{drink} costs {PRICES[drink]:.2f}")
            in_basket = st.session_state.basket.get(drink, 0)
            st.progress(min(in_basket / 20, 1.0), text=f"{in_basket} in the basket")
    if st.button("Back to the shop"):
        st.switch_page(HOME)


def settings() -> None:
    """The third page."""
    st.title("Settings")
    name = st.text_input("Name of the shop", key="name")
    st.toggle("Open", value=True, key="is_open")
    st.color_picker("Colour", "#0b5fa5")
    if name:
        st.info(f"Hello, {name}")


st.session_state.setdefault("basket", {})
st.session_state.setdefault("refunds", [])
HOME = st.Page(shop, title="Shop", default=True)
st.navigation([HOME, st.Page(reports, title="Reports"), st.Page(settings, title="Settings")]).run()
