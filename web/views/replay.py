"""The page again: what to show at a moment, and the frame in which Streamlit's front end shows it.

The frame runs the recorded app's HTML and scripts, so it is sandboxed without an origin of its
own: it can reach neither this site's pages nor its data. What it shows is handed in by the page
around it. Its files carry no secrets, and may be read from any origin, because it has none.
"""

from __future__ import annotations

import mimetypes
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, jsonify, request, send_from_directory
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.replay import streamlit_files as frontend
from rerun_trace.web.replay.batch import MOST, read_batch
from rerun_trace.web.replay.page_reads import PageReads
from rerun_trace.web.replay.page_view import page_view
from rerun_trace.web.server import query

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

FOREVER = "public, max-age=31536000, immutable"
# What the frame asks for without a cookie, as it has no origin: the same for every recording.
OPEN_TO_ALL = frozenset(
    f"replay.{view}"
    for view in ("index", "script", "health", "host_config", "media", "component", "asset")
)
SCRIPTS = ("replay.js",)
CLOSED = "replay-closed.js"
OURS = frozenset({*SCRIPTS, "replay-component.js", "replay-frame.css"})
_STATIC = Path(__file__).parents[1] / "static"
# Streamlit's front end has inline styles, charts that compile expressions, workers from blobs; an
# app's own HTML has inline scripts. All of it stays on this machine, and in this frame.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-scripts",
    )
)
HOST_CONFIG = {
    "allowedOrigins": [],
    "useExternalAuthToken": False,
    "enableCustomParentMessages": False,
    "enforceDownloadInNewTab": False,
    "metricsUrl": "off",
    "blockErrorDialogs": True,
}
NO_MEDIA = """\
<svg xmlns="http://www.w3.org/2000/svg" width="320" height="90" viewBox="0 0 320 90">
<rect x="1" y="1" width="318" height="88" rx="8" fill="#f6f7f8" stroke="#5c666f"
  stroke-dasharray="5 4"/>
<text x="160" y="50" text-anchor="middle" font-family="sans-serif" font-size="15"
  fill="#5c666f">media file: not recorded</text>
</svg>
"""
NO_COMPONENT = """\
<!doctype html><meta charset="utf-8"><title>Component</title>
{script}
<p>custom component: not recorded</p>
"""


def inline(name: str) -> str:
    """A script of ours, to stand in a page."""
    return f"<script>{(_STATIC / name).read_text(encoding='utf-8')}</script>"


@cache
def _head() -> str:
    """What comes before all else in the frame. What closes its ways out hands its own text on."""
    scripts = "".join(f'<script src="./-/{name}"></script>' for name in SCRIPTS)
    return inline(CLOSED) + '<link rel="stylesheet" href="./-/replay-frame.css">' + scripts


def blueprint(store: TraceStore) -> Blueprint:
    """The page of a moment and the frame that shows it, reading from `store`."""
    views = Blueprint("replay", __name__)
    reads = PageReads(store)

    @views.get("/api/recordings/<int:recording>/runs/<int:number>/page")
    def page(recording: int, number: int) -> ResponseReturnValue:
        start = reads.start(recording, number)
        as_ = request.args.get("as", "sent")
        if as_ not in ("sent", "written"):
            abort(400, f"as must be sent or written, not {words.shorten(as_)}.")
        step = query.number("step", start.run.steps)
        following = store.next_run(recording, start.run)
        view = page_view(start, step, written=as_ == "written", next_run=following)
        view["versions"] = [store.recording(recording).streamlit, frontend.version()]
        return jsonify(view)

    @views.get("/api/recordings/<int:recording>/bodies")
    def bodies(recording: int) -> ResponseReturnValue:
        hashes = [hash for hash in request.args.get("of", "").split(",") if hash]
        if not 0 < len(hashes) <= MOST:
            abort(400, f"of must be 1 to {MOST} content hashes with commas between them.")
        data, is_whole = read_batch(hashes, store.named_bodies, store.message_body)
        response = Response(data, mimetype="application/octet-stream")
        forever = FOREVER.replace("public", "private")
        response.headers["Cache-Control"] = forever if is_whole else "no-store"
        return response

    frame = "/recordings/<int:recording>/replay"

    @views.get(f"{frame}/")
    def index(recording: int) -> ResponseReturnValue:
        try:
            return Response(frontend.index(_head()), mimetype="text/html")
        except FileNotFoundError as error:
            abort(404, str(error))

    @views.get(f"{frame}/-/<name>")
    def script(recording: int, name: str) -> ResponseReturnValue:
        if name not in OURS:
            abort(404)
        return send_from_directory(current_app.static_folder or "", name)

    @views.get(f"{frame}/_stcore/health")
    def health(recording: int) -> ResponseReturnValue:
        return Response("ok", mimetype="text/plain")

    @views.get(f"{frame}/_stcore/host-config")
    def host_config(recording: int) -> ResponseReturnValue:
        return jsonify(HOST_CONFIG)

    @views.get(f"{frame}/media/<path:name>")
    def media(recording: int, name: str) -> ResponseReturnValue:
        return Response(NO_MEDIA, mimetype="image/svg+xml")

    @views.get(f"{frame}/component/<path:name>")
    def component(recording: int, name: str) -> ResponseReturnValue:
        address = f"/recordings/{recording}/replay/-/replay-component.js"
        page = NO_COMPONENT.format(script=f'<script src="{address}"></script>')
        return Response(page, mimetype="text/html")

    @views.get(f"{frame}/<path:name>")
    def asset(recording: int, name: str) -> ResponseReturnValue:
        static = frontend.folder()
        if static is None:
            abort(404)
        kind = mimetypes.guess_type(name)[0]
        response = send_from_directory(static, name, mimetype=kind)
        response.headers["Cache-Control"] = FOREVER if name.startswith("static/") else "no-cache"
        return response

    @views.after_request
    def isolate(response: Response) -> Response:
        if "/replay/" in request.path:
            response.headers["Content-Security-Policy"] = POLICY
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return views
