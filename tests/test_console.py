"""What is written where the encoding has no sign for it, as on a Windows console or in a pipe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import SAMPLES

pytestmark = pytest.mark.first_row


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_sign_that_the_console_lacks_is_no_error(encoding: str, tmp_path: Path) -> None:
    order = ["drive", str(SAMPLES / "rerun.py"), "--click", "Foo", "--db", str(tmp_path / "db")]
    said = subprocess.run(
        [sys.executable, "-P", "-m", "rerun_trace", *order],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": encoding},
    )
    assert (said.returncode, said.stderr) == (0, b"")
    text = said.stdout.decode(encoding)
    assert "? run 1 completed" in text
