"""Firefox, driven through its own remote agent: WebDriver BiDi over a WebSocket."""

from __future__ import annotations

import base64
import itertools
import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

_START_S = 60.0
# It asks nobody for anything of its own, and every address but this machine's leads to a port that
# nobody listens at.
_SETTINGS: dict[str, object] = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutConfig.showWarning": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.type": 1,
    "remote.active-protocols": 1,
    "toolkit.telemetry.enabled": False,
    "ui.prefersReducedMotion": 1,
}


class Firefox:
    """One tab. `requests` are the addresses that were asked for."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self.requests: list[str] = []
        self.problems: list[str] = []
        self._tell("session.new", {"capabilities": {}})
        events = ["network.beforeRequestSent", "log.entryAdded"]
        self._tell("session.subscribe", {"events": events})
        tree = self._tell("browsingContext.getTree", {})
        self._tab: str = tree["contexts"][0]["context"]
        self.resize(900)

    def resize(self, height: int) -> None:
        size = {"width": 1440, "height": height}
        self._tell("browsingContext.setViewport", self._here(viewport=size))

    def open(self, url: str) -> None:
        self._tell("browsingContext.navigate", self._here(url=url, wait="complete"))

    def run(self, script: str) -> Any:
        """The value of an expression; a promise is waited for. It has to be JSON."""
        code = f"(async () => JSON.stringify(await ({script})) ?? 'null')()"
        target = {"target": {"context": self._tab}, "awaitPromise": True}
        answer = self._tell("script.evaluate", {"expression": code, **target})
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def wait_for(self, script: str, seconds: float = 40.0) -> None:
        """Until an expression is true."""
        end = time.monotonic() + seconds
        while not self.run(script):
            assert time.monotonic() < end, (script, self.problems[-5:])
            time.sleep(0.1)

    def screenshot(self) -> bytes:
        """The tab as PNG."""
        answer = self._tell("browsingContext.captureScreenshot", self._here())
        return base64.b64decode(answer["data"])

    def _here(self, **more: object) -> dict[str, object]:
        return {"context": self._tab, **more}

    def _tell(self, method: str, params: dict[str, Any]) -> Any:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._connection.recv(timeout=120))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]
            if answer.get("method") == "network.beforeRequestSent":
                self.requests.append(answer["params"]["request"]["url"])
            elif answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.problems.append(str(answer["params"]["text"]))


@contextmanager
def firefox(program: str, profile: Path) -> Iterator[Firefox]:
    """A Firefox of its own with the new profile `profile`, until the end of the block."""
    profile.mkdir()
    lines = [f"user_pref({json.dumps(n)}, {json.dumps(v)});\n" for n, v in _SETTINGS.items()]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    words = [program, "--headless", "--no-remote", "--remote-debugging-port=0"]
    with subprocess.Popen(
        [*words, "--profile", str(profile)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            address = _address(process)
            with connect(f"{address}/session", max_size=None, proxy=None) as connection:
                yield Firefox(connection)
        finally:
            process.terminate()
            process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    """What it says about where it listens."""
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
            return found[1]
    raise AssertionError("Firefox did not start")
