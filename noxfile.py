"""Checks and tests, a session each. On a machine with nothing prepared, `.ci/test` runs them all.

    nox -s checks
    nox -s py3.13-newest -- -k driver       a row of the matrix, with what pytest understands

A session's environment is kept in `.envs` and is made anew when its lock changes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nox
from nox.command import CommandFailed

ROOT = Path(__file__).parent
sys.path.append(str(ROOT / ".ci"))
import results  # noqa: E402

RESULTS = ROOT / ".envs" / "results"
PACKAGE = "rerun_trace"
MOST_AGAIN = 5  # of more, the load of a shared machine is not the cause

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "uv"
nox.options.envdir = ".envs"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = bool(os.environ.get("CI"))


@dataclass(frozen=True)
class Row:
    """A Python and a Streamlit. `tests` are folders or files, `marks` chooses among them."""

    python: str
    marks: str
    tests: tuple[str, ...] = ("tests",)


UNIT = ("tests/unit",)

# Where no Python and no Streamlit can make a difference is tested once. What drives many apps, or
# has Streamlit's own front end show them, is tested at both ends of what is supported.
ROWS = {
    "py3.11-newest": Row("3.11", "first_row or not ends"),
    "py3.11-streamlit1.40.0": Row("3.11", "not first_row"),
    "py3.13-newest": Row("3.13", "not first_row"),
    "py3.12-newest": Row("3.12", "", UNIT),
}
FIRST = "py3.11-newest"


def interpreter(version: str) -> str:
    """The path of a Python of that version; the version alone when there is none."""
    found = subprocess.run(
        ["bash", "-c", f"source .ci/machine.sh; find_python {version}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return found.stdout.strip() or version


def install(session: nox.Session, row: str) -> None:
    """What the row's lock names, and our own package, unless both are there."""
    lock = ROOT / ".ci" / "locks" / f"{row}.txt"
    project = ROOT / "pyproject.toml"
    wanted = hashlib.sha256(lock.read_bytes() + project.read_bytes()).hexdigest()
    made_from = Path(session.virtualenv.location) / "made-from"
    if made_from.is_file() and made_from.read_text() == wanted:
        return
    session.run_install(
        *("uv", "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", str(lock)),
        external=True,
    )
    session.install("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    made_from.write_text(wanted)


def tests(session: nox.Session, name: str) -> None:
    install(session, name)
    if session.posargs:
        session.run("python", "-m", "pytest", *session.posargs)
        return
    row = ROWS[name]
    result = RESULTS / f"{name}.xml"
    for old in (result, results.second(result)):
        old.unlink(missing_ok=True)
    # A cache of its own: it is what says which tests failed.
    chosen = [*(("-m", row.marks) if row.marks else ()), *row.tests]
    chosen += ["-o", f"cache_dir={RESULTS / name}"]
    if row.tests == UNIT:  # these are quick, and say what they leave untested
        tried_twice(session, ["coverage", "run", "-m", "pytest"], chosen, result)
        session.run("coverage", "report", "--skip-covered", "--skip-empty")
        return
    # Four at a time on two cores: tests wait for apps and browsers as much as they compute.
    # By file and in order: the browser leaves an event loop in its process, so no app is driven
    # there afterwards.
    beside = ["--numprocesses=4", "--dist=loadfile", "--no-loadscope-reorder"]
    tried_twice(session, ["python", "-m", "pytest", *beside], chosen, result)


def tried_twice(session: nox.Session, run: list[str], chosen: list[str], result: Path) -> None:
    """The tests; the few that fail once more, one after the other: load alone shall not decide."""
    try:
        session.run(*run, *chosen, f"--junitxml={result}", env={"COVERAGE_CORE": "sysmon"})
    except CommandFailed:
        failed = results.failed(result)
        if not 0 < len(failed) <= MOST_AGAIN or results.NO_RESULT in failed:
            raise
    else:
        return
    session.warn("once more, alone: " + ", ".join(failed))
    again = ["--last-failed", f"--junitxml={results.second(result)}"]
    try:
        session.run("python", "-m", "pytest", *chosen, *again)
    finally:
        for late in results.merged(result)[1]:
            session.warn(f"passed at the second try: {late}")
    if left := set(failed) - set(results.merged(result)[1]):
        session.error("failed: " + ", ".join(sorted(left)))


def _add(name: str) -> None:
    row = ROWS[name]

    @nox.session(name=name, python=interpreter(row.python))
    def session_(session: nox.Session) -> None:
        tests(session, name)

    session_.__doc__ = f"Tests with Python {row.python}: {row.marks or ', '.join(row.tests)}."


@nox.session(python=interpreter(ROWS[FIRST].python))
def checks(session: nox.Session) -> None:
    """Style and types."""
    install(session, FIRST)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    for platform in ("win32", "darwin"):  # what is there only on the system that checks
        cache = f"--cache-dir=.mypy_cache/{platform}"
        session.run("mypy", f"--platform={platform}", cache, PACKAGE)


for name in ROWS:
    _add(name)
