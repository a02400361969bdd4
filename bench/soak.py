"""Whether a recording that lets its oldest runs go stays as small as it is, however long it runs.

    python -m bench.soak [--minutes 60] [--every 5] [--rate 5] [--keep "200 runs"]

An app is driven headless under `rerun_trace.start(keep=...)`, some interactions a second. Sampled
are the memory of the app's process and of the writer's, and the size of the database's files.
Prints the rows of a markdown table, one for some minutes.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

APP = """
import streamlit as st

st.title("Soak")
st.session_state.setdefault("rows", [])
if st.button("Add"):
    st.session_state.rows = [*st.session_state.rows, len(st.session_state.rows)][-50:]
total = 0
for n in range(100):
    total += n * len(st.session_state.rows)
st.metric("Total", total)
st.table({"n": st.session_state.rows})
"""
DRIVEN = """
import sys
import threading
import time

import rerun_trace
from rerun_trace.tracer.driver.driver import drive
from rerun_trace.tracer.driver.scenario import parse_scenario

app, db, keep, seconds, rate = sys.argv[1:6]
end = time.monotonic() + float(seconds)
count = round(float(seconds) * float(rate))
wait = {"wait_ms": round(1000 / float(rate))}
recording = rerun_trace.start(db, app=app, keep=keep, mode="drive")
try:
    drive(app, parse_scenario({"steps": [{"click": "Add"}, wait] * count}))
finally:
    recording.stop()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=5, help="minutes")
    parser.add_argument("--rate", type=float, default=5, help="interactions a second, at most")
    parser.add_argument("--keep", default="200 runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app, db = Path(folder, "app.py"), Path(folder, "soak.sqlite")
        app.write_text(APP)
        words = [str(app), str(db), given.keep, str(given.minutes * 60), str(given.rate)]
        process = subprocess.Popen([sys.executable, "-c", DRIVEN, *words])
        print("| minute | runs so far | app (MB) | writer (MB) | file and log (MB) | load |")
        print("|---|---|---|---|---|---|", flush=True)
        begin, due = time.monotonic(), 0.0
        while process.poll() is None and time.monotonic() - begin < given.minutes * 60:
            time.sleep(1)
            minute = (time.monotonic() - begin) / 60
            if minute >= due + min(given.every, 1) and db.exists():
                due += given.every
                print(_row(minute, process.pid, db), flush=True)
        writers = _children(process.pid)
        process.terminate()
        process.wait()
        while any(Path(f"/proc/{pid}").exists() for pid in writers):
            time.sleep(0.1)  # it still writes what it was given


def _row(minute: float, pid: int, db: Path) -> str:
    with sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True) as connection:
        runs = connection.execute("SELECT max(n) FROM runs").fetchone()[0]
    memory = [_resident(pid), sum(map(_resident, _children(pid)))]
    size = sum(path.stat().st_size for path in db.parent.glob(f"{db.name}*")) / 1e6
    load = Path("/proc/loadavg").read_text().split()[0]
    return f"| {minute:.0f} | {runs} | {memory[0]:.0f} | {memory[1]:.0f} | {size:.2f} | {load} |"


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _resident(pid: int) -> float:
    """Megabytes of a process's memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024 / 1e6


if __name__ == "__main__":
    main()
