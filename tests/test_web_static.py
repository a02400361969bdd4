"""The page's own files: nothing vendored was changed, nothing is loaded from elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from frontend import ROOT, source_files, tool

import rerun_trace.web

pytestmark = pytest.mark.first_row

WEB = Path(rerun_trace.web.__file__).resolve().parent
STATIC = WEB / "static"
VENDOR = STATIC / "vendor"
BUNDLES = sorted(STATIC.glob("*.js"))
# By `python -m rerun_trace.documents`.
MADE = {WEB / "frontend" / "api" / "documents.ts", WEB / "frontend" / "base" / "words.ts"}
SOURCES = [path for path in source_files() if path not in MADE]
UNBUNDLED = {"protocol-buffers-schema", "resolve-protobuf-schema"}  # of a command of pbf's
PINS = tomllib.loads((VENDOR / "VENDORED.toml").read_text("utf-8"))


def test_vendored_files_are_listed_licensed_and_unchanged() -> None:
    assert {item["file"] for item in PINS["files"]} == {path.name for path in VENDOR.glob("*.js")}
    for item in PINS["files"]:
        digest = hashlib.sha256((VENDOR / item["file"]).read_bytes()).hexdigest()
        assert digest == item["sha256"], item["file"]
    for item in [*PINS["files"], *PINS["bundled"]]:
        assert (VENDOR / item["licence_file"]).is_file()
        assert item["version"]
        assert item["licence"]


def test_what_the_bundles_are_made_with_is_what_is_locked() -> None:
    lock = json.loads((ROOT / ".ci" / "node" / "package-lock.json").read_text("utf-8"))["packages"]
    made_with = {
        name.removeprefix("node_modules/"): (each["version"], each["integrity"])
        for name, each in lock.items()
        if name and not each.get("dev") and name.removeprefix("node_modules/") not in UNBUNDLED
    }
    assert made_with == {
        item["name"]: (item["version"], item["integrity"]) for item in PINS["bundled"]
    }
    # Viz.js is not bundled: its types come from the package, and the file must be that package's.
    (viz,) = (item for item in PINS["files"] if item["name"] == "@viz-js/viz")
    assert lock["node_modules/@viz-js/viz"]["version"] == viz["version"]


def test_pages_have_nothing_inline_and_nothing_from_elsewhere() -> None:
    for path in [*(WEB / "templates").glob("*.html"), *STATIC.glob("*.css"), *SOURCES]:
        text = path.read_text("utf-8")
        assert not re.search(r"(src|href)=\"https?:|url\(|@import|from \"https?:", text), path
        if path.suffix == ".html":
            assert not re.search(r"<script(?![^>]*src=)|<style|\son[a-z]+=|\sstyle=", text), path


def test_the_bundles_are_made_of_the_scripts_as_they_are(tmp_path: Path) -> None:
    tool("esbuild")
    subprocess.run([ROOT / ".ci" / "bundle", tmp_path], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made.keys() == {path.name for path in BUNDLES}
    for path in BUNDLES:
        assert path.read_bytes() == made[path.name], (
            f"{path.name} is not up to date: run .ci/bundle"
        )


def test_files_stay_small() -> None:
    for path in [*SOURCES, *STATIC.glob("*.css"), *WEB.glob("*.py")]:
        most = 360 if path.suffix.startswith(".ts") else 300  # the formatter takes many lines
        assert len(path.read_text("utf-8").splitlines()) <= most, path.name


@pytest.mark.parametrize("folder", ["web/frontend", "tests/modules"])
def test_the_sources_have_no_type_errors(folder: str) -> None:
    done = subprocess.run(
        [tool("tsc"), "-p", ROOT / folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_sources_are_formatted() -> None:
    done = subprocess.run(
        [tool("prettier"), "--check", "web/frontend", "tests/modules"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for path in SOURCES:  # which the formatter leaves alone in comments and texts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            assert len(line) <= 100, f"{path}:{number}"
