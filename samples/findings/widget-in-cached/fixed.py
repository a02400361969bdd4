import streamlit as st


@st.cache_data
def price_of(wood, length):
    return (12 if wood == "oak" else 10) * length


st.title("Timber")
wood = st.selectbox("Wood", ["oak", "elm"])
length = st.slider("Length of the board", 1, 9, 3)
st.write("Price:", price_of(wood, length))
