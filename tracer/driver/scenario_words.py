"""The words of a scenario's steps: which there are, and what each of them takes."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..errors import ScenarioError
from ..words.listing import nearest

VERBS = (
    *("click", "set", "submit", "edit", "select"),
    *("page", "rerun", "stop", "dismiss", "reload", "wait_ms"),
)
WITHOUT_SUBJECT = ("rerun", "stop", "dismiss", "reload")
VALUES = ("value", "option", "days_from_now", "files", "audio")
EVERY_STEP = ("no_wait", "tab")
OF_VERB: dict[str, tuple[str, ...]] = {
    "click": ("row", "column", "label"),
    "set": (*VALUES, "event"),
    "edit": ("rows", "added", "deleted"),
    "select": ("rows", "columns", "cells", "points", "value"),
}
EVENTS_OF = re.compile(r"\$\$STREAMLIT_INTERNAL_KEY_(.*)__events")
"""The widget id under which a component's events are sent; the group is the component's own."""

_OF_FILE = ("path", "name", "text", "base64", "type")


def unknown_words(words: Iterable[Any], known: Collection[str], where: str) -> None:
    """Raises ScenarioError that names the words which are not known, and what may be meant."""
    wrong = sorted(str(word) for word in words if word not in known)
    if wrong:
        named = ", ".join(f"{word}{nearest(word, known)}" for word in wrong)
        raise ScenarioError(f"{where} has unknown words: {named}; known are {', '.join(known)}")


def verb_of(step: Any, where: str) -> str:
    """The one verb of a step in its plain form; every other word of it is known then, too."""
    if not isinstance(step, Mapping):
        raise ScenarioError(f'{where} is not a table of words, such as click = "Foo"')
    verbs = [verb for verb in VERBS if verb in step]
    if len(verbs) != 1:
        found = " and ".join(verbs) or "none"
        meant = "".join(
            f"; {word}{nearest(str(word), VERBS)}"
            for word in step
            if not verbs and nearest(str(word), VERBS)
        )
        raise ScenarioError(
            f"{where} needs exactly one of {', '.join(VERBS)} (found {found}{meant})"
        )
    verb = verbs[0]
    unknown_words(step, (verb, *OF_VERB.get(verb, ()), *EVERY_STEP), f"{where} ({verb})")
    return verb


def edits(
    step: Mapping[str, Any], where: str
) -> tuple[dict[str, Any], list[dict[str, Any]], list[int]]:
    """The rows changed (by number), added and deleted in a data editor."""
    rows, added, deleted = (step.get(name) for name in ("rows", "added", "deleted"))
    rows, added, deleted = rows or {}, added or [], deleted or []
    if not isinstance(rows, Mapping) or not all(isinstance(r, Mapping) for r in rows.values()):
        raise ScenarioError(f'{where}: rows takes cells by row, such as {{"0": {{"name": "Ann"}}}}')
    wrong = [row for row in rows if not str(row).isdecimal()]
    if wrong:
        raise ScenarioError(f"{where}: rows are called by their number, from 0, not {wrong[0]!r}")
    if not isinstance(added, list) or not all(isinstance(r, Mapping) for r in added):
        raise ScenarioError(f'{where}: added takes a list of rows, such as [{{"name": "Ann"}}]')
    if not isinstance(deleted, list) or not all(type(n) is int for n in deleted):
        raise ScenarioError(f"{where}: deleted takes a list of row numbers, such as [0, 2]")
    changed = {str(row): dict(cells) for row, cells in rows.items()}
    return changed, [dict(row) for row in added], deleted


def further_words(verb: str, step: Mapping[str, Any], where: str, folder: str) -> dict[str, Any]:
    """What a step says besides its verb, value and edits, checked. Files by their full path."""
    words = {
        name: step[name]
        for name in OF_VERB.get(verb, ())
        if name in step and name not in ("value", "added", "deleted")
    }
    if verb == "edit":
        return {}
    if verb == "set":
        _one_value(step, where)
    for name, value in words.items():
        if name == "files":
            words[name] = [_file(file, where, folder) for file in _list(value, where, name)]
        elif name == "audio":
            words[name] = _file(value, where, folder)
        elif name in ("option", "days_from_now"):
            for number in value if isinstance(value, list) else [value]:
                _whole(number, where, name, least=0 if name == "option" else None)
        elif name == "row":
            _whole(value, where, name, least=0)
        elif name in ("rows", "columns", "cells", "points"):
            words[name] = _list(value, where, name)
        elif not isinstance(value, str) or not value:
            raise ScenarioError(f"{where}: {name} takes a text, not {value!r}")
    if "row" in words and "column" not in words:
        raise ScenarioError(f"{where}: row needs the column of the button, too")
    return words


def _one_value(step: Mapping[str, Any], where: str) -> None:
    """`set` says its value in one way; only a chat input takes files and words at once."""
    said = [name for name in VALUES if name in step]
    if not said and "event" not in step:
        raise ScenarioError(f"{where}: set needs a value (or {', '.join(VALUES[1:])})")
    if len([name for name in said if name in ("value", "option", "days_from_now")]) > 1:
        raise ScenarioError(f"{where}: set takes one of {', '.join(said)}, not all of them")


def _list(value: Any, where: str, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ScenarioError(f"{where}: {name} takes a list, not {value!r}")
    return value


def _whole(value: Any, where: str, name: str, least: int | None = None) -> None:
    if type(value) is not int or (least is not None and value < least):
        from_where = f" from {least}" if least is not None else ""
        raise ScenarioError(f"{where}: {name} takes a whole number{from_where}, not {value!r}")


def whole(value: Any, where: str, name: str, least: int) -> int:
    """A whole number, `least` or more. Raises ScenarioError."""
    _whole(value, where, name, least)
    return int(value)


def _file(file: Any, where: str, folder: str) -> dict[str, Any]:
    """A file in its plain form: a path, or a table with a name and its contents."""
    if isinstance(file, str):
        file = {"path": file}
    if not isinstance(file, Mapping):
        raise ScenarioError(f'{where}: a file is a path, or {{name = "a.txt", text = "…"}}')
    unknown_words(file, _OF_FILE, f"{where}: a file")
    wrong = [name for name, value in file.items() if not isinstance(value, str)]
    if wrong:
        raise ScenarioError(f"{where}: {wrong[0]} of a file takes a text, not {file[wrong[0]]!r}")
    contents = [name for name in ("path", "text", "base64") if name in file]
    if len(contents) != 1:
        raise ScenarioError(f"{where}: a file has exactly one of path, text and base64")
    found = dict(file)
    if "path" in found:
        found["path"] = os.path.join(folder, found["path"])
        if not os.path.isfile(found["path"]):
            raise ScenarioError(f"{where}: there is no file {found['path']}")
    elif "name" not in found:
        raise ScenarioError(f"{where}: a file that is written here needs a name")
    if "base64" in found:
        try:
            base64.b64decode(found["base64"], validate=True)
        except ValueError:
            raise ScenarioError(f"{where}: the base64 of {found['name']!r} is none") from None
    return found


def contents_of(file: Mapping[str, str]) -> bytes:
    """The bytes of a checked file. Raises ScenarioError when they cannot be read any more."""
    if "path" in file:
        try:
            with open(file["path"], "rb") as opened:
                return opened.read()
        except OSError as error:
            raise ScenarioError(f"cannot read {file['path']}: {error.strerror}") from None
    return base64.b64decode(file["base64"]) if "base64" in file else file["text"].encode()


def name_of(file: Mapping[str, str]) -> str:
    """The name under which a checked file is sent."""
    return file.get("name") or os.path.basename(file["path"])
