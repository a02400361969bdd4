"""Puts a report together: one HTML file, in which nothing is fetched.

All data stand in elements that cannot execute, as text without any sign that means something in
HTML. A small script inflates the program, which does the rest (`web/frontend/report/report.ts`).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rerun_trace.web.report.packing import ALPHABET, Part, part
from rerun_trace.web.report.program import static

# Whatever is in the file stays in it. `unsafe-inline` and `unsafe-eval` are for the program, which
# is inflated, for Graphviz (WebAssembly), and for Streamlit's front end in its frame. That one
# says the same once more, because it runs an app's own HTML.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'unsafe-inline' 'unsafe-eval' blob: data:",
        "style-src 'unsafe-inline' blob: data:",
        "img-src blob: data:",
        "font-src blob: data:",
        "media-src blob: data:",
        "connect-src blob: data:",
        "worker-src blob:",
        "frame-src 'none'",  # but pages that are written into their frames
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
_FIRST_SHEET = "base"  # all others are packed
SUFFIX = " – rerun-trace"  # of the pages' titles
_WRAPPING = len(
    '<script type="text/plain" id="part-" data-length="00000000" data-size="00000000"></script>\n'
)
_OWN_STYLE = """\
.report-page { display: contents; }
#report-wait { padding: 1.5rem; max-width: 42rem; }
.report-summary { display: none; }
@media print { .report-page { display: none !important; } .report-summary { display: block; } }
"""
_WITHOUT = "<style>.report-summary { display: block; } #report-wait { display: none; }</style>"
_TOO_OLD = "This browser is too old to unpack this report. Any of 2023 or newer can."
_START = """\
const wait = document.getElementById("report-wait");
(async () => {
  if (!window.DecompressionStream) throw new Error(%s);
  const { textContent: text, dataset } = document.getElementById("part-program");
  const values = new Uint8Array(128);
  [...%s].forEach((sign, value) => { values[sign.charCodeAt(0)] = value; });
  const words = new DataView(new ArrayBuffer(text.length / 5 * 4));
  for (let i = 0; i < text.length; i += 5) {
    let word = 0;
    for (let j = i; j < i + 5; j++) word = word * 85 + values[text.charCodeAt(j)];
    words.setUint32(i / 5 * 4, word);
  }
  const packed = new Blob([words.buffer.slice(0, Number(dataset.length))]);
  const program = packed.stream().pipeThrough(new DecompressionStream("deflate"));
  const script = document.createElement("script");
  script.type = "module";
  script.textContent = await new Response(program).text();
  document.head.append(script);
})().catch((error) => { wait.textContent = error.message; });
"""


@dataclass(frozen=True, slots=True)
class Frame:
    """What replaying pages inside of a report needs: parts, and the notices of what is in them.

    The front end finds the parts by their ids (`Parts.bytes` in report/parts.ts).
    """

    parts: Sequence[Part]
    notices: Sequence[tuple[str, str]] = ()  # name and text of a licence


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as the application shows it: what of it a report needs."""

    title: str
    kind: str  # class of the body
    styles: Sequence[str]  # names of style sheets
    body: str

    @classmethod
    def of(cls, page: str) -> Shown:
        """From the whole HTML of a page."""
        title = re.search(r"<title>(.*?)</title>", page, re.S)
        body = re.search(r"<body class=\"([^\"]*)\">\s*(.*?)\s*</body>", page, re.S)
        if title is None or body is None:
            raise ValueError("the page has no title or no body")
        styles = re.findall(r'<link rel="stylesheet" href="/static/([\w-]+)\.css">', page)
        return cls(html.unescape(title[1]), body[1], styles, body[2])

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "kind": self.kind,
            "styles": [name for name in self.styles if name != _FIRST_SHEET],
            "body": self.body,
        }


def size_in_file(part: Part) -> int:
    """How large a part makes the file."""
    return part.size + len(part.id) + _WRAPPING


def assemble(
    title: str,
    pages: Mapping[str, Shown],
    parts: Iterable[Part],
    manifest: Mapping[str, Any],
    static_summary: str = "",
) -> Iterator[bytes]:
    """The file, piece by piece.

    `static_summary` is HTML without scripts, for paper and for browsers that run none.
    """
    icon = "data:image/svg+xml," + quote(static("icon.svg"))
    # Pages and manifest are read first, and once.
    sheets = sorted({name for page in pages.values() for name in page.styles} - {_FIRST_SHEET})
    own: dict[str, Any] = {
        **manifest,
        "pages": {path: page.as_json() for path, page in pages.items()},
        "sheets": {name: static(f"{name}.css") for name in sheets},
    }
    start = part("start", json.dumps(own))
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="generator" content="rerun-trace">\n'
        f"<title>{html.escape(title)}</title>\n"
        f'<link rel="icon" href="{icon}" type="image/svg+xml">\n'
        f"<script>{_inline(static('theme.js'))}</script>\n"
    ).encode()
    yield f"<style>{_inline(static(f'{_FIRST_SHEET}.css'))}</style>\n".encode()
    yield f"<style>{_OWN_STYLE}</style>\n<noscript>{_WITHOUT}</noscript>\n".encode()
    for each in (start, *parts):
        place = f'id="part-{each.id}" data-length="{each.length}" data-size="{each.raw}"'
        yield f'<script type="text/plain" {place}>{each.text}</script>\n'.encode()
    program = _START % (json.dumps(_TOO_OLD), json.dumps(ALPHABET))
    yield (
        '</head>\n<body>\n<div class="report-page">'
        '<p id="report-wait" role="status">Loading…</p></div>\n'
        f'<div class="report-summary">{static_summary}</div>\n'
        f"<script>{program}</script>\n</body>\n</html>\n"
    ).encode()


def _inline(text: str) -> str:
    """A script or a style sheet of ours inside of its element."""
    if re.search(r"</(script|style)|<!--", text, re.I):
        raise ValueError("this text would end its own element")
    return text
