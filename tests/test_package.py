"""The package as it is handed out: what the wheel and the source distribution hold, and say."""

from __future__ import annotations

import email
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import rerun_trace
from rerun_trace import demo

pytestmark = pytest.mark.first_row

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SHIPPED_SAMPLES = (*demo.apps(), demo.scenario())
SOURCES = {".ts", ".tsx", ".jsx"}
LEFT_BEHIND = {
    *("node_modules", "__pycache__", ".git", ".envs"),
    *(".mypy_cache", ".pytest_cache", ".ruff_cache"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, the wheel made from the source distribution."""
    folder, tree = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("tree") / "tree"
    # Of a copy: building leaves files behind, and two builds of one tree disturb each other.
    leave = shutil.ignore_patterns(*LEFT_BEHIND, "*.egg-info", "build", "dist")
    shutil.copytree(ROOT, tree, symlinks=True, ignore=leave)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(tree)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


LOOK = """
import site, sys
site.addsitedir(sys.argv[1])
sys.path.append(sys.argv[2])
import rerun_trace.db.store, rerun_trace.tracer.capture, rerun_trace.web.app
print(rerun_trace.db.store.__file__)
"""


def test_it_is_installed_for_editing_from_a_checkout_without_symlinks(tmp_path: Path) -> None:
    """Git for Windows makes small files of them, unless it is told and allowed otherwise."""
    tree, folder, site = (tmp_path / name for name in ("tree", "dist", "site"))
    leave = shutil.ignore_patterns(*LEFT_BEHIND, "*.egg-info", "build", "dist")
    shutil.copytree(ROOT, tree, symlinks=True, ignore=leave)
    for link in [path for path in (tree / "rerun_trace").iterdir() if path.is_symlink()]:
        target = link.readlink().as_posix()
        link.unlink()
        link.write_text(target)
    make = "import sys; from setuptools import build_meta as b; b.build_editable(sys.argv[1])"
    folder.mkdir()
    order = [sys.executable, "-c", make, str(folder)]
    done = subprocess.run(order, cwd=tree, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as made:
        made.extractall(site)
    libraries = sysconfig.get_path("purelib")
    order = [sys.executable, "-S", "-P", "-c", LOOK, str(site), libraries]
    said = subprocess.run(order, capture_output=True, text=True)
    assert Path(said.stdout.strip()) == tree / "db" / "store.py", said.stderr


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(built.glob("*.whl")))


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    """The paths in the source distribution, below its one folder."""
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        return {path.partition("/")[2] for path in archive.getnames()}


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    name = next(each for each in wheel.namelist() if each.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(wheel.read(name))


def ours(*folders: str, suffixes: set[str] | None = None) -> set[str]:
    """Files of these folders, as paths from the top; links and what tools leave behind are none."""
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if not LEFT_BEHIND & set(path.parts)
        and not any(parent.is_symlink() for parent in path.parents)
        and (suffixes is None or path.suffix in suffixes)
    }


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    modules = {
        path if path.startswith("rerun_trace/") else f"rerun_trace/{path}"
        for path in ours("tracer", "db", "web", "rerun_trace", suffixes={".py"})
    }
    served = {f"rerun_trace/{path}" for path in ours("web/static", "web/templates")}
    data = {"rerun_trace/py.typed", "rerun_trace/tested.json"}
    data |= {
        f"rerun_trace/{path.relative_to(ROOT).as_posix()}" for path in map(Path, SHIPPED_SAMPLES)
    }
    about = {name for name in names if ".dist-info/" in name}
    declarations = {name for name in served if name.endswith(".d.ts")}
    assert names - about == modules | data | served - declarations
    assert [name for name in names if Path(name).suffix in SOURCES] == []


def test_the_wheel_holds_the_licences_of_what_is_vendored(
    wheel: zipfile.ZipFile, metadata: Message
) -> None:
    listed = tomllib.loads((ROOT / "web/static/vendor/VENDORED.toml").read_text("utf-8"))["files"]
    files = metadata.get_all("License-File") or []
    names = wheel.namelist()
    for file in files:
        assert any(name.endswith(f".dist-info/licenses/{file}") for name in names), file
    texts = {f"web/static/vendor/{item['licence_file']}" for item in listed}
    assert set(files) >= {"LICENSE", "web/static/vendor/EPL-2.0.LICENSE", *texts}
    expression = metadata["License-Expression"]
    for name in {name for item in listed for name in re.findall(r"[A-Z][\w.-]+", item["licence"])}:
        if name not in ("Graphviz", "Expat"):
            assert name in expression


def test_the_package_s_page_has_no_link_of_the_repository_s_own(metadata: Message) -> None:
    page = metadata.get_payload()
    assert isinstance(page, str)
    links = re.findall(r"\]\(([^)]+)\)", page)
    source = PROJECT["urls"]["Source"]
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    inside = [link.removeprefix(source) for link in links if link.startswith(source)]
    for link in inside:
        kind, release, path = link.strip("/").split("/", 2)
        assert kind in ("blob", "raw")
        assert release == f"v{PROJECT['version']}"
        assert (ROOT / path.partition("#")[0]).exists(), link
    assert any("/raw/" in link for link in inside)
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_the_version_is_the_same_everywhere(metadata: Message) -> None:
    assert metadata["Version"] == PROJECT["version"] == rerun_trace.__version__


def test_the_source_distribution_holds_what_its_tests_need(sdist: set[str]) -> None:
    needed = ours("tests", "samples", "docs", "bench", ".ci", ".github", "web/frontend")
    needed |= {path.name for path in ROOT.glob("*.md")} | {"noxfile.py", "pyproject.toml"}
    assert needed - sdist == set()
    assert [path for path in sdist if LEFT_BEHIND & set(Path(path).parts)] == []
