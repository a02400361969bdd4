import streamlit as st

st.title("Roastery")
place = st.empty()
for degrees in [190, 240, 200]:
    with place.container():
        st.metric("Drum", f"{degrees} °C")
        if degrees > 220:
            st.error("Too hot")
        else:
            st.empty()
