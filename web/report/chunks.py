"""The scripts of Streamlit's front end, and those of them that a report needs.

Two tools built it: webpack up to 1.40, whose scripts are loaded in groups, and Vite since, whose
scripts are modules that import each other. Either way a script is left out when it draws with a
library that is not needed, or leads nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rerun_trace.web.report.libraries import marked

_ENTRY = re.compile(r'<script[^>]*\bsrc="\./static/js/([^"]+\.js)"')
_NAMED = re.compile(r"""["'`]\./([^"'`]+\.js)["'`]""")
_AT_ONCE = re.compile(r"\b(?:from|import)\s*$")
_WANTED = re.compile(r"\bimport\(\s*$")  # in brackets: loaded only when it is wanted
_LOADS = re.compile(r"(?:\b[\w$]+\.e\(\d+\),?)+")
_CHUNK = re.compile(r"\.e\((\d+)\)")


@dataclass(frozen=True, slots=True)
class Scripts:
    """What to take: name -> text, and which of them is the first. `left_out` names libraries."""

    entry: str
    is_module: bool
    texts: Mapping[str, str]
    left_out: frozenset[str] = field(default_factory=frozenset)


def scripts(static: Path, needed: Collection[str]) -> Scripts:
    """The scripts of the front end in the folder `static`. Raises ValueError where it is built in
    a way that is not known."""
    index = (static / "index.html").read_text(encoding="utf-8")
    found = _ENTRY.search(index)
    if found is None:
        raise ValueError("this version of Streamlit has a front end that a report cannot hold")
    entry = found[1]
    texts = {
        path.name: path.read_text(encoding="utf-8", errors="surrogateescape")
        for path in sorted((static / "static" / "js").glob("*.js"))
    }
    is_module = 'type="module"' in found[0]
    choose = _of_vite if is_module else _of_webpack
    drawn_by = {name: set(marked(text)) for name, text in texts.items()}
    kept = choose(entry, texts, {name for name, drawn in drawn_by.items() if drawn - set(needed)})
    left_out = {library for name in texts.keys() - kept for library in drawn_by[name]}
    held = {library for name in kept for library in drawn_by[name]}
    chosen = {name: text for name, text in texts.items() if name in kept}
    return Scripts(entry, is_module, chosen, frozenset(left_out - held))


def _of_vite(entry: str, texts: Mapping[str, str], unwanted: set[str]) -> set[str]:
    named: dict[str, tuple[set[str], set[str]]] = {}

    def imports(name: str, *, lazy: bool) -> set[str]:
        """What a module names, read when it is asked for: most of the bytes never are."""
        if name not in named:
            text, at_once, wanted = texts[name], set(), set()
            for match in _NAMED.finditer(text):
                before = text[max(0, match.start() - 12) : match.start()]
                if match[1] in texts and _AT_ONCE.search(before):
                    at_once.add(match[1])
                elif match[1] in texts and _WANTED.search(before):
                    wanted.add(match[1])
            named[name] = (at_once, wanted)
        return named[name][lazy]

    def whole(name: str) -> set[str]:
        """A module with all that it cannot do without."""
        return _reached(name, lambda name: imports(name, lazy=False))

    kept = whole(entry)
    unwanted = unwanted - kept
    waiting = list(kept)
    while waiting:
        for name in imports(waiting.pop(), lazy=True) - kept:
            if not (wanted := whole(name)) & unwanted:
                waiting.extend(wanted - kept)
                kept |= wanted
    return kept


def _of_webpack(entry: str, texts: Mapping[str, str], unwanted: set[str]) -> set[str]:
    by_chunk = {name.split(".")[0]: name for name in texts}
    kept = {entry}
    waiting = [entry]
    while waiting:
        for loads in _LOADS.finditer(texts[waiting.pop()]):
            group = {by_chunk[chunk] for chunk in _CHUNK.findall(loads[0]) if chunk in by_chunk}
            if not group & unwanted:
                waiting.extend(group - kept)
                kept |= group
    return kept


def _reached(first: str, following: Callable[[str], Iterable[str]]) -> set[str]:
    reached = {first}
    waiting = [first]
    while waiting:
        new = set(following(waiting.pop())) - reached
        reached |= new
        waiting.extend(new)
    return reached
