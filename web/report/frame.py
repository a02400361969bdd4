"""Streamlit's own front end as one piece of a report, drawn from messages and without a server.

What runs in the frame has no address: scripts and styles are handed in by the page around it, and
become blobs there (see `frontend/replay/offline.ts`). So whatever they name by an address is
written as something that the frame can look up.
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rerun_trace.web.replay import streamlit_files as frontend
from rerun_trace.web.report.assemble import POLICY
from rerun_trace.web.report.chunks import Scripts, scripts
from rerun_trace.web.views.replay import (
    CLOSED,
    HOST_CONFIG,
    NO_COMPONENT,
    NO_MEDIA,
    SCRIPTS,
    inline,
)

STATIC = Path(__file__).parents[1] / "static"
# Before those of the served replay: what closes the ways out, and what takes the files.
OFFLINE = (CLOSED, "replay-offline.js", *SCRIPTS)
NOTICE = "Streamlit's front end: Copyright Streamlit Inc. and Snowflake Inc., Apache License 2.0."
GRAPHVIZ = "Graphviz: Eclipse Public License 2.0."
NO_PAGE = """\
<!doctype html><meta charset="utf-8"><title>Page</title><p>page of another site: not recorded</p>
"""
_PLACE = "http://localhost/static/js/"  # where the frame's scripts believe to be

_MEDIA_OF_VITE = re.compile(
    r"""new URL\((["'`])\.\./media/([^"'`]+)\1,\s*import\.meta\.url\)\.href"""
)
_MEDIA_OF_WEBPACK = re.compile(r"""[\w$]+\.p\s*\+\s*(["'])static/media/([^"']+)\1""")
_MEDIA_OF_CSS = re.compile(r"""url\((["']?)[^)"']*?\bmedia/([^)"'/]+)\1\)""")
_MODULE = re.compile(r"""(["'`])\./([^"'`/]+\.js)\1""")
_DEPS = re.compile(r"\bm\.f=\[[^\]]*\]|__vite__mapDeps\(\[[\d,\s]*\]\)")
# Begins with what is rare in a script of megabytes, and looks back from there.
_LOCATION = re.compile(r"\.location\b")
_OF_WINDOW = re.compile(r"\b(?:window|document|globalThis)\??\Z")

# Fonts that are drawn with only where a page says so, and what never is: the frame hides it.
_SERIF = re.compile(rb"(?<!sans[ _-])serif", re.I)
_NEVER = re.compile(r"^(?:flake|balloon|fireworks)")
_OLD_FONTS = re.compile(r"\.(?:woff|ttf)$")


@dataclass(frozen=True, slots=True)
class File:
    """One file of the frame. `type` is its media type."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame's page and the files that it starts from. `left_out` names libraries."""

    document: str
    entry: str
    is_module: bool
    files: tuple[File, ...]
    left_out: frozenset[str]

    def content(self) -> bytes:
        """All of it as one piece: a line of JSON, and the files one after the other."""
        head = {
            "document": self.document,
            "entry": self.entry,
            "module": self.is_module,
            "files": [[file.name, file.type, len(file.data)] for file in self.files],
            "left_out": sorted(self.left_out),
            "host": HOST_CONFIG,
            "media": NO_MEDIA,
            "page": NO_PAGE,
            "component": NO_COMPONENT.format(script=inline("replay-component.js")),
        }
        return b"".join((json.dumps(head).encode(), b"\n", *(file.data for file in self.files)))


def frame(needed: Collection[str], *, serif: bool = False) -> Frame:
    """The front end of the Streamlit that is installed, with the libraries `needed` (see
    `libraries.needed`). Raises FileNotFoundError without one, and ValueError for one that is
    built in a way that is not known."""
    static = frontend.folder()
    if static is None:
        raise FileNotFoundError("Streamlit's front end is not installed")
    found = scripts(static, needed)
    used: set[str] = set()
    files = [*_styles(static, found, used), *_scripts(found, used)]
    # Until 1.40 a theme named its font by a number, and there is nothing to look for.
    fonts = {"KaTeX": "KaTeX" in needed, "SourceSerif": serif or not found.is_module}
    media = static / "static" / "media"
    for name in sorted(used):
        wanted = all(on for start, on in fonts.items() if name.startswith(start))
        if wanted and not _NEVER.match(name) and (media / name).is_file():
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            files.append(File(name, kind, (media / name).read_bytes()))
    document = _document("Graphviz" in needed)
    return Frame(document, found.entry, found.is_module, tuple(files), found.left_out)


def is_serif(body: bytes) -> bool:
    """Whether a page message may ask for a font with serifs."""
    return _SERIF.search(body) is not None


def _document(has_graphviz: bool) -> str:
    """The page of the frame, before it was handed anything."""
    style = (STATIC / "replay-frame.css").read_text(encoding="utf-8")
    code = "".join(map(inline, OFFLINE))
    notice = f"{NOTICE} {GRAPHVIZ}" if has_graphviz else NOTICE
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><!-- {notice} -->'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1, shrink-to-fit=no">'
        f"<title>Streamlit</title><style>{style}</style>{code}</head>"
        '<body><div id="root"></div></body></html>'
    )


def _scripts(found: Scripts, used: set[str]) -> list[File]:
    files = []
    for name, text in found.texts.items():
        for pattern, place in ((_MEDIA_OF_VITE, "../media/"), (_MEDIA_OF_WEBPACK, "static/media/")):
            if place in text:
                used.update(match[2] for match in pattern.finditer(text))
                text = pattern.sub(r"rerunTraceMedia(\1\2\1)", text)
        text = _LOCATION.sub(_moved, text)
        if found.is_module:
            text = _DEPS.sub(lambda deps: "m.f=[]" if deps[0].startswith("m") else "[]", text)
            text = _MODULE.sub(r"\1streamlit/\2\1", text)
            text = text.replace("import.meta.url", f'"{_PLACE}{name}"')
            text = text.replace("import.meta.resolve", "undefined")
        files.append(File(name, "text/javascript", text.encode("utf-8", "surrogateescape")))
    return files


def _moved(found: re.Match[str]) -> str:
    """The frame's own idea of where it is, for the browser's."""
    before = found.string[max(0, found.start() - 12) : found.start()]
    return ".rerunTraceLocation" if _OF_WINDOW.search(before) else found[0]


def _styles(static: Path, found: Scripts, used: set[str]) -> list[File]:
    """The style sheets, the first of all first; without fonts in older formats."""
    paths = sorted((static / "static" / "css").glob("*.css"))
    index = (static / "index.html").read_text(encoding="utf-8")
    paths.sort(key=lambda path: path.name not in index)
    files = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        names = {match[2] for match in _MEDIA_OF_CSS.finditer(text)}
        stems = {name.split(".")[0] for name in names if name.endswith(".woff2")}
        for name in names:
            if not (_OLD_FONTS.search(name) and name.split(".")[0] in stems):
                used.add(name)
        text = _MEDIA_OF_CSS.sub(r"url(rerun-trace-media:\2)", text)
        files.append(File(path.name, "text/css", text.encode()))
    return files
