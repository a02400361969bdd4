"""The app that was started together with the pages: how it is, where it answers, its restart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from rerun_trace.db.handover.trouble import Trouble
from rerun_trace.web.server.access import LOOPBACK, host_name, is_loopback


@dataclass(frozen=True)
class LiveState:
    """How the app's process is.

    `recording` is the one that it writes, or wrote last; None before the first has begun. `ended`
    says in words how the process ended, `trouble` what keeps the recording from being written.
    """

    state: Literal["starting", "running", "ended"]
    recording: int | None = None
    ended: str | None = None
    trouble: Trouble | None = None


class LiveApp(Protocol):
    """The app, as the pages see it. Its methods may be called from any thread."""

    @property
    def state(self) -> LiveState: ...

    def url_from(self, name: str, is_here: bool) -> str | None:
        """The app's address for a browser that has opened the page under the host name `name`.

        None when the app cannot be reached from there; `is_here`: the browser is on this machine.
        """

    def restart(self) -> bool:
        """Has the app's process ended if it runs, and another one started; does not wait for it.

        False when one is starting already.
        """


def blueprint(live: LiveApp | None) -> Blueprint:
    """The state of `live` as JSON, and its restart."""
    pages = Blueprint("live", __name__, url_prefix="/api/live")

    @pages.get("")
    def state() -> ResponseReturnValue:
        return jsonify(view(live))

    @pages.post("/restart")
    def restart() -> ResponseReturnValue:
        if live is None:
            abort(404, "No app was started together with this page.")
        if not is_own_browser():
            abort(403, "Only a browser on the app's own machine may restart it.")
        if not is_same_origin():
            abort(403, "Only a page of rerun-trace may restart the app.")
        if not live.restart():
            abort(409, "The app is starting already.")
        return jsonify({}), 202

    return pages


def view(live: LiveApp | None) -> dict[str, Any]:
    """How the app is, for the browser that sent this request."""
    now = LiveState("ended") if live is None else live.state
    return {
        "state": "none" if live is None else now.state,
        "recording": now.recording,
        "url": None if live is None else url_of(live),
        "ended": now.ended,
        "trouble": None if now.trouble is None else _shown(now.trouble),
        "may_restart": live is not None and is_own_browser(),
    }


def _shown(trouble: Trouble) -> dict[str, str]:
    text = trouble.text
    return {"state": trouble.state, "text": text[:1].upper() + text[1:]}


def url_of(live: LiveApp) -> str | None:
    """Where the browser that sent this request finds the app, if it can reach it."""
    return live.url_from(host_name(request.host), is_loopback(request.remote_addr or ""))


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as a policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_own_browser() -> bool:
    """Asked from this machine, under one of its own names: a name elsewhere may lead here, too."""
    return is_loopback(request.remote_addr or "") and host_name(request.host) in LOOPBACK


def is_same_origin() -> bool:
    """Whether a script of our own pages asks; browsers name the origin of every POST."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site == "same-origin" and request.headers.get("Origin") == request.host_url.rstrip("/")
