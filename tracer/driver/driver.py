"""Drives an app headless: the real `Runtime` with an in-memory client, no browser, no port."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import HostError, ScenarioError
from ..probes.widget import Widget
from .browser import Browser
from .headless import as_streamlit_run_does, fresh_streamlit, running
from .scenario import Scenario, ScenarioStep
from .script import check_app
from .uploads import upload

_POLL_S = 0.004
_QUIET_POLLS = 3
_SCRIPT_THREAD = "ScriptRunner.scriptThread"  # Streamlit's name for each
_STOP_TIMEOUT_S = 5.0
_HURRIED_STOP_S = 1.0  # a script that calls Streamlit notices sooner that it should stop


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
    with fresh_streamlit(path):
        as_streamlit_run_does(path)
        driver = _Driver(
            path,
            scenario or Scenario(),
            idle_timeout_s,
            on_step or (lambda n, of, what: None),
            explore or (lambda browser: None),
        )
        return asyncio.run(driver.play())


@dataclass
class _Tab:
    """A tab of the browser: what it shows, and the app session behind it."""

    browser: Browser
    session_id: str = ""
    sent_at: float = field(default_factory=time.monotonic)


class _Driver:
    def __init__(
        self,
        path: str,
        scenario: Scenario,
        idle_timeout_s: float,
        on_step: Callable[[int, int, str], None],
        explore: Callable[[Browser], ScenarioStep | None],
    ) -> None:
        self._path = path
        self._scenario = scenario
        self._timeout = idle_timeout_s
        self._on_step = on_step
        self._explore = explore
        self._runtime: Any = None
        self._tabs: list[_Tab] = []
        self._by_clock = False  # whether the step before did not wait

    async def play(self) -> DriveResult:
        async with running(self._path) as self._runtime:
            return await self._play()

    async def _play(self) -> DriveResult:
        done, steps = 0, self._scenario.steps
        failed: str | None = None
        patient = False  # when we are told to end, nothing is waited for
        try:
            self._on_step(0, len(steps), "load the page")
            idle = await self._open(Browser(self._scenario.query))
            for n, step in enumerate(self._all_steps(), 1):
                if not idle:
                    break
                self._on_step(n, max(n, len(steps)), str(step))
                try:
                    idle = await self._carry_out(step)
                except ScenarioError as error:
                    failed = f"step {n}: {error}"
                    break
                done = n
            if failed is None and idle:  # whatever the last step did not wait for
                idle = await self._idle()
            patient = True
        finally:
            await self._close(patient)
        browser = self._tabs[0].browser
        return DriveResult(browser.received, done, not idle, failed, browser.widgets())

    def _all_steps(self) -> Iterator[ScenarioStep]:
        yield from self._scenario.steps
        while (step := self._explore(self._tabs[0].browser)) is not None:
            yield step

    async def _open(self, browser: Browser, at: int | None = None) -> bool:
        """Open a tab, or load tab number `at` (from 0) once more, which ends its app session."""
        tab = _Tab(browser)
        if at is None:
            self._tabs.append(tab)
        else:
            self._runtime.disconnect_session(self._tabs[at].session_id)
            self._tabs[at] = tab
        tab.session_id = self._runtime.connect_session(
            client=browser, user_info={"email": "test@example.com"}
        )
        return await self._send(tab, browser.load())

    async def _carry_out(self, step: ScenarioStep) -> bool:
        if step.tab > len(self._tabs) + 1:
            raise ScenarioError(
                f"tab {step.tab}: there are {len(self._tabs)} tabs; open the next one"
            )
        if step.tab > len(self._tabs) and not await self._open(Browser(self._scenario.query)):
            return False
        by_clock, self._by_clock = self._by_clock, step.no_wait
        tab = self._tabs[step.tab - 1]
        if step.verb == "wait_ms":
            return await self._wait(float(step.value) / 1000, by_clock)
        if step.verb == "reload":
            return await self._open(tab.browser.again(), step.tab - 1)
        if step.verb == "stop":
            await self._until_running(tab)
        uploaded = []
        if step.words.get("files") or step.words.get("audio"):
            send = self._runtime.handle_backmsg
            uploaded = await upload(self._runtime, tab.browser, tab.session_id, step, send)
        idle = True
        for message in tab.browser.act(step, uploaded):
            idle = await self._send(tab, message, wait=not step.no_wait)
        return idle

    async def _send(self, tab: _Tab, message: Any, wait: bool = True) -> bool:
        tab.sent_at = time.monotonic()
        self._runtime.handle_backmsg(tab.session_id, message)
        if not wait:
            await asyncio.sleep(_POLL_S)
            return True
        return await self._idle()

    async def _idle(self) -> bool:
        """Wait until no script runs and every message has arrived. False: not in time."""
        end = time.monotonic() + self._timeout
        quiet, seen = 0, -1
        while time.monotonic() < end:
            count = sum(len(tab.browser.received) for tab in self._tabs)
            busy = any(map(self._is_busy, self._tabs)) or _runs_a_script()
            quiet = 0 if busy or count != seen else quiet + 1
            if quiet >= _QUIET_POLLS:
                return True
            seen = count
            await asyncio.sleep(_POLL_S)
        return False

    def _is_busy(self, tab: _Tab) -> bool:
        session = self._session(tab)
        return session._scriptrunner is not None or len(session._browser_queue._queue) > 0

    async def _until_running(self, tab: _Tab) -> None:
        """The button for Stop is there only while the browser knows that a script runs."""
        while not tab.browser.running and self._is_busy(tab):
            await asyncio.sleep(_POLL_S)

    async def _wait(self, seconds: float, by_clock: bool) -> bool:
        """Let time pass; the timers of fragments (`run_every`) fire meanwhile.

        As often as they have to: a machine that is busy fires them late, and leaves none out.
        `by_clock` counts from the last gesture, and does not wait for what still goes on then.
        """
        now = time.monotonic()
        start = max(tab.sent_at for tab in self._tabs) if by_clock else now
        end = start + seconds
        timers = {
            (tab.session_id, fragment): start + every
            for tab in self._tabs
            for fragment, every in tab.browser.timers.items()
        }
        while (now := time.monotonic()) < end or self._is_due(timers, end):
            for tab in self._tabs:
                for fragment, every in list(tab.browser.timers.items()):
                    key = (tab.session_id, fragment)
                    if timers.setdefault(key, now + every) <= min(now, end):
                        timers[key] += max(every, _POLL_S)
                        self._runtime.handle_backmsg(tab.session_id, tab.browser.timer(fragment))
            await asyncio.sleep(_POLL_S)
        return True if by_clock else await self._idle()

    def _is_due(self, timers: dict[tuple[str, str], float], end: float) -> bool:
        return any(
            timers.get((tab.session_id, fragment), end + 1) <= end
            for tab in self._tabs
            for fragment in tab.browser.timers
        )

    def _session(self, tab: _Tab) -> Any:
        info = self._runtime._session_mgr.get_active_session_info(tab.session_id)
        if info is None:
            raise HostError("Streamlit closed the app session while it was being driven")
        return info.session

    async def _close(self, patient: bool) -> None:
        # The scripts first: their last events need the event loop to be alive.
        end = time.monotonic() + (_STOP_TIMEOUT_S if patient else _HURRIED_STOP_S)
        for session in [self._session(tab) for tab in self._tabs if tab.session_id]:
            session.request_script_stop()
            while session._scriptrunner is not None and time.monotonic() < end:
                await asyncio.sleep(_POLL_S)
        self._runtime.stop()
        while self._runtime.state.name != "STOPPED" and time.monotonic() < end:
            await asyncio.sleep(_POLL_S)


def _runs_a_script() -> bool:
    """Whether a script thread is alive: also of a run that its app session has replaced already.

    Such a run goes on to its next call of Streamlit, beside the run that replaced it.
    """
    return any(thread.name == _SCRIPT_THREAD for thread in threading.enumerate())
