"""What replaying pages inside of a report takes: Streamlit's front end, as far as it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rerun_trace.tracer.errors import StoreError
from rerun_trace.web.report import libraries
from rerun_trace.web.report.assemble import Frame
from rerun_trace.web.report.frame import frame, is_serif, notices
from rerun_trace.web.report.packing import part

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

_WINDOW = 500  # runs that are read at once
NO_REPLAY = "This report was made without replay, so the page is a list."


def frame_of(store: TraceStore, recordings: Sequence[int]) -> Frame | str:
    """The front end with what draws these recordings; or why there is none, as a sentence."""
    elements: set[str] = set()
    hashes: set[str] = set()
    for id in recordings:
        for first in range(1, store.counts(id)["runs"] + 1, _WINDOW):
            window = (first, first + _WINDOW - 1)
            elements |= {write.element for write in store.container_writes(id, runs=window)}
            hashes |= {message.body for message in store.messages(id, runs=window) if message.body}
    needed = libraries.needed(elements, _bodies(store, hashes))
    serif = any(map(is_serif, _bodies(store, hashes)))
    try:
        made = frame(needed, serif=serif)
    except FileNotFoundError:
        return "This report was made where Streamlit is not installed, so the page is a list."
    except ValueError as error:
        return f"This report could not be made with replay ({error}), so the page is a list."
    return Frame([part("frame", made.content())], notices("Graphviz" in needed))


def _bodies(store: TraceStore, hashes: set[str]) -> Iterator[bytes]:
    for hash in sorted(hashes):
        try:
            yield store.message_body(hash)
        except StoreError:
            continue  # it was not kept
