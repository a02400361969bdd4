"""An app whose own modules are called like parts of other programs.

Look for: `db`, `web`, `tracer`, `model` and `config` are the files in this folder, with or without
the recorder. Each shows its own value, and each is recorded as the user's code.
"""

import config
import model
import streamlit as st

import db
import tracer
import web

st.title(config.TITLE)
for module in (config, db, model, tracer, web):
    st.write(f"{module.__name__}: {module.describe()}")

if st.button("Count up"):
    db.count_up()
st.metric("Count", db.current())
