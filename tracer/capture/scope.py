"""Decides which code is the user's, and keeps the reason."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from types import CodeType, ModuleType

_LIBRARY_PARTS = frozenset(
    {"site-packages", "dist-packages", "node_modules", "__pypackages__", ".venv", "venv", ".git"}
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a file is traced, under which name it is shown, and why."""

    traced: bool
    name: str
    reason: str


class Scope:
    """The files that count as the user's: the app's folder, and whatever Streamlit runs.

    `folder` is the app's folder. Libraries below it (virtual environments, vendored packages) are
    left out, and so are our own files and Python's. Decisions are kept: one look-up per file.
    """

    def __init__(self, folder: str, own_folders: tuple[str, ...] | None = None) -> None:
        self.folder = os.path.realpath(folder)
        self._own = own_folders if own_folders is not None else _own_folders()
        self._decisions: dict[str, Decision] = {}

    def decide(self, filename: str) -> Decision:
        """The decision for a code object's file name."""
        decision = self._decisions.get(filename)
        if decision is None:
            decision = self._decisions[filename] = self._decide(filename)
        return decision

    def include(self, code: CodeType, reason: str) -> None:
        """Count a file as the user's wherever it lies, as for a page that Streamlit runs."""
        if not self.decide(code.co_filename).traced:
            name = self.relative(code.co_filename)
            self._decisions[code.co_filename] = Decision(True, name, reason)

    def relative(self, filename: str) -> str:
        """A path as it is shown: relative to the app's folder with `/`, or absolute outside."""
        path = os.path.realpath(filename)
        return inside(path, self.folder) or path

    def _decide(self, filename: str) -> Decision:
        if not filename or filename.startswith("<"):
            return Decision(False, filename, "no file: generated code")
        path = os.path.realpath(filename)
        name = self.relative(filename)
        if any(inside(path, own) for own in self._own):
            return Decision(False, name, "part of rerun-trace")
        if name == path:
            return Decision(False, name, "outside the app's folder")
        if _LIBRARY_PARTS.intersection(name.split("/")[:-1]):
            return Decision(False, name, "a library below the app's folder")
        prefix = os.path.realpath(sys.prefix)
        if inside(prefix, self.folder) and inside(path, prefix):
            return Decision(False, name, "Python's own files")
        return Decision(True, name, "in the app's folder")


def inside(path: str, folder: str, system: ModuleType = os.path) -> str | None:
    """What of a path comes after a folder, with `/`; None where it is not below it.

    Both are real paths of `system` (`posixpath` or `ntpath`). Windows takes large letters for small
    ones: who starts an app from `c:\\shop` has its files in `C:\\Shop`.
    """
    start = system.normcase(folder).rstrip(system.sep) + system.sep
    if not system.normcase(path).startswith(start):
        return None
    after: str = path[len(start) :].replace(system.sep, "/")
    return after


def _own_folders() -> tuple[str, ...]:
    # In an editable install __file__ may be a symlink's path: compare real paths.
    tracer = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    package = os.path.dirname(
        os.path.realpath(sys.modules[__name__.partition(".")[0]].__file__ or tracer)
    )
    return tuple({tracer, package, *(os.path.realpath(f"{package}/{p}") for p in ("db", "web"))})
