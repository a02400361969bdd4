"""Test the supported combinations of Streamlit, Python and engine, and write down which pass.

    python -m bench.matrix [--envs FOLDER] [--python 3.12]... [--streamlit 1.40.0]...

Makes a virtual environment for each Streamlit and Python in FOLDER (.envs/matrix, kept for the next
time), and in each, for each engine: the facts of all samples against their golden files, and
`rerun-trace doctor`. What comes out are rerun_trace/tested.json, which the package carries, and the
table docs/compatibility.md. With --python or --streamlit only these are tested, and what the table
holds about the others stays.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rerun_trace.tested import Combination, read_tested

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "rerun_trace" / "tested.json"
TABLE = ROOT / "docs" / "compatibility.md"
STREAMLITS = ("1.40.0", "1.52.0", "1.67.0")  # the oldest, one in between, the newest
PYTHONS = ("3.11", "3.12", "3.13")

_PAGE = """# Compatibility

Made by `python -m bench.matrix`, not by hand. In each combination the facts of all samples were
compared with their golden files (`tests/test_samples.py`), and `rerun-trace doctor` was asked. On
your own machine, doctor says whether the combination there is one of these.

| Streamlit | Python | settrace | monitoring |
|---|---|---|---|
{rows}

`sys.monitoring` exists from Python 3.12 on.

## Systems

All of the above, and every test, runs on Linux. **Nothing has been run on Windows or macOS yet.**
What has been done for them: the app's process and its parent talk over loopback and not by what
POSIX alone has; each use of what exists there alone is behind a branch
(`tests/unit/test_platforms.py` reads the sources for it); types are checked as on each of them;
files of the app are told from others in both kinds of paths (`tests/unit/test_scope.py`); no
symlink is needed by a package, installed or installed for editing (`tests/test_package.py`). A
database that is deleted or replaced while it is written to is noticed by its file's number
(`db/writing/lookout.py`); Windows refuses to delete an open one, and a file that cannot be put in
the place of another is said to be so. The workflow `.github/workflows/test.yml` has jobs that run
the core of the tests on both.

Not looked at yet: a second Ctrl-C in a Windows console.
"""


def engines_of(python: str) -> list[str]:
    """The engines that a Python such as 3.12 has."""
    return ["settrace"] if python == "3.11" else ["settrace", "monitoring"]


def page(tested: Sequence[Combination]) -> str:
    """The text of docs/compatibility.md."""
    cells = {(each.streamlit, each.python, each.engine): each for each in tested}
    rows = []
    for streamlit, python in dict.fromkeys((each.streamlit, each.python) for each in tested):
        found = [cells.get((streamlit, python, engine)) for engine in ("settrace", "monitoring")]
        words = [
            "-" if c is None else f"fails: {c.failed}" if c.failed else "passes" for c in found
        ]
        rows.append(f"| {streamlit} | {python} | {words[0]} | {words[1]} |")
    return _PAGE.format(rows="\n".join(rows))


def main() -> int:
    """Test what is asked for and write both files; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.matrix", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--envs", type=Path, default=ROOT / ".envs" / "matrix", metavar="FOLDER")
    parser.add_argument("--python", action="append", choices=PYTHONS)
    parser.add_argument("--streamlit", action="append", choices=STREAMLITS)
    options = parser.parse_args()
    known = {_key(each): each for each in read_tested()}
    for streamlit in options.streamlit or STREAMLITS:
        for python in options.python or PYTHONS:
            env = _environment(options.envs, streamlit, python)
            for engine in engines_of(python):
                # Once more before it counts: the first imports of a new environment compile every
                # module, and may take longer than a test waits.
                failed = (_facts(env, engine) and _facts(env, engine)) or _doctor(env, engine)
                found = Combination(streamlit, python, engine, failed)
                known[_key(found)] = found
                print(f"{streamlit}, Python {python}, {engine}: {failed or 'passes'}", flush=True)
    order = [(s, p, e) for s in STREAMLITS for p in PYTHONS for e in engines_of(p)]
    tested = [known[key] for key in order if key in known]
    write(tested)
    return 1 if any(each.failed for each in tested) else 0


def write(tested: Sequence[Combination]) -> None:
    """Write the data file and the table of it."""
    rows = ",\n".join("  " + json.dumps(asdict(each)) for each in tested)
    DATA.write_text(f"[\n{rows}\n]\n")
    TABLE.write_text(page(tested))


def _key(each: Combination) -> tuple[str, str, str]:
    return each.streamlit, each.python, each.engine


def _environment(envs: Path, streamlit: str, python: str) -> Path:
    """A virtual environment with this Streamlit and our package; kept when it is complete."""
    env = envs / f"py{python}-streamlit{streamlit}"
    complete = env / "complete"
    if not complete.exists():
        print(f"making {env}", file=sys.stderr, flush=True)
        make = 'source .ci/machine.sh; create_env "$(find_python "$1")" "$2"'
        _run(["bash", "-c", make, "bash", python, str(env)])
        wanted = [f"streamlit=={streamlit}", "pytest", "--editable", "."]
        _run([str(env / "bin" / "pip"), "install", "--quiet", "--no-compile", *wanted])
        complete.touch()
    return env


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


def _facts(env: Path, engine: str) -> str | None:
    """What the samples' facts differ in, in one line; None when they are those of the goldens."""
    only = f"test_sample and {engine}"
    command = [
        str(env / "bin" / "python"),
        "-m",
        "pytest",
        "-q",
        "-k",
        only,
        "tests/test_samples.py",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    print(done.stdout, done.stderr, file=sys.stderr)
    lines = done.stdout.strip().splitlines() or ["no test was run"]
    names = [line.split("[")[1].split("]")[0] for line in lines if line.startswith("FAILED")]
    return f"samples {', '.join(names)}" if names else lines[-1]


def _doctor(env: Path, engine: str) -> str | None:
    """The first thing that doctor calls bad; None when there is none."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--engine", engine, "--db", f"{folder}/recordings.sqlite"]
        command = [str(env / "bin" / "rerun-trace"), "doctor", *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    bad = [line for line in done.stdout.splitlines() if line.startswith("bad")]
    return " ".join(bad[0].split()) if bad else f"doctor ended with exit code {done.returncode}"


if __name__ == "__main__":
    sys.exit(main())
