import streamlit as st

chosen = st.query_params.get("product") or st.session_state.get("product")
if chosen:
    st.query_params["product"] = chosen
st.write(chosen or "No product was chosen")
