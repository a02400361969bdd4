"""The app's process and its parent: who is heard, what an app may do, and how both end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from ui.live import children, running, until

from rerun_trace.channel import LOOPBACK, Channel, call
from rerun_trace.db.store import TraceStore
from rerun_trace.processes import AppProcess, _Invitation

pytestmark = pytest.mark.ends


ENDLESS = """
import streamlit as st
n = st.session_state.n = st.session_state.get("n", 0) + 1
st.write(n)
st.rerun()
"""
PARENT = """
import sys
from rerun_trace.processes import AppProcess
app, db = sys.argv[1:]
with AppProcess("drive", app=app, db=db, engine="auto", idle_timeout_s=60, steps=[]) as process:
    for report in process:
        print(report, flush=True)
"""
FORKS = """
import os
import time
import streamlit as st
if not (pid := os.fork()):
    time.sleep(60)
    os._exit(0)
open(os.environ["PID_FILE"], "w").write(str(pid))
st.write("forked")
"""
CLOSES = """
import os
import streamlit as st
os.closerange(3, 256)
folder = os.environ["FILES"]
files = [os.open(f"{folder}/{n}", os.O_RDWR | os.O_CREAT) for n in range(250)]
st.write("closed")
"""


def order(db: Path, **more: Any) -> dict[str, Any]:
    return {"db": str(db), "engine": "auto", "idle_timeout_s": 60, "steps": [], **more}


def app_of(folder: Path, text: str) -> str:
    app = folder / "app.py"
    app.write_text(text, encoding="utf-8")
    return str(app)


def test_a_killed_parent_s_recording_is_whole(tmp_path: Path) -> None:
    app, db = app_of(tmp_path, ENDLESS), tmp_path / "db.sqlite"
    command = [sys.executable, "-P", "-c", PARENT, app, str(db)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        assert b"recording" in parent.stdout.readline()
        (child,) = children(parent.pid, "rerun_trace.child")
        with TraceStore.open(db) as store:
            until(lambda: store.runs(1), "the first runs")
            os.kill(parent.pid, signal.SIGKILL)
            try:
                until(lambda: not running(child), "the end of the app's process")
            finally:
                if running(child):
                    os.kill(child, signal.SIGKILL)
            until(lambda: store.recording(1).ended_at, "the end of the recording")
            assert store.recording(1).complete


def test_the_order_is_in_neither_arguments_nor_environment(tmp_path: Path) -> None:
    app = app_of(tmp_path, ENDLESS)
    with AppProcess("drive", app=app, **order(tmp_path / "password.sqlite")) as process:
        assert process.next_report() is not None
        for what in ("cmdline", "environ"):
            said = Path(f"/proc/{process.pid}/{what}").read_bytes()
            assert said
            assert b"password.sqlite" not in said
        (path,) = [word for word in _words(process.pid) if word.endswith(".json")]
        assert not Path(path).exists()


def _words(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")


def test_who_does_not_know_the_key_is_not_heard() -> None:
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process,
        _Invitation() as invitation,
    ):
        assert os.stat(invitation.path).st_mode & 0o777 == 0o600
        found: list[Channel] = []
        hearing = threading.Thread(target=lambda: found.append(invitation.accept(process)))
        hearing.start()
        port = json.loads(Path(invitation.path).read_text(encoding="utf-8"))[0]
        for said in (
            b'{"key": "wrong"}\n',
            b'"key"\n',
            b"[]\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"\xff",
        ):
            with socket.create_connection((LOOPBACK, port)) as stranger:
                stranger.sendall(said)
                stranger.shutdown(socket.SHUT_WR)
                assert stranger.recv(100) == b""
        assert found == []
        child = call(invitation.path)
        hearing.join()
        (parent,) = found
        parent.send({"n": 1})
        assert child.receive() == {"n": 1}
        child.close()
        assert parent.receive() is None
        parent.close()
        process.kill()


def test_who_does_not_know_the_other_key_gets_no_app_to_run(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as stranger:
        path = tmp_path / "invitation.json"
        words = [stranger.getsockname()[1], "key", "answer"]
        path.write_text(json.dumps(words), encoding="utf-8")
        command = [sys.executable, "-P", "-m", "rerun_trace.child", str(path)]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as child:
            opened, _ = stranger.accept()
            with opened:
                assert json.loads(opened.recv(100)) == {"key": "key"}
                opened.sendall(b'{"key": "key"}\n{"job": "drive"}\n')
                _, said = child.communicate()
        assert (child.returncode, said) == (3, b"")


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_the_parent_does_not_wait_for_what_the_app_forks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PID_FILE", str(tmp_path / "pid"))
    app = app_of(tmp_path, FORKS)
    with AppProcess("drive", stdout=sys.stderr, app=app, **order(tmp_path / "db")) as process:
        reports = list(process)
        forked = int((tmp_path / "pid").read_text(encoding="utf-8"))
        try:
            assert running(forked)
            assert "done" in reports[-1]
            assert process.wait(10) == 0
        finally:
            os.kill(forked, signal.SIGKILL)


def test_an_app_that_closes_what_it_did_not_open_gets_nothing_of_ours_into_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    monkeypatch.setenv("FILES", str(files))
    app, db = app_of(tmp_path, CLOSES), tmp_path / "db.sqlite"
    with AppProcess("drive", stdout=sys.stderr, app=app, **order(db)) as process:
        report = process.next_report()
        assert report is not None
        until(lambda: len(list(files.iterdir())) == 250, "the app's files", 60)
    assert process.exit_code is not None
    written = {file.name: file.read_bytes()[:80] for file in files.iterdir() if file.stat().st_size}
    assert written == {}
    with TraceStore.open(db) as store:
        until(lambda: store.recording(1).ended_at, "the end of the recording")
        assert not store.recording(1).complete


def test_the_channel_loads_nothing_that_streamlit_does_not_load() -> None:
    code = (
        "import sys, {}; print(*sorted(m for m in sys.modules if not m.startswith('rerun_trace')))"
    )

    def loaded(module: str) -> set[str]:
        command = [sys.executable, "-P", "-c", code.format(module)]
        return set(
            subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
        )

    assert loaded("rerun_trace.channel") <= loaded("streamlit.web.server")
