"""The page's own files: nothing vendored was changed, nothing is loaded from elsewhere."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import rerun_trace.web

pytestmark = pytest.mark.first_row

WEB = Path(rerun_trace.web.__file__).resolve().parent
STATIC = WEB / "static"
VENDOR = STATIC / "vendor"
ROOT = Path(__file__).parent.parent
BUNDLES = sorted(STATIC.glob("*.bundle.js"))
SCRIPTS = sorted(set(STATIC.glob("*.js")) - {*BUNDLES})


def test_vendored_files_are_listed_licensed_and_unchanged() -> None:
    listed = tomllib.loads((VENDOR / "VENDORED.toml").read_text("utf-8"))["files"]

    assert {item["file"] for item in listed} == {path.name for path in VENDOR.glob("*.js")}
    for item in listed:
        digest = hashlib.sha256((VENDOR / item["file"]).read_bytes()).hexdigest()
        assert digest == item["sha256"], item["file"]
        assert (VENDOR / item["licence_file"]).is_file()
        assert item["version"]
        assert item["licence"]


def test_pages_have_nothing_inline_and_nothing_from_elsewhere() -> None:
    for path in [*(WEB / "templates").glob("*.html"), *STATIC.glob("*.css"), *SCRIPTS]:
        text = path.read_text("utf-8")
        assert not re.search(r"(src|href)=\"https?:|url\(|@import|from \"https?:", text), path
        if path.suffix == ".html":
            assert not re.search(r"<script(?![^>]*src=)|<style|\son[a-z]+=|\sstyle=", text), path


def test_the_bundles_are_made_of_the_scripts_as_they_are(tmp_path: Path) -> None:
    if shutil.which("esbuild") is None:
        pytest.skip("esbuild (npm package) is not on the PATH")
    subprocess.run([ROOT / ".ci" / "bundle", tmp_path], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made.keys() == {path.name for path in BUNDLES}
    for path in BUNDLES:
        assert path.read_bytes() == made[path.name], (
            f"{path.name} is not up to date: run .ci/bundle"
        )


def test_files_stay_small() -> None:
    for path in [*SCRIPTS, *STATIC.glob("*.css"), *WEB.glob("*.py")]:
        assert len(path.read_text("utf-8").splitlines()) <= 300, path.name


def test_the_scripts_have_no_type_errors() -> None:
    compiler = shutil.which("tsc")
    if compiler is None:
        pytest.skip("tsc (npm package typescript) is not on the PATH")
    done = subprocess.run(
        [compiler, "-p", str(WEB / "jsconfig.json")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
