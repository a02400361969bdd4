import streamlit as st


@st.cache_data
def price_of(wood):
    length = st.slider(f"Length of the {wood} board", 1, 9, 3)
    return 10 * length


st.title("Timber")
wood = st.selectbox("Wood", ["oak", "elm"])
st.write("Price:", price_of(wood))
