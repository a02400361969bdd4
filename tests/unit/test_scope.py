"""Which files are below the app's folder, on either kind of system."""

from __future__ import annotations

import ntpath
import posixpath
from types import ModuleType

import pytest

from rerun_trace.tracer.capture.scope import inside


@pytest.mark.parametrize(
    ("system", "path", "folder", "after"),
    [
        (posixpath, "/shop/pages/cart.py", "/shop", "pages/cart.py"),
        (posixpath, "/shopping/app.py", "/shop", None),
        (posixpath, "/Shop/app.py", "/shop", None),
        (posixpath, "/shop", "/shop", None),
        (posixpath, "/app.py", "/", "app.py"),
        (posixpath, "/shop/a\\b.py", "/shop", "a\\b.py"),
        (ntpath, r"C:\Shop\pages\cart.py", r"C:\Shop", "pages/cart.py"),
        (ntpath, r"c:\shop\Pages\cart.py", r"C:\Shop", "Pages/cart.py"),
        (ntpath, r"C:\Shopping\app.py", r"C:\Shop", None),
        (ntpath, r"D:\Shop\app.py", r"C:\Shop", None),
        (ntpath, "C:\\app.py", "C:\\", "app.py"),
        (ntpath, r"\\school\share\shop\app.py", r"\\school\share\shop", "app.py"),
        (ntpath, r"\\school\share\other\app.py", r"\\school\share\shop", None),
    ],
)
def test_a_file_below_a_folder(
    system: ModuleType, path: str, folder: str, after: str | None
) -> None:
    assert inside(path, folder, system) == after
