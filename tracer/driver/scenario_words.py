"""The words of a scenario's steps: which there are, and what each of them takes."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import UNSET, to_builtins

from ..documents.checking import WrongForm, checked
from ..documents.scenario import STEPS, Edit, File, Set, Step
from ..errors import ScenarioError
from ..words.listing import nearest

VERBS = tuple(STEPS)
WITHOUT_SUBJECT = ("rerun", "stop", "dismiss", "reload")
VALUES = ("value", "option", "days_from_now", "files", "audio")
EVERY_STEP = Step.__struct_fields__
OF_VERB = {
    verb: tuple(name for name in form.__struct_fields__ if name not in (verb, *EVERY_STEP))
    for verb, form in STEPS.items()
}
EVENTS_OF = re.compile(r"\$\$STREAMLIT_INTERNAL_KEY_(.*)__events")
"""The widget id under which a component's events are sent; the group is the component's own."""


def unknown_words(words: Iterable[Any], known: Collection[str], where: str) -> None:
    """Raises ScenarioError that names the words which are not known, and what may be meant."""
    wrong = sorted(str(word) for word in words if word not in known)
    if wrong:
        named = ", ".join(f"{word}{nearest(word, known)}" for word in wrong)
        raise ScenarioError(f"{where}: unknown words: {named}; known are {', '.join(known)}")


def verb_of(step: Any, where: str) -> str:
    """The one verb of a step in its plain form; every other word of it is known then, too."""
    if not isinstance(step, Mapping):
        raise ScenarioError(f'{where}: expected a table, such as click = "Foo", not {step!r}')
    verbs = [verb for verb in VERBS if verb in step]
    if len(verbs) != 1:
        found = " and ".join(verbs) or "none"
        meant = "".join(
            f"; {word}{nearest(str(word), VERBS)}"
            for word in step
            if not verbs and nearest(str(word), VERBS)
        )
        raise ScenarioError(
            f"{where}: expected exactly one of {', '.join(VERBS)} (found {found}{meant})"
        )
    verb = verbs[0]
    unknown_words(step, (verb, *OF_VERB[verb], *EVERY_STEP), where)
    return verb


def of_form(step: Mapping[str, Any], verb: str, where: str) -> Step:
    """The step in its form. Raises ScenarioError with the path of what is wrong."""
    files = step.get("files") if verb == "set" else None
    for n, file in enumerate(files if isinstance(files, list) else ()):
        if isinstance(file, Mapping):
            unknown_words(file, File.__struct_fields__, f"{where}.files[{n}]")
    try:
        return checked(step, STEPS[verb], where)
    except WrongForm as error:
        raise ScenarioError(str(error)) from None


def further_words(step: Mapping[str, Any], form: Step, where: str, folder: str) -> dict[str, Any]:
    """What a step says besides its verb, value and edits. Files by their full path."""
    if isinstance(form, Edit):
        return {}
    words: dict[str, Any] = {
        name: step[name]
        for name in form.__struct_fields__
        if name in step and name not in (*EVERY_STEP, *STEPS, "value")
    }
    if isinstance(form, Set):
        _one_value(step, where)
        if form.files is not UNSET:
            paths = (f"{where}.files[{n}]" for n in range(len(form.files)))
            words["files"] = [_file(*each, folder) for each in zip(form.files, paths, strict=True)]
        if form.audio is not UNSET:
            words["audio"] = _file(form.audio, f"{where}.audio", folder)
    if "row" in words and "column" not in words:
        raise ScenarioError(f"{where}.row: needs the column of the button, too")
    return words


def _one_value(step: Mapping[str, Any], where: str) -> None:
    """`set` says its value in one way; only a chat input takes files and words at once."""
    said = [name for name in VALUES if name in step]
    if not said and "event" not in step:
        raise ScenarioError(f"{where}: set needs a value (or {', '.join(VALUES[1:])})")
    if len([name for name in said if name in ("value", "option", "days_from_now")]) > 1:
        raise ScenarioError(f"{where}: set takes one of {', '.join(said)}, not all of them")


def _file(file: str | File, where: str, folder: str) -> dict[str, Any]:
    """A file as a table: its path in full, or a name and its contents."""
    found: dict[str, Any] = to_builtins(File(path=file) if isinstance(file, str) else file)
    contents = [name for name in ("path", "text", "base64") if name in found]
    if len(contents) != 1:
        raise ScenarioError(f"{where}: a file has exactly one of path, text and base64")
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
            raise ScenarioError(f"{where}.base64: this is no base64") from None
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
