"""App's process: makes room for an app's own module that is called `rerun_trace`, as ours is.

The app's folder comes first in Streamlit's `sys.path`, so without the recorder the app finds its
own. Only where there is one, this process loads ours once more under another name, and lets go of
the first: nothing of Python's import is replaced, and neither of both shadows the other.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType

OURS = "rerun_trace"
OTHER = "_rerun_trace_recorder"
_FOLDER = os.path.dirname(os.path.abspath(__file__))


def has_its_own(app: str) -> bool:
    """Whether beside the script `app` there is another module with our name."""
    found = PathFinder.find_spec(OURS, [os.path.dirname(os.path.realpath(app))])
    if found is None or found.origin is None:  # a folder without code comes last everywhere
        return False
    return os.path.dirname(os.path.realpath(found.origin)) != os.path.realpath(_FOLDER)


def under_another_name(module: str) -> ModuleType:
    """Our module `rerun_trace.<module>`, loaded anew. The name `rerun_trace` is free afterwards."""
    sys.meta_path.insert(0, _Finder())
    for name in [name for name in sys.modules if _is_ours(name)]:
        del sys.modules[name]
    return importlib.import_module(f"{OTHER}.{module}")


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _is_ours(name: str) -> bool:
    return _is_in(name, OURS)


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == OTHER:
            file = os.path.join(_FOLDER, "__init__.py")
            loader = _Loader(name, file)
            return spec_from_file_location(
                name, file, loader=loader, submodule_search_locations=[_FOLDER]
            )
        if not _is_in(name, OTHER):
            return None
        found = PathFinder.find_spec(name, path)
        if found is not None and found.origin is not None:
            found.loader = _Loader(name, found.origin)
        return found


class _Loader(SourceFileLoader):
    """Loads a file of ours whose imports of ours mean those under the other name."""

    def get_code(self, fullname: str) -> CodeType | None:
        tree = ast.parse(self.get_data(self.path))  # not what is cached: it has the usual names
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and not node.level and _is_ours(node.module or ""):
                node.module = OTHER + str(node.module)[len(OURS) :]
        code: CodeType = compile(tree, self.path, "exec", dont_inherit=True)
        return code
