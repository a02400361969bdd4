"""Measure, and print Markdown tables.

    pip install -r bench/cost/requirements.txt
    python -m bench.cost [--rounds 3] [--peer-rounds 1] [--workload NAME] [--tool NAME] ...
                         [--keep results.jsonl]

Every measurement is a process of its own that drives the app untraced, with the tool, and untraced
again; what counts is the ratio of the medians. Tools take turns, so that the machine's noise
hits all of them; printed is the median of the rounds' ratios, with their range. With `--keep`,
results are added to a file, and the tables are made of all that it holds.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from .contestants import CONTESTANTS
from .tables import Result, tables
from .workloads import WORKLOADS

ROOT = Path(__file__).resolve().parents[2]
PEERS = ("coverage", "viztracer", "pyinstrument", "hunter", "snoop", "birdseye")


def measured(workload: str, tool: str, runs: int, limit: float) -> Result:
    """One pair of drives in a process of its own, which is ended after `limit` seconds."""
    command = [sys.executable, "-m", "bench.cost.measure", workload, tool, str(runs)]
    cut_off, failed = False, ""
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit, cwd=ROOT)
        output = done.stdout
        if done.returncode:
            failed = done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:80]
    except subprocess.TimeoutExpired as error:
        output, cut_off = error.stdout or b"", True
    known: dict[str, Any] = {}
    for line in output.decode().splitlines():
        if line.startswith("{") and line.endswith("}"):
            known |= json.loads(line)
    if failed:
        known = {}
    return Result(workload, tool, cut_off=cut_off, failed=failed, **known)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of rerun-trace's engines")
    parser.add_argument("--peer-rounds", type=int, default=1, help="of the other tools")
    parser.add_argument("--runs", type=int, default=6, help="interactions that count, a drive")
    parser.add_argument("--limit", type=float, default=60, help="seconds until one is cut off")
    parser.add_argument("--workload", action="append", choices=WORKLOADS, metavar="NAME")
    parser.add_argument("--tool", action="append", choices=CONTESTANTS, metavar="NAME")
    parser.add_argument(
        "--cpu", action="store_true", help="the script thread's time: a busy machine"
    )
    parser.add_argument("--keep", type=Path, help="a file that results are added to")
    options = parser.parse_args()
    results = []
    if options.keep and options.keep.exists():
        results = [Result(**json.loads(line)) for line in options.keep.read_text().splitlines()]
    too_slow = set()
    for n in range(max(options.rounds, options.peer_rounds)):
        for workload in options.workload or WORKLOADS:
            for tool in options.tool or CONTESTANTS:
                ours = CONTESTANTS[tool].ours
                rounds = options.rounds if ours else options.peer_rounds
                if n >= rounds or (workload, tool) in too_slow:
                    continue
                result = measured(workload, tool, options.runs, options.limit)
                results.append(result)
                if result.cut_off or result.failed:
                    too_slow.add((workload, tool))
                _tell(result, options.cpu)
                if options.keep:
                    with options.keep.open("a") as file:
                        file.write(json.dumps(_plain(result)) + "\n")
    print(_machine(), "\n", tables(results, options.limit, options.cpu), sep="\n")


def _plain(result: Result) -> dict[str, Any]:
    return {name: getattr(result, name) for name in Result.__slots__}


def _tell(result: Result, cpu: bool) -> None:
    ratio = result.ratio(cpu)
    said = f"x{ratio:.2f}" if ratio is not None else result.failed or "nothing"
    more = " (cut off)" if result.cut_off else ""
    print(f"{result.workload}: {result.tool}: {said}{more}", file=sys.stderr, flush=True)


def _machine() -> str:
    versions = [f"Python {platform.python_version()}"]
    for package in ("streamlit", "pandas", *PEERS):
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            pass
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{', '.join(versions)}; {platform.system()} on {processor}"


if __name__ == "__main__":
    main()
