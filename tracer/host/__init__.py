"""The only place that knows Streamlit's internals: probes, live server, headless driver."""
