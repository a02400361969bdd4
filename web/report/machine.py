"""Takes the machine's folders out of texts: a report tells where in the app something is. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

_LIBRARIES = re.compile(
    r"(?<![\w.~-])(?:[A-Za-z]:)?(?:[\\/]+[^\\/\"'\s<>:|]+)*[\\/]+(?=site-packages[\\/])"
)
_PYTHON = re.compile(
    r"(?<![\w.~-])(?:[A-Za-z]:)?(?:[\\/]+[^\\/\"'\s<>:|]+)*[\\/]+(?=python3\.\d+[\\/])"
)


class Machine:
    """Knows the apps' folders, and the home of who exports."""

    def __init__(self, folders: Iterable[str], home: str = "") -> None:
        names = {home.rstrip("/\\"): "~"} if len(home.rstrip("/\\")) > 1 else {}
        for folder in folders:
            bare = folder.rstrip("/\\")
            if len(bare) > 1:
                names[bare] = re.split(r"[\\/]", bare)[-1]
        spelled = {}
        for folder, name in names.items():
            spelled[folder] = name
            spelled[json.dumps(folder)[1:-1]] = json.dumps(name)[1:-1]
            spelled[json.dumps(json.dumps(folder)[1:-1])[1:-1]] = name
        self._names = spelled
        longest = sorted(spelled, key=len, reverse=True)
        either = "|".join(map(re.escape, longest))
        self._folders = re.compile(rf"(?<![\w.~-])(?:{either})(?![\w-])") if longest else None

    def hide(self, text: str) -> str:
        """The text with each folder by its name alone, as JSON or as it is."""
        if self._folders is not None:
            text = self._folders.sub(lambda found: self._names[found[0]], text)
        if "site-packages" in text:
            text = _LIBRARIES.sub("…/", text)
        return _PYTHON.sub("…/", text) if "/python3." in text else text
