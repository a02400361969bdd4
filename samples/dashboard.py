"""An ordinary dashboard: some data, a few filters, a chart, a good thirty writes.

Look for: how little of the script depends on the widget that was changed, and that all of it runs
all the same. The made-up data come from a cached function that is executed once.
"""

import math

import pandas as pd
import streamlit as st

CITIES = ["Oslo", "Porto", "Quito", "Riga"]
PRODUCTS = ["Tea", "Coffee", "Cocoa"]


@st.cache_data
def load_sales(rows):
    return pd.DataFrame(
        {
            "day": pd.date_range("2024-01-01", periods=rows),
            "city": [CITIES[row % len(CITIES)] for row in range(rows)],
            "product": [PRODUCTS[row % len(PRODUCTS)] for row in range(rows)],
            "units": [20 + row % 17 + int(8 * math.sin(row / 9)) for row in range(rows)],
            "price": [2.5 + (row * 7 % 23) / 10 for row in range(rows)],
            "returns": [row * 5 % 4 for row in range(rows)],
        }
    )


def summarise(sales, by):
    totals = {}
    for name, group in sales.groupby(by):
        totals[name] = round((group["units"] * group["price"]).sum(), 2)
    return totals


sales = load_sales(200)

st.title("Hot drinks")
with st.sidebar:
    st.header("Filter")
    cities = st.multiselect("Cities", CITIES, default=CITIES)
    products = st.multiselect("Products", PRODUCTS, default=PRODUCTS)
    least = st.slider("Least units a day", 0, 50, 0)
    with_returns = st.checkbox("Only days with returns")

shown = sales[
    sales["city"].isin(cities) & sales["product"].isin(products) & (sales["units"] >= least)
]
if with_returns:
    shown = shown[shown["returns"] > 0]

turnover = float((shown["units"] * shown["price"]).sum())
left, middle, right = st.columns(3)
left.metric("Days", len(shown))
middle.metric("Units", int(shown["units"].sum()))
right.metric("Turnover", f"{turnover:,.0f}")

st.subheader("Units by day")
st.line_chart(shown, x="day", y="units")

by_city, by_product = st.tabs(["By city", "By product"])
with by_city:
    for city, total in summarise(shown, "city").items():
        st.write(f"{city}: {total:,.2f}")
        st.progress(min(1.0, total / max(turnover, 1)))
with by_product:
    for product, total in summarise(shown, "product").items():
        st.write(f"{product}: {total:,.2f}")
        st.progress(min(1.0, total / max(turnover, 1)))

with st.expander("All rows"):
    st.dataframe(shown)
