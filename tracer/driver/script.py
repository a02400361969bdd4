"""Which script it is that shall run. Without Streamlit, for who asks before anything is driven."""

from __future__ import annotations

import os

from ..errors import AppNotFound


def check_app(app: str | os.PathLike[str]) -> str:
    """The real path of a script. Raises AppNotFound with the reason in one line."""
    path = os.fspath(app)
    if not os.path.exists(path):
        raise AppNotFound(f"no such file: {path}")
    if os.path.isdir(path):
        raise AppNotFound(f"{path} is a folder: name the script in it that Streamlit runs")
    if not path.endswith(".py"):
        raise AppNotFound(f"{path} is not a Python script (.py)")
    if not os.access(path, os.R_OK):
        raise AppNotFound(f"{path} cannot be read: check its permissions")
    return os.path.realpath(path)
