"""Answers with JSON: a form of `web/models/answers.py`, as Flask sends plain data."""

from __future__ import annotations

from flask import Response, jsonify
from msgspec import to_builtins

from rerun_trace.tracer.documents.form import Form


def answer(form: Form) -> Response:
    """The form as JSON. By Flask's encoder: msgspec's refuses lone surrogates and long integers."""
    return jsonify(to_builtins(form))
