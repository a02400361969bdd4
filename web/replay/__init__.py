"""Streamlit's own front end, fed from recorded messages."""
