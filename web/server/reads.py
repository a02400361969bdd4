"""What the views read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rerun_trace.db.handover.trouble import Trouble
from rerun_trace.tracer.model import RecordingInfo
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.server.live import LiveApp

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore


@dataclass(frozen=True)
class Reads:
    """What the views read from. `live` is the app that was started together with them."""

    store: TraceStore
    live: LiveApp | None

    def is_current(self, recording: int) -> bool:
        """Whether the app that was started with these pages writes this one, or wrote it last."""
        return self.live is not None and self.live.state.recording == recording

    def trouble(self, recording: int) -> Trouble | None:
        """What keeps the recording from being written, if its app was started with these pages."""
        live = self.live
        return live.state.trouble if live is not None and self.is_current(recording) else None

    def state_of(self, info: RecordingInfo, last_ns: int) -> str:
        """`live`, `stopped`, `complete` or `broken off`; see `words.recording_state`."""
        trouble = self.trouble(info.id)
        if trouble is not None and trouble.state == "stopped" and not info.complete:
            return "stopped"
        return words.recording_state(info, last_ns, datetime.now(UTC), self.is_here(info))

    def is_here(self, info: RecordingInfo) -> bool:
        """Whether the recording's app was started with these pages, and its process runs."""
        live = self.live
        return live is not None and live.state.state != "ended" and self.is_current(info.id)
