"""Streamlit's own front end, as it is installed: found without importing Streamlit."""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata, util
from pathlib import Path


@cache
def folder() -> Path | None:
    """Where its files are; None when there are none."""
    found = util.find_spec("streamlit")  # finds it, and does not run it
    for place in (found and found.submodule_search_locations) or ():
        static = Path(place) / "static"
        if (static / "index.html").is_file():
            return static
    return None


@cache
def version() -> str:
    """The version of Streamlit that it belongs to; empty when there is none."""
    try:
        return metadata.version("streamlit")
    except metadata.PackageNotFoundError:
        return ""


def index(scripts: str) -> str:
    """Its page, with `scripts` before everything else. Raises FileNotFoundError.

    Under another name than its own, the icon is not changed to the app's, which may be elsewhere.
    """
    static = folder()
    if static is None:
        raise FileNotFoundError("Streamlit's front end is not installed")
    page = (static / "index.html").read_text(encoding="utf-8")
    page = re.sub(r'<link rel="shortcut icon"[^>]*>', '<link rel="icon" href="data:,">', page)
    return page.replace("<head>", f"<head>{scripts}", 1)
