"""Who may change recordings, and what is sent for it."""

from __future__ import annotations

from typing import Any

from flask import abort, request

from rerun_trace.web.server import live
from rerun_trace.web.server.limits import BODY_BYTES


def refuse_others(may: str = "may change a recording") -> None:
    """Ends a request that changes something, but for one of a page of ours on this machine.

    `--host` lets others read, not write.
    """
    reads = request.method in ("GET", "HEAD", "OPTIONS")
    if not reads and not (live.is_own_browser() and live.is_same_origin()):
        abort(403, f"Only a page of rerun-trace on its own machine {may}.")


def sent(*words: str) -> dict[str, Any]:
    """The request's JSON object, which must hold these words and no others."""
    if (request.content_length or 0) > BODY_BYTES:
        abort(413, "That is too long.")
    found = request.get_json(silent=True)
    if not isinstance(found, dict) or set(found) != set(words):
        abort(400, f"The request must be a JSON object with {', '.join(words)}.")
    return found
