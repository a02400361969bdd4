"""`.trace.json`: a recording in Chrome's trace event format, which Perfetto opens.

Each app session is a process. Its runs are slices on the track of its script's thread, with
callbacks, fragments, cached calls and calls of functions nested in them; threads of the user's have
tracks of their own. Interactions overlap, and so are slices of their own (async events).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from .job import Export, only_recording
from .spans import Kind, Span, spans_of

_SCRIPT, _THREADS = 1, 1001  # numbers of tracks: of the script's thread, of the user's
Event = dict[str, Any]


def write(export: Export) -> None:
    """Writes the file of one recording."""
    id = only_recording(export)
    info = export.store.recording(id)
    document = {
        "displayTimeUnit": "ms",
        "otherData": {
            "app": info.app,
            "started_at": info.started_at.isoformat(),
            "python": info.python,
            "streamlit": info.streamlit,
            "made by": "rerun-trace",
        },
        "traceEvents": events(spans_of(export.store, id), info.app),
    }
    export.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def events(spans: Iterable[Span], app: str) -> list[Event]:
    """The events of spans, in the order of their time within a track."""
    spans = list(spans)
    tracks = _Tracks(spans)
    made: list[Event] = []
    for session in sorted({span.session for span in spans}):
        made.append(_named("process_name", session, 0, f"{app}, app session {session}"))
    for (session, track), name in sorted(tracks.names.items()):
        made.append(_named("thread_name", session, track, name))
    for span in spans:
        if span.kind is Kind.INTERACTION:
            made += _interaction(span)
            continue
        track = tracks.of(span)
        made.append(
            {
                "ph": "X",
                **_about(span),
                "tid": track,
                "dur": (span.end_ns - span.start_ns) // 1000,
                "args": _args(span),
            }
        )
        if span.cause is not None:
            made += _arrow(span.cause, tracks.of(span.cause), span, track)
    return made


def _about(span: Span) -> Event:
    return {
        "name": span.name,
        "cat": str(span.kind),
        "ts": span.start_ns // 1000,
        "pid": span.session,
    }


def _args(span: Span) -> dict[str, Any]:
    return span.args if span.failed is None else {**span.args, "failed": span.failed}


def _named(what: str, session: int, track: int, name: str) -> Event:
    return {"ph": "M", "name": what, "pid": session, "tid": track, "args": {"name": name}}


def _interaction(span: Span) -> list[Event]:
    about = {**_about(span), "id": span.args["interaction"], "tid": _SCRIPT}
    end = {**about, "ph": "e", "ts": span.end_ns // 1000}
    return [{"ph": "b", **about, "args": span.args}, end]


def _arrow(cause: Span, from_track: int, run: Span, track: int) -> list[Event]:
    """From the run that asked for a rerun to the one that it got."""
    about = {"name": "rerun", "cat": "rerun", "id": run.run, "pid": run.session}
    end = max(cause.start_ns, cause.end_ns - 1000)
    return [
        {"ph": "s", **about, "tid": from_track, "ts": end // 1000},
        {"ph": "f", "bp": "e", **about, "tid": track, "ts": run.start_ns // 1000},
    ]


class _Tracks:
    """Which track a span is on. Two runs, or two threads, that overlap are on different ones."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.names: dict[tuple[int, int], str] = {}
        self._tracks: dict[tuple[int, int], int] = {}  # by run and thread
        extents: dict[tuple[int, int, int], list[int]] = {}
        for span in spans:
            if span.kind is Kind.INTERACTION:
                continue
            key = (span.session, span.run, span.thread)
            extent = extents.setdefault(key, [span.start_ns, span.end_ns])
            extent[:] = min(extent[0], span.start_ns), max(extent[1], span.end_ns)
        ends: dict[tuple[int, bool], list[int]] = defaultdict(list)  # by session, of each track
        for (session, run, thread), (start, end) in sorted(
            extents.items(), key=lambda item: (item[1], item[0])
        ):
            lanes = ends[session, thread > 0]
            free = [lane for lane, until in enumerate(lanes) if until <= start]
            lane = free[0] if free else len(lanes)
            lanes[lane : lane + 1] = [end]
            track = (_THREADS if thread else _SCRIPT) + lane
            self._tracks[run, thread] = track
            what = "thread of the app's" if thread else "script thread"
            self.names[session, track] = what if not lane else f"{what} ({lane + 1})"

    def of(self, span: Span) -> int:
        return self._tracks[span.run, span.thread]
