"""Shows recordings: a Flask app with thin views over `TraceStore`; no SQL, no Streamlit."""
