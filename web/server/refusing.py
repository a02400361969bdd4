"""What is answered, and said on the terminal, before the pages' application is asked at all."""

from __future__ import annotations

import html
import json
import logging
import threading
import time

from rerun_trace.web.server.limits import BODY_BYTES, PAGES, full

log = logging.getLogger("rerun_trace.web")

_PAUSE_S = 60.0  # between two lines on the same limit
_PAGE = """\
<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title} – rerun-trace</title>
<h1>{title}</h1><p role="alert">{text}</p></html>
"""


class Refusal:
    """An answer that the server gives by itself: a page, or JSON to a page's script."""

    def __init__(self, code: int, reason: str, text: str, path: str) -> None:
        self.code, self.reason, self.text = code, reason, text
        self.is_api = path.startswith("/api/")

    def to_response(self, _ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        if self.is_api:
            kind, body = "application/json", json.dumps({"error": self.text})
        else:
            kind = "text/html; charset=utf-8"
            body = _PAGE.format(title=html.escape(self.reason), text=html.escape(self.text))
        headers = [
            ("Content-Type", kind),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ]
        if self.code == 503:
            headers.append(("Retry-After", "5"))
        return f"{self.code} {self.reason}", headers, body.encode()


def no_room(path: str) -> Refusal:
    """All connections are in use."""
    return Refusal(503, "No room now", full(PAGES), path)


def other_host(path: str) -> Refusal:
    """It was asked under a name that is not ours."""
    text = "This page does not answer under this name. Open the address that rerun-trace printed."
    return Refusal(403, "Forbidden", text, path)


def too_long(path: str) -> Refusal:
    """A request with more than anything of ours sends."""
    return Refusal(413, "Too long", f"That is too long: at most {BODY_BYTES:,} bytes.", path)


class _Sayings:
    """Says a limit once in a while, however often it is reached."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: dict[str, float] = {}

    def say(self, what: str) -> None:
        now = time.monotonic()
        with self._lock:
            if now < self._said.get(what, -_PAUSE_S) + _PAUSE_S:
                return
            self._said[what] = now
        log.warning("rerun-trace: %s; further browsers are told to wait", what)


at_its_limit = _Sayings().say
