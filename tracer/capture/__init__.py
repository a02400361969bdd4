"""Watches running code: scope, engines, budget, safe values, the recorder. Knows no Streamlit."""
