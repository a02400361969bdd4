"""The web page's Flask application: put together here, with everything it needs handed in."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, NotFound

from rerun_trace.tracer.errors import RecordingNotFound, RunNotFound, StoreError
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.server import live
from rerun_trace.web.server.access import ANY_HOST, LOOPBACK, Access, guard
from rerun_trace.web.server.explaining import Explaining, explanations_of
from rerun_trace.web.server.kept import KeptAnswers
from rerun_trace.web.server.limits import BODY_BYTES
from rerun_trace.web.server.reads import Reads
from rerun_trace.web.views import comparison as compare
from rerun_trace.web.views import listing, notes, pages, replay, samples, share
from rerun_trace.web.views import recording as api

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

__all__ = ["ANY_HOST", "LOOPBACK", "create_app"]

# What every browser asks for that opens a recording, and whether it tells of what is stored alone.
KEPT = {
    "pages.recording": False,
    "api.changes_": False,
    "api.timeline.index": False,
    "api.timeline.window": True,
    "api.run": True,
    "api.source": True,
    "api.steps.steps": True,
    "api.state.state": True,
    "notes.notes": True,
    "replay.page": True,
    "replay.bodies": True,
}
KEPT_FILES = ("static", "replay.index", "replay.script", "replay.asset")
MOST = 2**63  # no database holds a higher number

# Nothing is loaded from elsewhere and nothing is inline. Graphviz is WebAssembly, in a worker.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


def create_app(
    store: TraceStore,
    *,
    live_app: live.LiveApp | None = None,
    reports: share.Reports | None = None,
    demo: samples.Samples | None = None,
    explaining: Explaining | None = None,
    allowed_hosts: Collection[str] = LOOPBACK,
    token: str | None = None,
    keeps: bool = True,
) -> Flask:
    """The application that shows what `store` holds.

    `live_app` is the traced app, when it was started together with this page: the recording that it
    writes counts as live, and its page may show the app in a frame. `explaining` answers what is
    asked of findings and causes; this process, when it is None. `allowed_hosts` are the names
    (without port) that a request's `Host` may have, and `token` is what it has to show; see
    `access`. `demo` are the samples that the list offers as long as it is empty. With `keeps`,
    answers are kept for the next who asks the same.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    guard(app, Access(frozenset(allowed_hosts), token), {"static", *replay.OPEN_TO_ALL})
    app.json.sort_keys = False  # type: ignore[attr-defined]
    reads = Reads(store, live_app)
    explainer = explaining or explanations_of(store)
    app.register_blueprint(pages.blueprint(reads, demo))
    app.register_blueprint(listing.blueprint(reads, explainer))
    app.register_blueprint(samples.blueprint(demo))
    app.register_blueprint(api.blueprint(reads, explainer))
    app.register_blueprint(compare.blueprint(store))
    app.register_blueprint(replay.blueprint(store))
    app.register_blueprint(notes.blueprint(store))
    app.register_blueprint(share.blueprint(store, reports))
    app.register_blueprint(live.blueprint(live_app))

    @app.url_value_preprocessor
    def refuse_numbers_beyond(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        for name, value in (values or {}).items():
            if isinstance(value, int) and value >= MOST:
                abort(404, f"There is no {name} of {len(str(value))} digits.")

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _policy(live_app))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Another version of this package may serve the same address a minute later.
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        answer = app.make_response(_error_page(code, error.name, error.description or ""))
        if code == 401:  # which has to name a way; browsers ask nobody for this one
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    @app.errorhandler(RecordingNotFound)
    def on_missing_recording(error: RecordingNotFound) -> ResponseReturnValue:
        here = request.view_args or {}
        kept = here.get("recording") if isinstance(error, RunNotFound) else None
        return _error_page(404, NotFound().name, str(error), kept)

    @app.errorhandler(StoreError)
    def on_store_error(error: StoreError) -> ResponseReturnValue:
        trouble = None if live_app is None else live_app.state.trouble
        more = "" if trouble is None else f". The {trouble.text}"
        return _error_page(503, "The recordings cannot be read", f"{error}{more}")

    @app.errorhandler(Exception)
    def on_what_nobody_thought_of(error: Exception) -> ResponseReturnValue:
        """A damaged recording leads anywhere: that is said, and logged."""
        what = " ".join(f"{type(error).__name__}: {error}".split())
        app.logger.exception("%s %s", request.method, request.path)
        text = f"Something in this recording cannot be understood: {words.shorten(what)}"
        return _error_page(503, "This cannot be shown", text)

    if keeps:
        KeptAnswers(store.version).keep(app, KEPT, KEPT_FILES)
    return app


def _policy(live_app: live.LiveApp | None) -> str:
    """The policy; the live app is the only page of elsewhere that a frame may show."""
    url = None if live_app is None else live.url_of(live_app)
    return (
        POLICY if url is None else POLICY.replace("frame-src", f"frame-src {live.origin_of(url)}")
    )


def _error_page(
    code: int, title: str, text: str, recording: int | None = None
) -> ResponseReturnValue:
    """`recording`: the one that has what was asked for no more."""
    if request.path.startswith("/api/"):
        return jsonify({"error": text}), code
    page = render_template("error.html", code=code, title=title, text=text, recording=recording)
    return page, code
