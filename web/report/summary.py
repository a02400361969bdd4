"""A recording, or a comparison, on paper: what the studio shows, on about two pages.

HTML without scripts: a report shows it where no script runs and prints it, and the PDF is made of
it. All text of an app's or a person's is escaped. Nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from rerun_trace.tracer.analysis.coverage import FileCoverage
from rerun_trace.tracer.errors import RerunTraceError
from rerun_trace.tracer.explain.story import RunRecords
from rerun_trace.tracer.model import Note, Outcome, ScriptRun, Source
from rerun_trace.tracer.source.lines import source_lines
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.outcomes import SYMBOLS
from rerun_trace.web.models.compare_view import ComparisonView
from rerun_trace.web.models.compared import BeatStep, Row
from rerun_trace.web.models.comparisons import read_comparison
from rerun_trace.web.models.telling import Episode, Told, lines_of, sentences, tell
from rerun_trace.web.replay.page_reads import PageReads
from rerun_trace.web.report.strip import strip
from rerun_trace.web.views.state import state_view

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

MOST_RUNS = 10
MOST_ALIKE = 2  # interactions with the same title and the same ends
MOST_OF_VARIANT = 4
MOST_BANDS = 4  # interactions of a comparison: that in which variants differ most, and the first
MOST_LINES = 120  # of a file
MOST_FILES = 4
MOST_ROWS = 400  # interactions in the table of the rest
MOST_ITEMS = 60  # of the page, and of the state
_AROUND = 2
_SIGNS = "How often each run executed a line; – it did not, ■ it ended there."
_TRACEBACK = 14  # last lines of one

_STYLE = Path(__file__).resolve().parents[1] / "static" / "paper.css"


def static_summary(
    store: TraceStore,
    recording: int,
    *,
    title: str | None = None,
    note: str | None = None,
    runs: tuple[int, int] | None = None,
) -> str:
    """A recording as HTML without scripts, its style included. Raises RecordingNotFound."""
    return _styled(_recording(store, recording, MOST_RUNS, title=title, note=note, runs=runs))


def static_comparison(
    store: TraceStore, number: int, *, title: str | None = None, note: str | None = None
) -> str:
    """A comparison as HTML without scripts, its style included. Raises ComparisonNotFound."""
    return _styled(_comparison(store, number, title, note))


def static_page(title: str, *summaries: str) -> str:
    """Summaries as a whole page, for printing."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(title)}</title></head><body>{''.join(summaries)}</body></html>\n"
    )


def _styled(parts: Iterable[str]) -> str:
    style = _STYLE.read_text(encoding="utf-8")
    return f'<style>{style}</style><div class="paper">{"".join(parts)}</div>'


def _recording(
    store: TraceStore,
    recording: int,
    most: int,
    *,
    title: str | None = None,
    note: str | None = None,
    runs: tuple[int, int] | None = None,
    name: str | None = None,
) -> Iterator[str]:
    """`name`: it is a variant of a comparison."""
    told = tell(store, recording, most, runs, alike=MOST_ALIKE)
    yield f"<h1>{escape(title or name or told.title)}</h1>"
    yield f'<p class="headline">{escape(told.headline)}</p>'
    yield f'<p class="quiet">{escape(told.made)}.</p>'
    yield from _quote(note)
    for limit in told.info.limits:
        yield f'<p class="quiet">Left out: {escape(limit)}</p>'
    if told.full:
        yield f"<h2>Runs</h2>{strip(told)}"
        yield "<h2>What happened</h2>"
    for item in told.episodes:
        yield from _episode(told, item)
    for source in _files(told):
        yield from _source(told, source)
    yield from _end(store, told)
    yield from _rest(told)


def _comparison(
    store: TraceStore, number: int, title: str | None, note: str | None
) -> Iterator[str]:
    view = ComparisonView(*read_comparison(store, number))
    told = view.overview()
    yield f"<h1>{escape(title or told.title)}</h1>"
    yield f'<p class="headline">{escape(told.pages.text)}</p>'
    yield from _quote(note)
    yield from (f'<p class="quiet">{escape(text)}</p>' for text in told.pages.differences)
    yield "<h2>Variants</h2>"
    for variant in told.variants:
        more = f' <span class="quiet">{escape(variant.note)}</span>' if variant.note else ""
        yield f"<p><b>{escape(variant.name)}</b>: {escape(variant.verdict)}{more}</p>"
    names = [variant.name for variant in told.variants]
    numbers = sorted(range(len(told.interactions)), key=lambda n: n != told.key)[:MOST_BANDS]
    for n in sorted(numbers):
        interaction = view.interaction(n)
        yield f"<h2>Interaction {escape(interaction.title)}</h2>"
        yield from _beats(names, interaction.steps)
        yield from _figures("Figures", names, interaction.figures)
    yield from _figures("All interactions", names, told.total)
    for variant in told.variants:
        if variant.recording is not None:
            yield '<div class="variant">'
            yield from _recording(store, variant.recording, MOST_OF_VARIANT, name=variant.name)
            yield "</div>"


def _beats(names: Sequence[str], steps: Iterable[BeatStep]) -> Iterator[str]:
    """What happened in each variant, what is alike in one row."""
    heads = "".join(f"<th>{escape(words.shorten(name, 24))}</th>" for name in names)
    yield f'<table class="facts beats"><thead><tr><th></th>{heads}</tr></thead>'
    for number, step in enumerate(steps, start=1):
        cells = "".join(
            f"<td>{'' if beat is None else escape(beat.text)}</td>" for beat in step.beats
        )
        yield f"<tr><th>{number}. {escape(step.name)}</th>{cells}</tr>"
    yield "</table>"


def _figures(title: str, names: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    heads = "".join(f'<th class="figure">{escape(words.shorten(name, 24))}</th>' for name in names)
    yield f'<h3>{escape(title)}</h3><table class="facts"><thead><tr><th></th>{heads}</tr></thead>'
    same: list[str] = []
    for row in rows:
        if len(names) > 1 and len({cell.text for cell in row.cells}) == 1:
            same.append(f"{row.label} {row.cells[0].text}")
            continue
        cells = "".join(
            f'<td class="figure{" best" * cell.best}">{escape(cell.text)} '
            f"{escape(cell.spread)}{' ★' * cell.best}</td>"
            for cell in row.cells
        )
        yield f"<tr><th>{escape(row.label)}</th>{cells}</tr>"
    yield "</table>"
    if same:
        yield f'<p class="quiet">The same for all: {escape(", ".join(same))}.</p>'


def _episode(told: Told, item: Episode) -> Iterator[str]:
    runs = [told.full[run.n] for run in item.runs if run.n in told.full]
    if not runs and (item.runs or len(told.episodes) > MOST_RUNS):
        return
    number = "" if item.interaction is None else f"{item.interaction.n}: "
    yield f"<h3>{number}{escape(item.headline(told.runs))}</h3>"
    for records in runs:
        run = records.run
        text = escape(" ".join(sentences(records)))
        yield f"<p><b>{SYMBOLS[run.outcome]} Run {run.n}.</b> {text}</p>"
        yield from _errors(records)
        yield from _notes(told.notes_of(run.n))


def _errors(records: RunRecords) -> Iterator[str]:
    for error in records.errors:
        lines = (error.traceback or "").rstrip().split("\n")
        head = f"{error.type}: {error.message}"
        yield f"<p><b>✕ {escape(words.shorten(head, 400))}</b></p>"
        if error.traceback:
            cut = ["…"] if len(lines) > _TRACEBACK else []
            yield f"<pre>{escape(chr(10).join([*cut, *lines[-_TRACEBACK:]]))}</pre>"


def _notes(notes: Iterable[Note]) -> Iterator[str]:
    for note in notes:
        at = words.place_of(note.run, note.step)
        yield from _quote(note.text, f"Note at {at}: ")


def _quote(text: str | None, head: str = "") -> Iterator[str]:
    if text:
        yield f"<blockquote><b>{escape(head)}</b>{escape(text)}</blockquote>"


def _files(told: Told) -> list[Source]:
    """The files that the told runs executed; those in which one ended come first."""
    halted: set[int] = set()
    ran: set[int] = set()
    for records in told.full.values():
        for file in records.coverage:
            ran |= {file.file_no} if file.executed else set()
            halted |= {file.file_no} if file.halting_line is not None else set()
    files = [source for source in told.sources if source.file_no in ran | halted]
    return sorted(files, key=lambda source: source.file_no not in halted)[:MOST_FILES]


def _source(told: Told, source: Source) -> Iterator[str]:
    """The lines with how often each run executed them, and why not."""
    of: dict[int, FileCoverage] = {
        n: file
        for n, records in told.full.items()
        for file in records.coverage
        if file.file_no == source.file_no
    }
    hits = {n: {item.line: item for item in file.executed} for n, file in of.items()}
    missed = {n: {item.line: item.reason for item in file.not_run} for n, file in of.items()}
    lines = source_lines(source.text)
    kept = _kept(len(lines), of.values())
    heads = "".join(f'<th class="hit">{n}</th>' for n in of)
    yield f"<h2>{escape(source.file)}</h2>"
    yield f'<p class="quiet lead">{_SIGNS}</p>'
    yield f'<table class="code"><thead><tr><th class="n">run</th>{heads}<th></th><th></th></tr>'
    yield "</thead>"
    before = 0
    for number in kept:
        if number != before + 1:
            yield f'<tr><td class="n">…</td><td colspan="{len(of) + 2}"></td></tr>'
        before = number
        halting = [n for n, file in of.items() if file.halting_line == number]
        cells, ran = [], False
        for n in of:
            item = hits[n].get(number)
            ran = ran or item is not None
            count = f"{item.hits}{'+' * item.capped}" if item else "–" * (number in missed[n])
            cells.append(f'<td class="hit">{"■" * (n in halting)}{count}</td>')
        never = not ran and any(number in found for found in missed.values())
        kind = ' class="halts"' if halting else ' class="never"' if never else ""
        why = _why(number, of, missed)
        yield (
            f'<tr{kind}><td class="n">{number}</td>{"".join(cells)}'
            f"<td><pre>{escape(lines[number - 1])}</pre></td>"
            f'<td class="why">{escape(why)}</td></tr>'
        )
    if before < len(lines):
        yield f'<tr><td class="n">…</td><td colspan="{len(of) + 2}"></td></tr>'
    yield "</table>"


def _kept(total: int, files: Iterable[FileCoverage]) -> list[int]:
    """The lines that are shown: all, or those around where runs ended and what they executed."""
    if total <= MOST_LINES:
        return list(range(1, total + 1))
    wanted: list[int] = []
    covered = list(files)
    wanted += [file.halting_line for file in covered if file.halting_line is not None]
    wanted += [item.line for file in covered for item in file.not_run if item.line in wanted]
    wanted += [item.line for file in covered for item in file.executed]
    kept: set[int] = set()
    for line in wanted:
        near = set(range(max(1, line - _AROUND), min(total, line + _AROUND) + 1))
        if len(kept | near) > MOST_LINES:
            break
        kept |= near
    return sorted(kept)


def _why(line: int, of: dict[int, FileCoverage], missed: dict[int, dict[int, str]]) -> str:
    """The reasons at a line, with the runs that they hold for."""
    runs: dict[str, list[int]] = {}
    for n, file in of.items():
        said = file.halting_text if file.halting_line == line else missed[n].get(line)
        if said:
            runs.setdefault(said, []).append(n)
    if len(of) == 1 or (len(runs) == 1 and len(next(iter(runs.values()))) == len(of)):
        return next(iter(runs), "")
    return "; ".join(f"run {lines_of(numbers)}: {said}" for said, numbers in runs.items())


def _end(store: TraceStore, told: Told) -> Iterator[str]:
    """The page and the session state at the end of the newest run that was not superseded."""
    runs = [run for run in told.runs if run.outcome is not Outcome.SUPERSEDED] or told.runs
    if not runs:
        return
    run = runs[-1]
    recording = told.info.id
    try:
        page = PageReads(store).start(recording, run.n).page(run.steps, written=False).page
    except RerunTraceError:
        return
    nodes = page.visible()
    yield f"<h2>The page at the end of run {run.n}</h2>"
    yield _list(
        [f"{node.element} <b>{escape(words.shorten(node.label, 90))}</b>" for node in nodes]
    )
    before = store.state_before(recording, run.app_session, run.n + 1)
    state = state_view(before, ()).before
    yield f"<h2>Session state at the end of run {run.n}</h2>"
    if not state:
        yield '<p class="quiet">No key was written.</p>'
        return
    yield '<table class="facts"><thead><tr><th>key</th><th>value</th><th>written</th></tr></thead>'
    for item in state[:MOST_ITEMS]:
        where = f", line {item.line}" if item.line else ""
        yield (
            f"<tr><td>{escape(words.shorten(item.key, 60))}</td>"
            f"<td>{escape(words.shorten(item.value, 200))}</td>"
            f"<td>run {item.run}{where}</td></tr>"
        )
    yield "</table>"
    if len(state) > MOST_ITEMS:
        yield f'<p class="quiet">and {words.count(len(state) - MOST_ITEMS, "more key")}</p>'


def _list(items: Sequence[str]) -> str:
    if not items:
        return '<p class="quiet">Nothing was shown.</p>'
    shown = "".join(f"<li>{item}</li>" for item in items[:MOST_ITEMS])
    rest = len(items) - MOST_ITEMS
    more = f'<p class="quiet">and {words.count(rest, "more element")}</p>' if rest > 0 else ""
    wide = ' class="columns"' if len(items) > 6 else ""
    return f"<ol{wide}>{shown}</ol>{more}"


def _rest(told: Told) -> Iterator[str]:
    """The interactions that are not told in full, a row each."""
    left = [item for item in told.episodes if any(run.n not in told.full for run in item.runs)]
    if not left:
        return
    wide = ' class="columns"' if len(left) > MOST_RUNS else ""
    yield f'<div{wide}><h2>All other runs</h2><table class="facts"><thead><tr>'
    yield "<th>interaction</th><th>runs</th></tr></thead>"
    for item in left[:MOST_ROWS]:
        runs = [run for run in item.runs if run.n not in told.full]
        yield f"<tr><td>{escape(item.title)}</td><td>{escape(_brief(runs))}</td></tr>"
    yield "</table></div>"
    if len(left) > MOST_ROWS:
        more = words.count(len(left) - MOST_ROWS, "more interaction")
        yield f'<p class="quiet">and {more}</p>'


def _brief(runs: Sequence[ScriptRun]) -> str:
    shown = []
    for run in runs[:12]:
        end = "" if run.outcome is Outcome.COMPLETED else f" {words.outcome_text(run)}"
        shown.append(f"{SYMBOLS[run.outcome]} {run.n}{end}")
    more = len(runs) - len(shown)
    return ", ".join([*shown, f"and {more:,} more"] if more else shown)
