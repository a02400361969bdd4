"""Functions whose result is kept between runs.

Look for: in the first run the bodies of both functions are executed; in the second, after a click,
neither is, although both are called. `load_prices` gives every run its own copy of the data,
`open_counter` gives all of them the very same object, so what one run changes the next one sees.
"""

import streamlit as st


@st.cache_data
def load_prices(currency):
    rates = {"EUR": 1.0, "USD": 1.1}
    return [round(price * rates[currency], 2) for price in (10, 25, 40)]


@st.cache_resource
def open_counter():
    return {"uses": 0}


st.button("Run again")
currency = st.radio("Currency", ["EUR", "USD"])

prices = load_prices(currency)
prices.append(0.0)
st.write("Prices, with a free one added to this run's copy:", prices)

counter = open_counter()
counter["uses"] += 1
st.write("Uses of the shared counter:", counter["uses"])
