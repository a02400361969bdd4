"""Captures what a Streamlit app does and understands it; never stores or shows anything."""
