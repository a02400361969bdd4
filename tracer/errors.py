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


class KeepError(RerunTraceError):
    """What says how much of a recording is to be kept cannot be understood."""

    exit_code = 2


class StoreError(RerunTraceError):
    """The database cannot be opened, is read-only, or belongs to a newer version."""

    exit_code = 3


class RowDamaged(StoreError):
    """A row that was read cannot be understood."""


class BodyNotKept(StoreError):
    """The content of a page message was not kept, or was never recorded."""


class RecordingNotFound(RerunTraceError):
    """No recording has the number that was asked for."""

    exit_code = 2


class RunNotFound(RecordingNotFound):
    """The recording has no such run, or does not keep it any more."""


class ComparisonNotFound(RecordingNotFound):
    """No comparison has the number that was asked for."""


class NoteNotFound(RecordingNotFound):
    """No note of the recording has the number that was asked for."""


class HostError(RerunTraceError):
    """Streamlit could not be started, or ended before it should have."""


class PortInUse(HostError):
    """Somebody else answers at the port that was asked for."""


class AppEnded(HostError):
    """The app's process ended by itself, as a script may: no failure."""

    exit_code = 0


class NeverIdle(HostError):
    """The app did not become idle in the time that it was given."""

    exit_code = 4


class Interrupted(HostError):
    """Ctrl-C ended a command before it was done."""

    exit_code = 130


class StreamlitUsage(HostError):
    """Streamlit refused an option that it was given."""

    exit_code = 2


def kind_of(error: RerunTraceError) -> str:
    """The name of the error's class as another process of ours knows it."""
    return next(cls.__name__ for cls in type(error).__mro__ if cls.__module__ == __name__)


def error_of(kind: str, text: str) -> RerunTraceError:
    """The error that another process of ours told: its class's name, and its message."""
    cls = globals().get(kind)
    if isinstance(cls, type) and issubclass(cls, RerunTraceError):
        return cls(text)
    return RerunTraceError(text)
