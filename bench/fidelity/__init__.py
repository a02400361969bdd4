"""Whether apps send the browser the same traced and untraced: `python -m bench.fidelity`."""
