"""An app that keeps its arithmetic in a module next to it.

Look for: steps go into `helper_module.py` and come back. The module's own top level is executed
once, at its first import; its functions are executed in every run.
"""

import helper_module
import streamlit as st

amount = st.number_input("Amount", value=100)
percent = st.slider("Discount", 0, 50, 10)

price = helper_module.discounted(amount, percent)
st.metric("To pay", helper_module.as_money(price))
