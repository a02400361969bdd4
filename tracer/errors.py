"""The errors that rerun-trace raises on purpose.

Each message is one line that names the problem and what to do about it. Only the command line
turns them into text and an exit code.
"""

from __future__ import annotations


class RerunTraceError(Exception):
    """Base of every error of this package. `exit_code` is what a command ends with."""

    exit_code = 1


class EngineUnavailable(RerunTraceError):
    """The wanted engine cannot run here (old Python, or another tool holds the trace slot)."""


class AppNotFound(RerunTraceError):
    """The script to run is missing, is not a file, or is not Python."""

    exit_code = 2


class ScenarioError(RerunTraceError):
    """A scenario is malformed, or a step of it finds no widget, or more than one."""

    exit_code = 2


class StoreError(RerunTraceError):
    """The database cannot be opened, is read-only, or belongs to a newer version."""

    exit_code = 3


class RecordingNotFound(RerunTraceError):
    """No recording has the number that was asked for."""

    exit_code = 2


class ComparisonNotFound(RecordingNotFound):
    """No comparison has the number that was asked for."""


class NoteNotFound(RecordingNotFound):
    """No note of the recording has the number that was asked for."""


class HostError(RerunTraceError):
    """Streamlit could not be started, or ended before it should have."""
