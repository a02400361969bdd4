"""Whether a recording that lets its oldest runs go stays as small as it is, however long it runs.

    python -m bench.soak [--minutes 60] [--every 5] [--rate 5] [--keep "200 runs"]

Twice the same app, side by side: recorded by `rerun-trace --keep`, and on Streamlit alone. A tab of
each (a web socket that speaks Streamlit's protocol, from a process of its own) presses its button
so many times a second, by the clock. Sampled are the memory of the two apps' processes, that of
the recording's other processes together, and the size of the database's files.
Prints the rows of a markdown table, one for some minutes.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from bench.endless import streamlit_alone
from bench.load import crowd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ui.live import children, live  # noqa: E402 (needs the path)

APP = """
import streamlit as st

st.session_state.setdefault("orders", 0)
st.session_state.setdefault("rows", [])


def order():
    st.session_state.orders += 1
    st.session_state.rows = [*st.session_state.rows, st.session_state.orders][-50:]


st.title("Orders")
st.button("Order", on_click=order)
st.caption(f"seen {st.session_state.orders}")
total = 0
for n in range(100):
    total += n * len(st.session_state.rows)
st.metric("Total", total)
st.table({"n": st.session_state.rows})
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=5, help="minutes")
    parser.add_argument("--rate", type=float, default=5, help="clicks a second")
    parser.add_argument("--keep", default="200 runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = folder / "app.py"
        app.write_text(APP)
        with (
            ProcessPoolExecutor(2, mp_context=get_context("spawn")) as apart,
            streamlit_alone(app) as alone_url,
            live(app, folder, ours=("--keep", given.keep)) as recorded,
        ):
            (alone,) = children(os.getpid(), "streamlit run")
            asked = 1, given.rate, given.minutes * 60
            clicking = [apart.submit(crowd, url, *asked) for url in (recorded.app_url, alone_url)]
            print("| minute | runs | app (MB) | untraced (MB) | ours (MB) | files (MB) | load |")
            print("|---|---|---|---|---|---|---|", flush=True)
            begin, due = time.monotonic(), 0.0
            while not all(each.done() for each in clicking):
                minute = (time.monotonic() - begin) / 60
                if minute >= due + min(1.0, given.every):
                    ours = [each for each in _tree(recorded.process.pid) if each != recorded.child]
                    memory = _resident(recorded.child), _resident(alone), sum(map(_resident, ours))
                    print(_row(minute, memory, recorded.db), flush=True)
                    due += given.every
                time.sleep(1)
            for which, each in zip(("recorded", "untraced"), clicking, strict=True):
                made, seen = each.result()
                print(f"{which}: {made:.2f} clicks a second made, {seen:.2f} seen", flush=True)


def _row(minute: float, memory: tuple[float, float, float], db: Path) -> str:
    with closing(sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True)) as connection:
        (runs,) = connection.execute("SELECT max(n) FROM runs").fetchone()
    size = sum(path.stat().st_size for path in db.parent.glob(f"{db.name}*")) / 1e6
    app, alone, ours = memory
    load = os.getloadavg()[0]
    return (
        f"| {minute:.0f} | {runs} | {app:.0f} | {alone:.0f} | {ours:.0f} | {size:.2f} "
        f"| {load:.1f} |"
    )


def _tree(pid: int) -> list[int]:
    """A process and all that it and they have started."""
    return [pid, *(each for child in children(pid) for each in _tree(child))]


def _resident(pid: int) -> float:
    """Megabytes of a process's memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024 / 1e6


if __name__ == "__main__":
    main()
