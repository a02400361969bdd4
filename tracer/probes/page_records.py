"""Makes records of page messages, on the sink's thread so that the script does not wait for it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from ..capture.place import NOWHERE, Place
from ..capture.recorder import Recorder
from ..model import (
    KNOWN_WIDGETS,
    ContainerWrite,
    DrawnWidget,
    MessageBody,
    PageMessage,
    Record,
)
from .live_run import LiveRun
from .messages import Summary, summarize
from .tabs import Tab

_KNOWN_BODIES = 20_000
_KNOWN_IDS = 100_000
_KNOWN_SUMMARIES = 2_000
_SMALL = 5_000  # bytes
_new = tuple.__new__  # a named tuple's own constructor is a Python function


class _Met(NamedTuple):
    """What was known of a message on the thread that met it."""

    number: int
    tab: Tab
    live: LiveRun | None
    at_ns: int
    step: int
    place: Place
    own: bool  # Streamlit's own placeholder: a message, but nothing that the app wrote
    value: str | None  # of a widget


class PageRecords:
    """Numbers the page messages of a recording, and makes their records."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        # Script threads and the event loop take numbers: one step, so that each has its own.
        self._numbers = itertools.count(1)
        self._bodies: dict[str, None] = {}
        self._summaries: dict[bytes, Summary] = {}  # of small messages
        self._widget_numbers = itertools.count(1)
        self._widgets: dict[tuple[str, Any], int] = {}  # by id and what it was made of
        self._identities: dict[str, int] = {}  # by id: the first number

    def record(
        self,
        tab: Tab,
        live: LiveRun | None,
        message: Any,
        data: bytes,
        place: Place = NOWHERE,
        own: bool = False,
        value: str | None = None,
    ) -> int:
        """Gives the message a number; what it says is read later, on the sink's thread."""
        recorder = self._recorder
        number, at = next(self._numbers), recorder.now()
        step = live.trace.step_count if live is not None else 0
        says: Any = type(message)
        size, kept = len(data), data
        if size > recorder.budget.message_bytes:  # not worth waiting for
            kept, says = b"", summarize(message)
        met = _new(_Met, (number, tab, live, at, step, place, own, value))
        recorder.emit_later(partial(self._read, met, kept, size, says), len(kept))
        return number

    def says(self, data: bytes, message_type: Any) -> Summary:
        """What a message says, from its bytes; kept, as most messages come again in every run."""
        summary = self._summaries.get(data)
        if summary is None:
            summary = summarize(message_type.FromString(data))
            if len(data) <= _SMALL:
                if len(self._summaries) >= _KNOWN_SUMMARIES:
                    self._summaries.clear()
                self._summaries[data] = summary
        return summary

    # On the sink's thread; when it does not keep up, on the one that wrote the message

    def _read(
        self,
        met: _Met,
        data: bytes,
        size: int,
        says: Any,  # a Summary; or the type of the message, whose bytes are there
        details: bool,
    ) -> Iterator[Record]:
        live = met.live
        summary = says if isinstance(says, Summary) else self.says(data, says)
        body = ""
        if size > len(data):
            self._recorder.leave_out("messages")
        elif details:
            redactor = self._recorder.redactor
            key = redactor.salt if redactor.active else b""
            body = hashlib.blake2b(data, digest_size=16, key=key).hexdigest()
            if body not in self._bodies or self._recorder.lets_go:
                if len(self._bodies) > _KNOWN_BODIES:
                    self._bodies.clear()
                self._bodies[body] = None
                yield MessageBody(body, data)
        yield PageMessage(
            n=met.number,
            app_session=met.tab.n,
            run=live.n if live is not None else None,
            at_ns=met.at_ns,
            type=summary.type,
            body=body,
            size=size,
            path=summary.path,
            kind=summary.kind,
            element=summary.element,
            label=summary.label,
            detail={**summary.detail, "placeholder": True} if met.own else summary.detail,
        )
        if met.own or not details or live is None:
            return
        if summary.path is not None and summary.kind is not None:
            drawn = self._widget(summary)
            if isinstance(drawn, DrawnWidget):
                yield drawn
                drawn = drawn.n
            yield ContainerWrite(
                run=live.n,
                at_ns=met.at_ns,
                step=met.step,
                message=met.number,
                path=summary.path,
                kind=summary.kind,
                element=summary.element or "",
                label=summary.label or "",
                out_of_order=live.is_out_of_order(summary.path, summary.kind, summary.element),
                file=met.place.file,
                line=met.place.line,
                widget_id=summary.widget.id if summary.widget else None,
                fragment=summary.fragment or None,
                shows=summary.shows,
                widget=drawn,
                value=met.value,
            )

    def _widget(self, summary: Summary) -> DrawnWidget | int | None:
        """The number of a widget as it is drawn here; at its first time the whole record."""
        widget = summary.widget
        if widget is None:
            return None
        known = self._widgets.get((widget.id, summary.made_of))
        if known is not None:
            return known
        if len(self._widgets) >= KNOWN_WIDGETS:
            self._widgets.clear()
        if len(self._identities) >= _KNOWN_IDS:
            self._identities.clear()
        n = self._widgets[widget.id, summary.made_of] = next(self._widget_numbers)
        return DrawnWidget(
            n=n,
            identity=self._identities.setdefault(widget.id, n),
            widget_id=widget.id,
            element=widget.kind,
            label=widget.label,
            key=widget.key,
            made_of=summary.made_of,
            form=widget.form or None,
        )
