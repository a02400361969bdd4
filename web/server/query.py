"""What a request asks for, read from its query."""

from __future__ import annotations

from flask import abort, request

from rerun_trace.tracer.words import sentences as words


def number(name: str, default: int) -> int:
    """A whole number; anything else is an error of the request (400)."""
    text = request.args.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:
        abort(400, f"{name} must be a whole number, not {words.shorten(text)}.")
    return int(text)


def numbers(name: str, most: int) -> list[int]:
    """At most `most` whole numbers with commas between them; none when there is no such word."""
    texts = [text for text in request.args.get(name, "").split(",") if text]
    if len(texts) > most or not all(text.isdecimal() and len(text) <= 9 for text in texts):
        abort(400, f"{name} must be at most {most} whole numbers with commas between them.")
    return [int(text) for text in texts]
