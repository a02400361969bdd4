"""Imports run one way: each room imports the rooms below it, and none beside or above.

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

import pytest

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
    assert imports_of("rerun_trace.db.schema.rows", "rerun_trace.tracer.model")  # from a package
    assert imports_of("rerun_trace.recording", "streamlit")  # inside of a function
    assert imports_of("rerun_trace.web.app", "rerun_trace.db.store")  # for type checkers only


def test_the_vocabulary_imports_nothing_of_ours() -> None:
    assert imports_of("rerun_trace.tracer.model", "rerun_trace") == []


def test_the_errors_import_nothing_of_ours() -> None:
    assert imports_of("rerun_trace.tracer.errors", "rerun_trace") == []


# Each room, and the rooms that it may import. What is not named here, it does not know.
_WORDS = ("tracer.model", "tracer.errors")
ARROWS: dict[str, tuple[str, ...]] = {
    "tracer.model": (),
    "tracer.errors": (),
    "tracer.documents": ("tracer.model",),
    "tracer.source": ("tracer.model",),
    "tracer.words": ("tracer.model",),
    "tracer.capture": (*_WORDS, "tracer.source"),
    "tracer.probes": (*_WORDS, "tracer.source", "tracer.words", "tracer.capture"),
    "tracer.analysis": ("tracer.model", "tracer.source", "tracer.words"),
    "tracer.driver": (
        *(*_WORDS, "tracer.documents", "tracer.words"),
        *("tracer.probes", "tracer.analysis"),
    ),
    "tracer.explain": ("tracer.model", "tracer.source", "tracer.words", "tracer.analysis"),
    "tracer.render": (
        *("tracer.model", "tracer.documents", "tracer.words"),
        *("tracer.analysis", "tracer.explain"),
    ),
    "db.handover": (*_WORDS, "tracer.words.printable"),
    "db.packing": _WORDS,
    "db.guard": _WORDS,
    "db.schema": (*_WORDS, "db.guard", "db.packing"),
    "db.engine": (*_WORDS, "db.guard", "db.schema"),
    "db.writing": (
        *(*_WORDS, "db.engine", "db.handover", "db.packing", "db.schema"),
        *("db.reading", "tracer.words"),
    ),
    "db.reading": (*_WORDS, "tracer.analysis", "db.engine", "db.packing", "db.schema"),
    "db.editing": (
        *(*_WORDS, "db.engine", "db.handover", "db.schema", "db.reading"),
        "db.writing",
    ),
    "db.exchange": (
        *(*_WORDS, "db.engine", "db.guard", "db.packing", "db.schema"),
        *("db.writing", "db.reading", "db.editing"),
    ),
    "db.store": (*_WORDS, "db"),
    "web.server": (*_WORDS, "tracer", "db.store", "db.reading", "db.handover"),
    "web.models": ("tracer", "db.store", "db.packing", "db.reading"),
    "web.replay": ("tracer", "db.store", "web.models"),
    "web.views": ("tracer", "db.store", "db.reading", "web.models", "web.replay", "web.server"),
    "web.app": (*_WORDS, "tracer.words", "db.store", "web.views", "web.server"),
    "web.report": ("tracer", "db.store", "db.reading", "web"),
}
# Names of types alone: a room below the store is handed one, and never makes it.
TYPES_ALONE = {"db.reading": ("db.store",), "db.exchange": ("db.store",)}


@pytest.mark.parametrize("room", ARROWS)
def test_a_room_imports_only_what_stands_below_it(room: str) -> None:
    allowed = (room, *ARROWS[room], *TYPES_ALONE.get(room, ()))
    full = tuple(f"rerun_trace.{name}" for name in allowed)
    assert imports_of(f"rerun_trace.{room}", "rerun_trace", but=full) == []


def test_every_module_is_in_a_room() -> None:
    rooms = tuple(f"rerun_trace.{room}" for room in ARROWS)
    parts = ("rerun_trace.tracer", "rerun_trace.db", "rerun_trace.web")
    outside = {name for name in MODULES if is_in(name, *parts) and not is_in(name, *rooms)}
    assert outside == set(parts)


def test_no_arrow_leads_back() -> None:
    def below(room: str) -> set[str]:
        names = ARROWS[room]
        direct = {other for other in ARROWS if other != room and is_in(other, *names)}
        return direct.union(*map(below, direct))

    for room in ARROWS:
        assert room not in below(room)


def test_a_type_is_all_that_the_store_is_below_it() -> None:
    for room, names in TYPES_ALONE.items():
        importers = {line.partition(" ")[0] for line in imports_of(f"rerun_trace.{room}", *(
            f"rerun_trace.{name}" for name in names
        ))}  # fmt: skip
        for importer in importers:
            tree = ast.parse(MODULES[importer].path.read_text(encoding="utf-8"))
            at_run_time = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
            assert all(node.module != "rerun_trace.db.store" for node in at_run_time), importer


def test_analysis_and_explaining_are_pure() -> None:
    for room in ("documents", "source", "words", "analysis", "explain", "render"):
        assert imports_of(f"rerun_trace.tracer.{room}", *OUTSIDE_WORLD) == [], room


def test_only_the_probes_the_driver_and_the_composition_root_know_streamlit() -> None:
    knowing = {line.partition(" ")[0] for line in imports_of("rerun_trace", "streamlit")}
    parts = ("rerun_trace.tracer", "rerun_trace.db", "rerun_trace.web")
    hosts = ("rerun_trace.tracer.probes", "rerun_trace.tracer.driver")
    assert {name for name in knowing if is_in(name, *parts) and not is_in(name, *hosts)} == set()


def test_the_pages_need_neither_streamlit_nor_sql() -> None:
    assert imports_of("rerun_trace.web", "streamlit", "sqlalchemy", "alembic") == []


def test_no_command_waits_for_streamlit() -> None:
    """An app's process imports it, which takes its time; who started that listens meanwhile."""
    program = """
import importlib, pkgutil, sys
import rerun_trace.commands as commands
for each in pkgutil.iter_modules(commands.__path__):
    importlib.import_module(f"rerun_trace.commands.{each.name}")
assert "streamlit" not in sys.modules
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True)


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


@pytest.mark.skipif((ROOT / "PKG-INFO").exists(), reason="a source distribution holds no links")
def test_the_parts_stand_in_the_package_as_links_for_type_checkers() -> None:
    for part in ("tracer", "db", "web"):
        link = ROOT / "rerun_trace" / part
        assert link.is_symlink()
        assert link.resolve() == ROOT / part


def test_the_app_s_process_loads_nothing_of_the_other_processes() -> None:
    """Streamlit collects garbage after each run, and looks at every object that is there."""
    code = (
        "import sys, rerun_trace.child; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    )
    said = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True)
    loaded = set(said.stdout.decode().split())
    assert "rerun_trace" in loaded
    others = {"msgspec", "sqlalchemy", "alembic", "flask", "werkzeug", "jinja2", "waitress"}
    assert not loaded & others


def test_what_makes_reports_is_loaded_with_the_first_report() -> None:
    """And not when the pages start that offer them."""
    commands = ", ".join(f"rerun_trace.commands.{name}" for name in ("ui", "run", "compare"))
    ours = ("rerun_trace.web.report", "rerun_trace.exporting.")
    code = f"import sys, {commands}; print(*(m for m in sys.modules if m.startswith({ours})))"
    said = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True)
    assert set(said.stdout.decode().split()) == {
        "rerun_trace.exporting.html",
        "rerun_trace.exporting.job",
    }


def test_driving_an_app_loads_nothing_of_the_pages(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from rerun_trace.cli import main\n"
        "try: main(['drive', *sys.argv[1:], '--json'])\n"
        "finally: print(*sorted(m for m in sys.modules if m.startswith('rerun_trace.web')"
        " or m in ('flask', 'waitress')), file=sys.stderr)\n"
    )
    app = tmp_path / "app.py"
    app.write_text("import streamlit as st\nst.title('Shop')\n")
    command = [sys.executable, "-P", "-c", code, str(app), "--db", str(tmp_path / "db.sqlite")]
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert said.stderr.strip() == ""
