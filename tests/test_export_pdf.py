"""The PDF: printed by a real Chromium, on A4; and what is said without one."""

from __future__ import annotations

import os
import re
import shutil
import stat
import zlib
from pathlib import Path

import pytest
from commands import say
from ui.handmade import everything, three_runs

from rerun_trace.db.store import TraceStore
from rerun_trace.exporting import pdf
from rerun_trace.exporting.job import ExportProblem

pytestmark = pytest.mark.first_row

A4 = (595, 842)  # points


def here() -> str:
    """A Chromium; in CI it must be there."""
    browser = os.environ.get("RERUN_TRACE_CHROMIUM") or pdf.find_browser()
    if not browser:
        reason = "chromium is not on the PATH"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return browser


def pages_of(data: bytes) -> list[tuple[float, float]]:
    """Width and height of each page. Read from the file's own objects: no tool is needed."""
    text = data + b"".join(_inflated(data))
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", text)
    return [(float(width), float(height)) for width, height in boxes]


def _inflated(data: bytes) -> list[bytes]:
    found = []
    for part in re.findall(rb"stream\r?\n(.*?)endstream", data, re.S):
        try:
            found.append(zlib.decompressobj().decompress(part))
        except zlib.error:
            continue
    return found


def test_recordings_are_printed_on_a4(store: TraceStore, tmp_path: Path) -> None:
    browser = here()
    ids = (three_runs(store), everything(store))
    # As a person has it: found on the PATH, under one of its names.
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "chromium").symlink_to(shutil.which(browser) or browser)
    target = tmp_path / "report.pdf"
    words = [*map(str, ids), "-o", str(target), "--title", "For the class"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        ended = say(store.location, "export", *words)
    assert ended.code == 0, ended.err
    data = target.read_bytes()
    assert data.startswith(b"%PDF")
    pages = pages_of(data)
    assert 2 <= len(pages) <= 4
    assert {(round(width), round(height)) for width, height in pages} == {A4}


def test_without_a_browser_it_says_how_to_print(
    store: TraceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_runs(store)
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = say(store.location, "export", "-o", tmp_path / "x.pdf")
    assert ended.code == 1
    line = ended.errors[-1]  # before it stands what the file would hold
    assert "needs a Chromium on the PATH (chromium, " in line
    assert "-o report.html, open it in any browser and print it" in line
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo first >&2; echo the reason >&2; exit 0", "printed nothing: the reason"),
        ("exit 3", "printed nothing: 3"),
        ("sleep 60", "printed nothing within"),
    ],
)
def test_a_browser_that_prints_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    monkeypatch.setattr(pdf, "PATIENCE_S", 0.5 if "sleep" in script else 30)
    browser = tmp_path / "chromium"
    browser.write_text(f"#!/bin/sh\n{script}\n")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(ExportProblem, match=said):
        pdf.print_page(str(browser), "<p>x</p>")
