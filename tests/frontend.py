"""The sources of the front end in tests: bundled as they are, for a browser or for Node.js."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "web" / "frontend"
JSX = ("--jsx=automatic", "--jsx-import-source=preact")


def tool(name: str) -> str:
    """A program of .ci/node; the test is skipped without it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} (npm package) is not on the PATH")
    return found


def source_files() -> list[Path]:
    """The front end's sources; the packages that they use are beside them."""
    rooms = (folder for folder in SOURCES.iterdir() if folder.name != "node_modules")
    return sorted(path for room in rooms for path in room.glob("*.ts*"))


def bundle(source: str, *options: str) -> str:
    """A module, as a file of web/frontend would write it, with all that it imports."""
    done = subprocess.run(
        [tool("esbuild"), "--bundle", "--format=esm", "--loader=tsx", *JSX, *options],
        cwd=SOURCES,
        env={**os.environ, "NODE_PATH": str(SOURCES / "node_modules")},
        input=source,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
