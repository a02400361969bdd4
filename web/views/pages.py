"""The HTML pages: the list of recordings and one recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.model import Outcome
from rerun_trace.tracer.words.outcomes import STATES
from rerun_trace.web.models import recording_list
from rerun_trace.web.server.live import is_own_browser, view

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore
    from rerun_trace.web.server.reads import Reads
    from rerun_trace.web.views.samples import Samples

WINDOW = 1000  # steps; as in api/rundata.ts
MOST_SUPERSEDED = 50  # newest runs that are looked through; as in api/runindex.ts


def blueprint(reads: Reads, demo: Samples | None) -> Blueprint:
    """The pages, reading from `reads`; `demo` are samples to begin with."""
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    def recordings() -> ResponseReturnValue:
        asked = {name: request.args.get(name, "") for name in ("app", "q")}
        rows = recording_list.listed(
            reads.store.summaries(), reads.state_of, asked["app"], asked["q"]
        )
        may_change = is_own_browser()
        return render_template(
            "recordings.html",
            rows=rows,
            shown=sum(row.is_shown for row in rows),
            apps=recording_list.apps(rows),
            asked=asked,
            comparisons=reads.store.comparisons(),
            samples=demo.offered() if demo is not None and may_change and not rows else (),
            may_change=may_change,
            exact=recording_list.exact,
            trouble=view(reads.live)["trouble"],
            states=STATES,
        )

    @pages.get("/recordings/<int:recording>")
    def recording(recording: int) -> ResponseReturnValue:
        info = reads.store.recording(recording)
        return render_template(
            "recording.html",
            info=info,
            engine=f"Streamlit {info.streamlit} · Python {info.python} · {info.engine}",
            live=view(reads.live) if reads.is_current(recording) else None,
            asked=_asked_first(reads.store, recording),
        )

    return pages


def _asked_first(store: TraceStore, recording: int) -> list[str]:
    """What the studio asks for at once: the browser does so before the scripts are there.

    The addresses have to be those of api/api.ts, letter by letter, or everything is fetched twice.
    """
    api = f"/api/recordings/{recording}"
    asked = [f"{api}/index?from=1&interactions=0&again="]
    newest = store.counts(recording)["runs"]
    if newest:
        asked_for = request.args.get("run", None, int)
        telling = _telling(store, recording, newest) if asked_for is None else asked_for
        number = min(max(telling, 1), newest)
        last = store.run(recording, number).steps
        step = min(max(request.args.get("step", last, int), 1), last)
        first = max(step - 1, 0) // WINDOW * WINDOW + 1
        run = f"{api}/runs/{number}"
        asked += [run, f"{run}/steps?at={first}", f"{run}/state"]
    return asked


def _telling(store: TraceStore, recording: int, newest: int) -> int:
    """The run that the page opens on, as in api/runindex.ts: the newest that was not superseded."""
    runs = store.runs(recording, first=max(1, newest - MOST_SUPERSEDED + 1), last=newest)
    told = [run.n for run in runs if run.outcome is not Outcome.SUPERSEDED]
    return max(told, default=newest)
