"""Drives an app headless: the real `Runtime` with an in-memory client, no browser, no port."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import AppNotFound, HostError, ScenarioError
from .browser import Browser
from .scenario import Scenario, ScenarioStep
from .widgets import Widget

_POLL_S = 0.004
_QUIET_POLLS = 3
_STOP_TIMEOUT_S = 5.0
_HURRIED_STOP_S = 1.0  # a script that calls Streamlit at all ends sooner


@dataclass(frozen=True, slots=True)
class DriveResult:
    """What a drive came to. `messages` are the serialized `ForwardMsg`s the browser received."""

    messages: Sequence[bytes]
    done: int  # steps of the scenario that were carried out
    never_idle: bool = False
    failed_step: str | None = None  # why the scenario broke off, in one line
    widgets: Sequence[Widget] = ()  # those on the page at the end, in page order


def drive(
    app: str | os.PathLike[str],
    scenario: Scenario | None = None,
    *,
    idle_timeout_s: float = 30.0,
    on_step: Callable[[int, int, str], None] | None = None,
    explore: Callable[[Browser], ScenarioStep | None] | None = None,
) -> DriveResult:
    """Load an app's page and play a scenario, waiting for the app to become idle in between.

    `on_step` is told (number, of how many, what) before each interaction. After the scenario,
    `explore` chooses one further step after the other from what is on the page, until it returns
    None. Raises AppNotFound for a path that is no script. Ends early, with the reason in the
    result, when a step finds no widget or the app does not become idle within `idle_timeout_s`
    seconds.
    """
    path = check_app(app)
    steps = scenario.steps if scenario is not None else ()
    with _fresh_streamlit(path):
        _as_streamlit_run_does(path)
        driver = _Driver(
            path,
            steps,
            idle_timeout_s,
            on_step or (lambda n, of, what: None),
            explore or (lambda browser: None),
        )
        return asyncio.run(driver.play())


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


class _Driver:
    def __init__(
        self,
        path: str,
        steps: Sequence[ScenarioStep],
        idle_timeout_s: float,
        on_step: Callable[[int, int, str], None],
        explore: Callable[[Browser], ScenarioStep | None],
    ) -> None:
        self._path = path
        self._steps = steps
        self._timeout = idle_timeout_s
        self._on_step = on_step
        self._explore = explore
        self._browser = Browser()
        self._runtime: Any = None
        self._session_id = ""

    async def play(self) -> DriveResult:
        self._runtime = _make_runtime(self._path)
        await self._runtime.start()
        done = 0
        failed: str | None = None
        idle = True
        patient = False  # when we are told to end, nothing is waited for
        try:
            self._session_id = self._runtime.connect_session(
                client=self._browser, user_info={"email": "test@example.com"}
            )
            self._on_step(0, len(self._steps), "load the page")
            idle = await self._send(self._browser.load())
            for n, step in enumerate(self._all_steps(), 1):
                if not idle:
                    break
                self._on_step(n, max(n, len(self._steps)), str(step))
                try:
                    idle = await self._carry_out(step)
                except ScenarioError as error:
                    failed = f"step {n}: {error}"
                    break
                done = n
            patient = True
        finally:
            await self._close(patient)
        browser = self._browser
        return DriveResult(browser.received, done, not idle, failed, browser.widgets())

    def _all_steps(self) -> Iterator[ScenarioStep]:
        yield from self._steps
        while (step := self._explore(self._browser)) is not None:
            yield step

    async def _carry_out(self, step: ScenarioStep) -> bool:
        if step.verb == "wait_ms":
            return await self._wait(float(step.value) / 1000)
        message = self._browser.act(step)
        if message is None:
            return True
        return await self._send(message, wait=not step.no_wait)

    async def _send(self, message: Any, wait: bool = True) -> bool:
        self._runtime.handle_backmsg(self._session_id, message)
        if not wait:
            await asyncio.sleep(_POLL_S)
            return True
        return await self._idle()

    async def _idle(self) -> bool:
        """Wait until no script runs and every message has arrived. False: not in time."""
        session = self._session()
        end = time.monotonic() + self._timeout
        quiet, seen = 0, -1
        while time.monotonic() < end:
            count = len(self._browser.received)
            busy = session._scriptrunner is not None or len(session._browser_queue._queue) > 0
            quiet = 0 if busy or count != seen else quiet + 1
            if quiet >= _QUIET_POLLS:
                return True
            seen = count
            await asyncio.sleep(_POLL_S)
        return False

    async def _wait(self, seconds: float) -> bool:
        """Let time pass; the timers of fragments (`run_every`) fire meanwhile.

        As often as they have to: a machine that is busy fires them late, and leaves none out.
        """
        browser = self._browser
        now = time.monotonic()
        end = now + seconds
        due = {fragment: now + every for fragment, every in browser.timers.items()}
        while (now := time.monotonic()) < end or any(
            due.get(fragment, now) <= end for fragment in browser.timers
        ):
            for fragment, every in list(browser.timers.items()):
                if due.setdefault(fragment, now + every) <= min(now, end):
                    due[fragment] += max(every, _POLL_S)
                    self._runtime.handle_backmsg(self._session_id, browser.timer(fragment))
            await asyncio.sleep(_POLL_S)
        return await self._idle()

    def _session(self) -> Any:
        info = self._runtime._session_mgr.get_active_session_info(self._session_id)
        if info is None:
            raise HostError("Streamlit closed the app session while it was being driven")
        return info.session

    async def _close(self, patient: bool) -> None:
        # The script first: its last events need the event loop to be alive.
        end = time.monotonic() + (_STOP_TIMEOUT_S if patient else _HURRIED_STOP_S)
        if self._session_id:
            session = self._session()
            session.request_script_stop()
            while session._scriptrunner is not None and time.monotonic() < end:
                await asyncio.sleep(_POLL_S)
        self._runtime.stop()
        while self._runtime.state.name != "STOPPED" and time.monotonic() < end:
            await asyncio.sleep(_POLL_S)


def _make_runtime(path: str) -> Any:
    import streamlit as st
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
    st.cache_data.clear()
    st.cache_resource.clear()
    return runtime


def _as_streamlit_run_does(path: str) -> None:
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
def _fresh_streamlit(path: str) -> Iterator[None]:
    """Streamlit keeps one runtime, its caches and secrets for the whole process: begin anew."""
    from streamlit import source_util
    from streamlit.runtime import Runtime, pages_manager
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.runtime.secrets import secrets_singleton

    if Runtime._instance is not None:
        raise HostError("Streamlit already runs in this process: drive the app in one of its own")
    secrets_singleton._reset()
    PagesManager.uses_pages_directory = None
    if hasattr(pages_manager, "PagesStrategyV1"):  # older versions remember `st.navigation` so
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
