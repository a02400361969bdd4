"""`rerun-trace graph`: on stdout, in files, with and without Graphviz on the machine."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from commands import environment
from ui import handmade

from rerun_trace import cli
from rerun_trace.db.store import TraceStore

Here = Callable[..., Result]


class _Main:
    """What the console script calls, in the shape that click's runner takes."""

    name = "rerun-trace"

    def main(self, args: list[str], prog_name: str, **extra: object) -> None:
        cli.main(args)


@pytest.fixture
def here(tmp_path: Path) -> Here:
    """Runs `rerun-trace graph WORDS` over two recordings; `path` is the PATH it has."""
    db = tmp_path / "recordings.sqlite"
    with TraceStore.open(db) as store:
        handmade.everything(store)
        handmade.three_runs(store)

    def run(*words: str | Path, path: str | None = None) -> Result:
        env = environment(db) | ({} if path is None else {"PATH": path})
        result = CliRunner(env=env).invoke(_Main(), ["graph", *map(str, words)])  # type: ignore[arg-type]
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def one_line(result: Result, code: int) -> str:
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("rerun-trace: ")
    return line


def test_without_a_file_dot_text_of_the_newest_is_printed(here: Here) -> None:
    result = here()
    assert result.exit_code == 0
    assert result.stdout.startswith("digraph causes {")
    assert "run 3" in result.stdout
    assert "?run=" not in result.stdout
    assert "run 4" in here("1").stdout


def test_the_flow_of_one_run_or_of_all(here: Here) -> None:
    one = here("2", "--kind", "flow", "--run", "2").stdout
    assert one.startswith("digraph flow {")
    assert "not run" in one
    assert "not run" not in here("2", "--kind", "flow").stdout
    assert "run 1" not in here("2", "--run", "2").stdout


@pytest.mark.parametrize("kind", ["cause", "flow"])
def test_text_files_need_no_graphviz(here: Here, tmp_path: Path, kind: str) -> None:
    for name, begins in (("x.dot", "digraph"), ("x.mmd", "flowchart")):
        result = here("--kind", kind, "-o", tmp_path / name, path=str(tmp_path))
        assert (result.exit_code, result.output) == (0, "")
        assert (tmp_path / name).read_text("utf-8").startswith(begins)


def test_a_picture_without_graphviz_is_one_line_that_names_the_fix(
    here: Here, tmp_path: Path
) -> None:
    line = one_line(here("-o", tmp_path / "x.svg", path=str(tmp_path)), 1)
    assert "install Graphviz" in line
    assert "-o x.dot or -o x.mmd" in line
    assert not (tmp_path / "x.svg").exists()


def program(folder: Path, script: str) -> str:
    """A PATH on which `dot` is `script`."""
    path = folder / "bin" / "dot"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return f"{path.parent}:/usr/bin:/bin"


def test_a_picture_is_what_dot_makes_of_the_text(here: Here, tmp_path: Path) -> None:
    path = program(tmp_path, 'echo "<svg>"; cat; echo "</svg>"')
    assert here("-o", tmp_path / "x.SVG", path=path).exit_code == 0
    text = (tmp_path / "x.SVG").read_text("utf-8")
    assert text.startswith("<svg>")
    assert "digraph causes" in text


def test_a_dot_that_fails_is_one_line(here: Here, tmp_path: Path) -> None:
    path = program(tmp_path, "cat >/dev/null; echo no fonts >&2; exit 3")
    assert "Graphviz failed: no fonts" in one_line(here("-o", tmp_path / "x.svg", path=path), 1)


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not on the PATH")
@pytest.mark.parametrize("kind", ["cause", "flow"])
def test_a_picture_by_graphviz(here: Here, tmp_path: Path, kind: str) -> None:
    assert here("--kind", kind, "-o", tmp_path / "x.svg").exit_code == 0
    assert "<svg" in (tmp_path / "x.svg").read_text("utf-8")


def test_what_cannot_be_drawn_is_said_in_one_line(here: Here, tmp_path: Path) -> None:
    assert "must end in .svg, .dot, .mmd" in one_line(here("-o", "x.png"), 2)
    assert "must end in .svg, .dot, .mmd" in one_line(here("-o", "graph"), 2)
    assert "cannot be written" in one_line(here("-o", tmp_path / "no" / "x.dot"), 1)
    assert "99" in one_line(here("99"), 2)
    assert "77" in one_line(here("--run", "77"), 2)
    assert "kind" in one_line(here("--kind", "tree"), 2)
