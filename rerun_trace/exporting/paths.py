"""Shortens paths of the machine: a file that is handed on says nothing about where it was made."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

# First components of paths that are a machine's, and no address of a page.
_ROOTS: Final = (
    *("home", "Users", "root", "tmp", "var", "private", "opt", "usr", "mnt", "srv", "etc"),
    *("Volumes", "nix", "snap", "workspaces", "Program Files", "ProgramData", "Windows"),
)
_SEPARATOR: Final = r"[\\/]+"
_IN_PATH: Final = r"[^\\/\s\"'<>|*?:;,()\[\]{}=`\x00-\x1f]"
_START: Final = r"(?:(?<![\w.~\\/])|(?<=file://))"
_PACKAGES: Final = re.compile(
    rf"(?:[A-Za-z]:)?{_SEPARATOR}(?:[^\s\"'<>|*?]*{_SEPARATOR})?(?:site|dist)-packages{_SEPARATOR}"
)
_LIBRARY: Final = re.compile(
    rf"{_SEPARATOR}(?:[^\s\"'<>|*?:]*{_SEPARATOR})?lib(?:64)?{_SEPARATOR}(python3\.\d+t?){_SEPARATOR}"
)
_FILE: Final = re.compile(r'(?<=File ")[^"\n]+(?=", line \d)')
_ABSOLUTE: Final = re.compile(r"(?:[A-Za-z]:)?[\\/]")
_DRIVE: Final = r"(?:[A-Za-z]:)?"
ELSEWHERE: Final = "…/"


class Paths:
    """Of one recording, whose app is in `folder`."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        parts = [part for part in re.split(_SEPARATOR, folder) if part]
        self.name = parts[-1] if parts else ""
        self._files: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._own: re.Pattern[str] | None = None
        roots = list(_ROOTS)
        if _ABSOLUTE.match(folder) and self.name:
            path = _SEPARATOR.join(map(re.escape, parts))
            first = "" if re.match("[A-Za-z]:", folder) else _SEPARATOR
            self._own = re.compile(rf"{_START}{first}{path}(?![\w-])(?!\.\w)")
            roots.append(parts[0] if first else parts[1] if len(parts) > 1 else parts[0])
        any_root = "|".join(map(re.escape, roots))
        self._roots = re.compile(
            rf"{_START}{_DRIVE}{_SEPARATOR}(?:{any_root})(?:{_SEPARATOR}{_IN_PATH}+)*"
            rf"(?![\w-])"
        )
        quick = rf"[\\/](?:{any_root})(?![\w-])|(?:site|dist)-packages|[\\/]lib(?:64)?[\\/]+python3"
        self._quick = re.compile(quick.encode())

    @cached_property
    def folder(self) -> str:
        """What stands for the app's folder."""
        return self.name or self._folder

    def may_hold(self, data: bytes) -> bool:
        """Whether there is a path to shorten in these bytes."""
        return self._quick.search(data) is not None

    def file(self, path: str) -> str:
        """A file of the app's, or of elsewhere; different ones stay different."""
        if not _ABSOLUTE.match(path):
            return path
        short = self._files.get(path)
        if short is None:
            short = self._shortened(path)
            number = 1
            plain = short
            while self._taken.setdefault(short, path) != path:
                number += 1
                short = f"{plain} ({number})"
            self._files[path] = short
        return short

    def _shortened(self, path: str) -> str:
        short = self._in_packages(self._in_app(path))
        if _ABSOLUTE.match(short):
            return ELSEWHERE + re.split(_SEPARATOR, short.rstrip("\\/"))[-1]
        return short

    def text(self, text: str) -> str:
        """A text in which paths of the machine are shortened."""
        if "/" not in text and "\\" not in text:
            return text
        text = _FILE.sub(lambda found: self.file(found[0]), text)
        return self._roots.sub(self._elsewhere, self._in_packages(self._in_app(text)))

    def _in_app(self, text: str) -> str:
        return text if self._own is None else self._own.sub(lambda _: self.name, text)

    def _in_packages(self, text: str) -> str:
        return _LIBRARY.sub(r"\1/", _PACKAGES.sub("", text))

    def _elsewhere(self, found: re.Match[str]) -> str:
        parts = [part for part in re.split(_SEPARATOR, found[0]) if part and part[-1] != ":"]
        is_home = parts[0] in ("home", "Users")
        if len(parts) == 1:
            return found[0]  # `/tmp` says nothing
        if is_home and len(parts) == 2:
            return "~"
        return ELSEWHERE + parts[-1]
