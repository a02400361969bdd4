"""Streamlit without its server: a fresh runtime in this process, set up as `streamlit run` does."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from ..errors import HostError


@contextlib.asynccontextmanager
async def running(path: str) -> AsyncIterator[Any]:
    """The runtime of a script, started; of an `st.App`, with what its lifespan sets up."""
    name = _app_in(path)
    if name is None:
        runtime = _make_runtime(path)
        await runtime.start()
        yield runtime
        return
    app = getattr(importlib.import_module(Path(path).stem), name)
    if not hasattr(app, "_create_runtime"):
        raise HostError(f"{path} makes a {type(app).__name__}: drive the st.App in it, or its page")
    runtime = app._runtime = app._create_runtime()
    _clear_caches()
    async with app._combined_lifespan(app):
        yield runtime


def _app_in(path: str) -> str | None:
    """The name of the ASGI app that a script makes instead of being a page, if it does."""
    try:
        from streamlit.web.server.app_discovery import discover_asgi_app
    except ImportError:  # older versions have no scripts that make an ASGI app
        return None
    name: str | None = discover_asgi_app(Path(path)).app_name
    return name


def _make_runtime(path: str) -> Any:
    from streamlit.runtime import Runtime, RuntimeConfig
    from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

    settings: dict[str, Any] = {
        "script_path": path,
        "media_file_storage": MemoryMediaFileStorage("/media"),
        "uploaded_file_manager": MemoryUploadedFileManager("/_stcore/upload_file"),
    }
    if "command_line" in {field.name for field in dataclasses.fields(RuntimeConfig)}:
        settings["command_line"] = None  # a field of older versions, without a default
    runtime = Runtime(RuntimeConfig(**settings))
    _clear_caches()
    return runtime


def _clear_caches() -> None:
    import streamlit as st

    st.cache_data.clear()
    st.cache_resource.clear()


def as_streamlit_run_does(path: str) -> None:
    """Set up paths, arguments and options as `streamlit run` does before it starts its server."""
    from streamlit import config
    from streamlit.web import bootstrap

    folder = os.path.dirname(path)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    sys.argv = [path]
    config.__dict__["_main_script_path"] = path
    bootstrap.load_config_options(
        {
            "server_headless": True,
            "server_fileWatcherType": "none",
            "browser_gatherUsageStats": False,
        }
    )


@contextlib.contextmanager
def fresh_streamlit(path: str) -> Iterator[None]:
    """Streamlit keeps one runtime, its caches and secrets for the whole process: begin anew."""
    from streamlit import source_util
    from streamlit.runtime import Runtime, pages_manager
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.runtime.secrets import secrets_singleton

    if Runtime._instance is not None:
        raise HostError("Streamlit already runs in this process: drive the app in one of its own")
    secrets_singleton._reset()
    PagesManager.uses_pages_directory = None
    if hasattr(pages_manager, "PagesStrategyV1"):  # where older versions remember `st.navigation`
        PagesManager.DefaultStrategy = pages_manager.PagesStrategyV1
    if "_cached_pages" in vars(source_util):
        # Older versions keep one app's pages for the process. Not by their own function for it:
        # that tells app sessions which are not collected yet, and they put their pages back.
        vars(source_util)["_cached_pages"] = None
    modules, main, arguments = set(sys.modules), sys.modules.get("__main__"), sys.argv
    try:
        yield
    finally:
        Runtime._instance = None
        folder = os.path.dirname(path)
        for name in set(sys.modules) - modules:  # the app's own modules are not the next app's
            file = getattr(sys.modules[name], "__file__", None) or ""
            if file.startswith(folder + os.sep) and "site-packages" not in file:
                del sys.modules[name]
        if folder in sys.path:
            sys.path.remove(folder)
        if main is not None:
            sys.modules["__main__"] = main
        sys.argv = arguments
