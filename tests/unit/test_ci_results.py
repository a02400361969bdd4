"""The closing line of all tests, from real results: some tests fail always, some once."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.first_row

RESULTS = Path(__file__).parents[2] / ".ci" / "results.py"
FIRST = """\
import pytest
from pathlib import Path

def test_passes(): pass
def test_is_skipped(): pytest.skip("why")
@pytest.mark.parametrize("n", [1, 2])
def test_fails_once(n, once=Path(__file__).with_name("once")):
    seen = once.read_text() if once.exists() else ""
    once.write_text(seen + str(n))
    assert str(n) in seen
@pytest.fixture
def broken():
    yield
    assert False
def test_fails_twice(broken): assert False
"""


def run_tests(folder: Path, result: str, *options: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_it.py", f"--junitxml={result}", *options],
        cwd=folder,
        capture_output=True,
    )


def closing(folder: Path, *rows: str) -> tuple[int, list[str]]:
    said = subprocess.run(
        [sys.executable, str(RESULTS), str(folder), *rows], capture_output=True, text=True
    )
    assert said.stderr == ""
    return said.returncode, said.stdout.splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """one.xml and one.second.xml: of one row, in which tests failed."""
    folder = tmp_path_factory.mktemp("rows")
    (folder / "test_it.py").write_text(FIRST)
    (folder / "pytest.ini").write_text("[pytest]\n")
    run_tests(folder, "one.xml")
    run_tests(folder, "one.second.xml", "--last-failed")
    return folder


def test_what_passes_at_the_second_try_is_said_and_counts_as_passed(folder: Path) -> None:
    assert closing(folder, "one") == (
        1,
        [
            "passed at the second try: test_it::test_fails_once[1] (one)",
            "passed at the second try: test_it::test_fails_once[2] (one)",
            "3 passed, 1 failed, 1 skipped",
        ],
    )


def test_without_a_second_try_all_of_them_failed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "one.xml").write_bytes((folder / "one.xml").read_bytes())
    assert closing(tmp_path, "one") == (1, ["1 passed, 3 failed, 1 skipped"])


def test_a_row_without_a_result_has_failed(folder: Path, tmp_path: Path) -> None:
    passed = '<testsuite tests="1"><testcase classname="a" name="b"/></testsuite>'
    (tmp_path / "good.xml").write_text(passed)
    (tmp_path / "half.xml").write_text(passed[:30])
    (tmp_path / "empty.xml").write_text('<testsuite tests="0"/>')
    assert closing(tmp_path, "good") == (0, ["1 passed, 0 failed, 0 skipped"])
    assert closing(tmp_path, "good", "none") == (1, ["1 passed, 1 failed, 0 skipped"])
    assert closing(tmp_path, "half") == (1, ["0 passed, 1 failed, 0 skipped"])
    assert closing(tmp_path, "empty") == (1, ["0 passed, 1 failed, 0 skipped"])


def test_what_failed_is_told_by_name(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location("ci_results", RESULTS)
    assert spec is not None
    assert spec.loader is not None
    results = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(results)
    names = [f"test_it::test_fails_{how}" for how in ("once[1]", "once[2]", "twice")]
    assert results.failed(folder / "one.xml") == names
    assert results.failed(folder / "one.second.xml") == names[2:]
