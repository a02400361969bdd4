"""Many recordings into a folder: a file for each, and a page that lists them."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from ..db.reading.overview import RecordingSummary
from ..db.store import TraceStore
from ..tracer.model import Outcome
from ..tracer.words.outcomes import ENDED
from .job import Export, ExportProblem

_EARLY = (
    *(Outcome.RERUN, Outcome.SWITCHED, Outcome.STOPPED, Outcome.SUPERSEDED, Outcome.ERROR),
    *(Outcome.COMPILE_ERROR, Outcome.RUNNING),
)
_HEADS = ("id", "app", "name", "when", "interactions", "runs", "ended early")
_NUMBERS = ("id", "interactions", "runs")
_NUMBER = ' class="n"'
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: #1c2126; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #d5dade;
  vertical-align: top; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
th, time { white-space: nowrap; }
td:nth-child(2) { overflow-wrap: anywhere; min-width: 8rem; }
a { color: #0b5cad; }
@media (max-width: 40rem) {
  thead { position: absolute; left: -99rem; }
  tr { display: block; border-bottom: 1px solid #8a949c; padding: .6rem 0; }
  td { display: block; border: 0; padding: .1rem 0; }
  td.n { text-align: left; }
  td::before { content: attr(data-label) ": "; color: #66717a; }
}
@media (prefers-color-scheme: dark) {
  body { color: #e4e8eb; background: #15191d; }
  th, td { border-color: #39424a; }
  td::before { color: #9aa5ae; }
  a { color: #7ab8f5; }
}
"""


def file_name(app: str, id: int, ending: str) -> str:
    """The name of a recording's file: of its app and its number."""
    stem = re.sub(r"[^\w.-]+", "-", PurePosixPath(app.replace("\\", "/")).stem).strip("-.")
    return f"{(stem or 'app')[:80]}-{id}{ending}"


def write(export: Export, ending: str, write_one: Callable[[Export], None]) -> None:
    """Writes a file for each recording of `export` into the folder that is its target."""
    folder = export.target
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportProblem(f"{folder} cannot be made: {error.strerror}") from None
    ids = export.recordings
    if export.comparison is not None:
        variants = export.store.comparison(export.comparison).variants
        ids = tuple(id for variant in variants for id in variant.recordings)
    wanted = [summary for summary in export.store.summaries() if summary.info.id in ids]
    wanted.sort(key=lambda summary: summary.info.id)
    names: list[str] = []
    for done, summary in enumerate(wanted):
        id = summary.info.id
        name = file_name(summary.info.app, id, ending)
        export.progress(name, done, len(wanted))
        write_one(replace(export, target=folder / name, recordings=(id,), comparison=None))
        names.append(name)
    page = index_page(export.store, wanted, names, export.choice.title)
    replace(export, target=folder / "index.html").write(page)


def index_page(
    store: TraceStore, found: Sequence[RecordingSummary], names: Sequence[str], title: str | None
) -> str:
    """A page that lists recordings, without a script."""
    rows = "\n".join(_row(store, summary, name) for summary, name in zip(found, names, strict=True))
    heads = "".join(f"<th{_NUMBER if head in _NUMBERS else ''}>{head}</th>" for head in _HEADS)
    heading = html.escape(title or f"{len(found)} recordings")
    return f"""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{heading}</title>
<style>{_STYLE}</style>
<h1>{heading}</h1>
<table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</html>
"""


def _row(store: TraceStore, summary: RecordingSummary, name: str) -> str:
    info = summary.info
    outcomes = Counter(Outcome(word) for word in store.run_columns(info.id)["outcome"])
    early = ", ".join(
        f"{outcomes[outcome]} {ENDED[outcome]}" for outcome in _EARLY if outcomes[outcome]
    )
    early += "" if info.complete else f"{', ' if early else ''}recording not complete"
    when = info.started_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    cells = (
        str(info.id),
        f'<a href="{quote(name)}">{html.escape(info.app)}</a>',
        html.escape(info.name or info.variant or "–"),
        f'<time datetime="{info.started_at.isoformat()}">{when}</time>',
        str(summary.interactions),
        str(summary.runs),
        early or "–",
    )
    made = (
        f'<td{_NUMBER if head in _NUMBERS else ""} data-label="{head}">{cell}</td>'
        for head, cell in zip(_HEADS, cells, strict=True)
    )
    return f"<tr>{''.join(made)}</tr>"


def is_folder(output: str) -> bool:
    """Whether what was named is a folder: it is one, or its name ends like one."""
    return output.endswith(("/", "\\")) or Path(output).is_dir()
