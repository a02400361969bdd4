"""App's process: the only place that knows Streamlit's inside. Reads frames, replaces nothing."""
