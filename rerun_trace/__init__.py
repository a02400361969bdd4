"""A visual debugger for the execution flow of Streamlit apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Recording", "__version__", "start"]

if TYPE_CHECKING:
    from .recording import Recording, start


def __getattr__(name: str) -> Any:
    # Imported when asked for: `import rerun_trace.db` must not load the tracer, nor the reverse.
    if name in ("Recording", "start"):
        from . import recording

        return getattr(recording, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
