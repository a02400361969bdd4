"""Imports run one way: tracer.model <- tracer <- db <- web <- rerun_trace, which joins the parts.

The imports are read from the source texts, those inside of functions and under TYPE_CHECKING too.
"""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {
    "rerun_trace": ROOT / "rerun_trace",
    "rerun_trace.tracer": ROOT / "tracer",
    "rerun_trace.db": ROOT / "db",
    "rerun_trace.web": ROOT / "web",
}
OUTSIDE_WORLD = (
    *("io", "os", "pathlib", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "urllib"),
    *("alembic", "flask", "sqlalchemy", "streamlit", "waitress"),
)


@dataclass(frozen=True)
class Module:
    """A module of ours: its import name and its file."""

    name: str
    path: Path

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @functools.cache  # noqa: B019 (there is one object a file)
    def imports(self) -> set[str]:
        """Full names of what it imports; of a package's names, those that are modules of ours."""
        found = set()
        for node in ast.walk(ast.parse(self.path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                for alias in node.names:
                    inner = f"{origin}.{alias.name}"
                    found.add(inner if inner in MODULES else origin)
        return found

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        return ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])


def _modules() -> Iterator[Module]:
    for package, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            if any(parent.is_symlink() for parent in path.parents):
                continue  # the real folder stands elsewhere in the table
            parts = path.relative_to(folder).with_suffix("").parts
            names = parts[:-1] if parts[-1] == "__init__" else parts
            yield Module(".".join([package, *names]), path)


MODULES: dict[str, Module] = {}
MODULES.update((module.name, module) for module in _modules())


def is_in(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def imports_of(importers: str, *imported: str, but: tuple[str, ...] = ()) -> list[str]:
    """Every `a imports b`, a being in `importers`, b in `imported` and not in `but`."""
    return [
        f"{module.name} imports {name}"
        for module in MODULES.values()
        if is_in(module.name, importers)
        for name in sorted(module.imports())
        if is_in(name, *imported) and not is_in(name, *but)
    ]


def test_imports_are_found_in_every_spelling() -> None:
    assert imports_of("rerun_trace.tracer.capture.watch", "rerun_trace.tracer.model")  # relative
    assert imports_of("rerun_trace.db.rows", "rerun_trace.tracer.model")  # from a package
    assert imports_of("rerun_trace.recording", "streamlit")  # inside of a function
    assert imports_of("rerun_trace.web.app", "rerun_trace.db.store")  # for type checkers only


def test_the_vocabulary_imports_nothing_of_ours() -> None:
    assert imports_of("rerun_trace.tracer.model", "rerun_trace") == []


def test_the_errors_import_nothing_of_ours() -> None:
    assert imports_of("rerun_trace.tracer.errors", "rerun_trace") == []


def test_the_tracer_imports_nothing_of_ours_but_itself() -> None:
    assert imports_of("rerun_trace.tracer", "rerun_trace", but=("rerun_trace.tracer",)) == []


def test_capture_does_not_know_who_uses_it() -> None:
    users = ("rerun_trace.tracer.host", "rerun_trace.tracer.analysis")
    assert imports_of("rerun_trace.tracer.capture", *users) == []


def test_analysis_is_pure() -> None:
    assert imports_of("rerun_trace.tracer.analysis", *OUTSIDE_WORLD) == []


def test_analysis_does_not_know_how_a_recording_is_made() -> None:
    makers = ("rerun_trace.tracer.host", "rerun_trace.tracer.capture")
    assert imports_of("rerun_trace.tracer.analysis", *makers) == []


def test_the_database_imports_of_ours_only_the_vocabulary_and_the_errors() -> None:
    allowed = ("rerun_trace.db", "rerun_trace.tracer.model", "rerun_trace.tracer.errors")
    assert imports_of("rerun_trace.db", "rerun_trace", but=allowed) == []


def test_the_web_pages_import_of_ours_only_the_tracer_and_the_database() -> None:
    allowed = ("rerun_trace.web", "rerun_trace.tracer", "rerun_trace.db")
    assert imports_of("rerun_trace.web", "rerun_trace", but=allowed) == []


def test_the_web_pages_need_neither_capture_nor_streamlit_nor_sql() -> None:
    machinery = ("rerun_trace.tracer.capture", "rerun_trace.tracer.host")
    assert imports_of("rerun_trace.web", *machinery, "streamlit", "sqlalchemy", "alembic") == []


def test_only_the_host_and_the_composition_root_know_streamlit() -> None:
    knowing = {line.partition(" ")[0] for line in imports_of("rerun_trace", "streamlit")}
    parts = ("rerun_trace.tracer", "rerun_trace.db", "rerun_trace.web")
    allowed = {name for name in knowing if is_in(name, "rerun_trace.tracer.host")}
    allowed |= {name for name in knowing if not is_in(name, *parts)}
    assert knowing - allowed == set()


def test_only_the_command_line_imports_the_commands() -> None:
    ends = ("rerun_trace.cli", "rerun_trace.commands")
    importers = {line.partition(" ")[0] for line in imports_of("rerun_trace", *ends)}
    own = ("rerun_trace.__main__", *ends)
    assert [name for name in importers if not is_in(name, *own)] == []


def test_every_package_says_what_belongs_into_it() -> None:
    for path in {module.path.parent / "__init__.py" for module in MODULES.values()}:
        assert path.exists(), f"{path} is missing"
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_every_package_is_installed_and_under_our_own_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    setuptools = project["tool"]["setuptools"]
    installed = setuptools["packages"]
    assert sorted(installed) == sorted({module.package for module in MODULES.values()})
    assert {name.partition(".")[0] for name in installed} == {"rerun_trace"}
    assert setuptools["package-dir"] == {
        package: folder.relative_to(ROOT).as_posix() for package, folder in FOLDERS.items()
    }


def test_the_parts_stand_in_the_package_as_links_for_type_checkers() -> None:
    for part in ("tracer", "db", "web"):
        link = ROOT / "rerun_trace" / part
        assert link.is_symlink()
        assert link.resolve() == ROOT / part


def test_the_app_s_process_loads_no_sqlalchemy() -> None:
    """Streamlit collects garbage after each run, and looks at every object that is there."""
    code = (
        "import sys, rerun_trace.child; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    )
    said = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True)
    loaded = set(said.stdout.decode().split())
    assert "rerun_trace" in loaded
    assert not loaded & {"sqlalchemy", "alembic", "flask", "werkzeug", "jinja2", "waitress"}
