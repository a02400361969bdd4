"""Probes for `st.secrets`: its values are masked from then on, whoever read them."""

from __future__ import annotations

from types import FrameType
from typing import Any

from ..capture.recorder import Recorder
from ..capture.redaction import UNKNOWN


class SecretsProbes:
    """Watches `Secrets`."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def read(self, frame: FrameType, value: Any) -> None:
        recorder = self._recorder
        recorder.redactor.add_secrets(value)
        if _asked_by_user(frame.f_back, frame.f_code.co_filename, recorder):
            recorder.secret_read(UNKNOWN)


def _asked_by_user(frame: FrameType | None, file: str, recorder: Recorder) -> bool:
    """Whether the user's own code reads the secrets, and not a connection of Streamlit's."""
    while frame is not None and (
        frame.f_code.co_filename == file or "_collections_abc" in frame.f_code.co_filename
    ):
        frame = frame.f_back
    return frame is not None and recorder.scope.decide(frame.f_code.co_filename).traced
