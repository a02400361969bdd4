"""The HTML pages: the list of recordings and one recording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.model import RecordingInfo
from rerun_trace.web import words

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore


# Preloaded, or the browser would find them one import after the other.
MODULES = (
    *("api.js", "draw.js", "format.js", "graph.js", "hover.js", "lanes.js", "live.js", "marks.js"),
    *("runpanel.js", "runtable.js", "source.js", "timeline.js", "timescale.js", "view.js"),
    *("vendor/htm.js", "vendor/preact.js"),
)


@dataclass(frozen=True)
class Reads:
    """What the views read from. `app_url` is the live app's address, if there is one."""

    store: TraceStore
    app_url: str | None

    def is_here(self, info: RecordingInfo) -> bool:
        """Whether the recording's app was started together with this page."""
        if self.app_url is None or info.complete or info.ended_at is not None:
            return False
        latest = self.store.latest()
        return latest is not None and latest.id == info.id


def blueprint(reads: Reads) -> Blueprint:
    """The pages, reading from `reads`."""
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    def recordings() -> ResponseReturnValue:
        now = datetime.now(UTC)
        rows = [_row(reads, summary, now) for summary in reads.store.summaries()]
        rows.sort(key=lambda row: row["id"], reverse=True)
        comparisons = reads.store.comparisons()
        return render_template("recordings.html", rows=rows, comparisons=comparisons)

    @pages.get("/recordings/<int:recording>")
    def recording(recording: int) -> ResponseReturnValue:
        info = reads.store.recording(recording)
        here = reads.is_here(info)
        return render_template(
            "recording.html",
            info=info,
            engine=f"Streamlit {info.streamlit} · Python {info.python} · {info.engine}",
            app_url=reads.app_url if here else None,
            modules=MODULES,
        )

    return pages


def _row(reads: Reads, summary: Any, now: datetime) -> dict[str, Any]:
    info: RecordingInfo = summary.info
    return {
        "id": info.id,
        "app": info.app,
        "variant": info.variant,
        "folder": info.folder,
        "started_at": info.started_at,
        "runs": summary.runs,
        "interactions": summary.interactions,
        "app_sessions": summary.app_sessions,
        "errors": summary.errors,
        "duration": words.duration(summary.duration_ns),
        "engine": info.engine,
        "engine_reason": info.engine_reason,
        "versions": f"Streamlit {info.streamlit} · Python {info.python}",
        "state": words.recording_state(info, summary.duration_ns, now, reads.is_here(info)),
        "limits": info.limits,
    }
