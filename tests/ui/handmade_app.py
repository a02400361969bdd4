"""A live app without a process: what the pages ask of it is answered by hand."""

from __future__ import annotations

from dataclasses import dataclass

from rerun_trace.web.server.live import LiveState


@dataclass
class HandmadeApp:
    """The app as `rerun_trace.web.server.live.LiveApp`; counts its restarts."""

    state: LiveState
    url: str | None = "http://localhost:8501"
    restarts: int = 0

    def url_from(self, name: str, is_here: bool) -> str | None:
        return self.url

    def restart(self) -> bool:
        if self.state.state == "starting":
            return False
        self.restarts += 1
        return True
