"""`--otlp`: recordings as OpenTelemetry spans, sent to a collector. Each interaction is a trace."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from ..db.store import TraceStore
from ..tracer.model import RecordingInfo
from .job import ExportProblem, Progress, silent
from .spans import Level, Span, spans_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PATH = "/v1/traces"
_AT_ONCE = 500
_TIMEOUT_S = 10
_NAMES = {"function": "code.function.name", "error": "exception.message"}


def send(
    store: TraceStore,
    recordings: Sequence[int],
    url: str,
    level: Level = Level.RUN,
    progress: Progress = silent,
) -> int:
    """Sends the spans of recordings, and returns how many. Raises ExportProblem, in one line."""
    endpoint = endpoint_of(url)
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import SpanExportResult
    except ImportError as error:
        raise ExportProblem(
            f"--otlp needs OpenTelemetry ({error.name} is missing); run: "
            'pip install "rerun-trace[otlp]"'
        ) from None
    _knock(endpoint)
    sent = 0
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_TIMEOUT_S)
    try:
        for done, id in enumerate(recordings):
            progress("sending", done, len(recordings))
            made = made_spans(store.recording(id), spans_of(store, id, level))
            for start in range(0, len(made), _AT_ONCE):
                with _listening() as said:
                    result = exporter.export(made[start : start + _AT_ONCE])
                if result is not SpanExportResult.SUCCESS:
                    why = said[-1] if said else "it did not take the spans"
                    raise ExportProblem(f"{endpoint} refused the spans of recording {id}: {why}")
            sent += len(made)
    finally:
        exporter.shutdown()  # type: ignore[no-untyped-call]
    return sent


def endpoint_of(url: str) -> str:
    """Where spans are sent to: a collector's address alone means its usual path for them."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ExportProblem(
            f"--otlp {url}: this is no address of a collector; write it like http://localhost:4318"
        )
    return url.rstrip("/") + _PATH if parts.path in ("", "/") else url


def _knock(endpoint: str) -> None:
    """Whether anybody listens there. The exporter itself would try again and again."""
    parts = urlsplit(endpoint)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((str(parts.hostname), port), _TIMEOUT_S).close()
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        where = f"{parts.hostname}:{port}"
        raise ExportProblem(
            f"no collector answers at {where}: {why}; is it running, and is the port the one for "
            "OTLP over HTTP (4318 as a rule)?"
        ) from None


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What the exporter logs meanwhile, kept from the terminal."""
    said: list[str] = []

    class _Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(" ".join(record.getMessage().split()))

    logger, handler = logging.getLogger("opentelemetry"), _Handler()
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def made_spans(info: RecordingInfo, spans: Sequence[Span]) -> list[Any]:
    """The spans of a recording as the SDK's, with the times at which they were."""
    from opentelemetry import trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON

    provider = TracerProvider(
        sampler=ALWAYS_ON, shutdown_on_exit=False, resource=Resource(_about(info))
    )
    tracer = provider.get_tracer("rerun-trace")
    began = (info.started_at - _EPOCH) // timedelta(microseconds=1) * 1000
    made: dict[int, Any] = {}
    for span in spans:
        around = made.get(id(span.parent))
        cause = made.get(id(span.cause))
        own = tracer.start_span(
            span.name,
            # Without one it is a root, whatever trace the caller of this may be in.
            trace.set_span_in_context(around or trace.INVALID_SPAN),
            attributes=attributes(span),
            links=[trace.Link(cause.get_span_context())] if cause is not None else None,
            start_time=began + span.start_ns,
        )
        if span.failed is not None:
            own.set_status(trace.Status(trace.StatusCode.ERROR, span.failed))
        own.end(began + span.end_ns)
        made[id(span)] = own
    if not all(hasattr(own, "resource") for own in made.values()):
        raise ExportProblem("OpenTelemetry is switched off here: unset OTEL_SDK_DISABLED")
    return list(made.values())


def _about(info: RecordingInfo) -> dict[str, Any]:
    about = {
        "service.name": info.app,
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
        "process.runtime.name": "cpython",
        "process.runtime.version": info.python,
        "rerun_trace.recording": info.id,
        "rerun_trace.folder": info.folder,
        "rerun_trace.engine": info.engine,
        "rerun_trace.streamlit": info.streamlit,
        "rerun_trace.complete": info.complete,
    }
    return about | ({"rerun_trace.variant": info.variant} if info.variant else {})


def attributes(span: Span) -> dict[str, Any]:
    """What is known of a span, under OpenTelemetry's names where it has them."""
    found: dict[str, Any] = {
        "rerun_trace.kind": str(span.kind),
        "rerun_trace.app_session": span.session,
    }
    for name, value in span.args.items():
        if name == "at":
            file, _, line = str(value).rpartition(":")
            found |= {"code.file.path": file, "code.line.number": int(line)}
        else:
            key = _NAMES.get(name) or "rerun_trace." + re.sub(r"\W+", "_", name)
            found[key] = value
    if span.thread:
        found["rerun_trace.thread"] = span.thread
    return found
