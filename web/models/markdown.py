"""A recording's story, and what belongs into an issue, as Markdown. One wording with the studio.

All that is an app's or a person's is escaped: it can be no markup, no HTML, mentions nobody and
links to no issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rerun_trace.tracer.analysis.coverage import FileCoverage
from rerun_trace.tracer.explain.story import RunRecords
from rerun_trace.tracer.model import Note, ScriptRun
from rerun_trace.tracer.render.mermaid import causes_mermaid, flow_mermaid
from rerun_trace.tracer.source.lines import source_lines
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.outcomes import SYMBOLS
from rerun_trace.web.models import graphs
from rerun_trace.web.models.comparisons import read_comparison
from rerun_trace.web.models.telling import Episode, Told, author, sentences, tell

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

MOST_RUNS = 100  # told in full
MOST_EPISODES = 500
GRAPH_LIMIT = 50_000  # characters: GitHub draws no longer graph
SMALL_GRAPH_LIMIT = 5_000  # and Gitea none longer than this
ISSUE_LIMIT = 60_000  # of the whole text; GitHub takes 65,536
SOURCE_LINES = 80  # of an issue
_AROUND = 3  # lines shown around one that was reached

_MARKUP = re.compile(r"([\\`*_\[\]{}|~$])")
_AT_START = re.compile(r"^(\s*)([-+>]|\d+(?=[.)])|#)")
_REFERENCE = re.compile(r"([@#])(?=\w)")
_JOINER = "\u2060"  # an invisible character


def escape(text: str) -> str:
    """Text of somebody else's on one line, meaning nothing to Markdown."""
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _REFERENCE.sub(rf"\1{_JOINER}", _MARKUP.sub(r"\\\1", line))


def at_start(text: str) -> str:
    """`escape` for text that begins a line."""
    return _AT_START.sub(r"\1\\\2", escape(text))


def code(text: str) -> str:
    """Text of somebody else's as code."""
    line = " ".join(text.split()) or " "
    fence = _fence(line, "`")
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(text: str, kind: str = "") -> list[str]:
    """Lines of somebody else's as a block of code."""
    fence = _fence(text, "```")
    return [f"{fence}{kind}", *text.rstrip("\n").split("\n"), fence]


def _fence(text: str, least: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(len(least), longest + 1)


def story_markdown(
    store: TraceStore,
    recording: int,
    *,
    title: str | None = None,
    note: str | None = None,
    runs: tuple[int, int] | None = None,
    level: int = 1,
) -> str:
    """The story of a recording. Raises RecordingNotFound."""
    told = tell(store, recording, MOST_RUNS, runs)
    head = "#" * level
    lines = [f"{head} {escape(title or told.title)}", "", f"**{escape(told.headline)}**", ""]
    lines += [f"{escape(told.made)}.", ""]
    if note:
        lines += [*_quoted(note), ""]
    lines += _left_out(told)
    shown = told.episodes[:MOST_EPISODES]
    lines += [f"{head}# What was done", ""]
    lines += [f"{i}. {escape(item.name)}" for i, item in enumerate(shown, 1)]
    rest = len(told.episodes) - len(shown)
    if rest > 0:
        more = words.count(rest, "more interaction")
        lines.append(f"\n… and {more}, which this text leaves out.")
    for item in shown:
        lines += ["", *_episode(told, item, f"{head}#")]
    return _joined(lines)


def comparison_markdown(
    store: TraceStore, number: int, *, title: str | None = None, note: str | None = None
) -> str:
    """A comparison: a sentence for each variant, and the story of each one's first recording."""
    found, _, report = read_comparison(store, number)
    lines = [f"# {escape(title or found.title)}", ""]
    if note:
        lines += [*_quoted(note), ""]
    for told in report.variants:
        failed = f" ({escape(told.failed)})" if told.failed else ""
        lines.append(f"- **{escape(told.name)}**: {escape(told.verdict)}{failed}")
    for variant in found.variants:
        if variant.recordings:
            text = story_markdown(store, variant.recordings[0], title=variant.name, level=2)
            lines += ["", text.rstrip("\n")]
    return _joined(lines)


def issue_markdown(
    store: TraceStore, recording: int, run: int, *, graph: str = "cause", limit: int = GRAPH_LIMIT
) -> str:
    """What an issue about a run needs: the story of its interaction, the source, the graph."""
    chosen = store.run(recording, run)
    mine = store.runs(recording, interaction=chosen.interaction)
    near = [item.n for item in mine if abs(item.n - run) <= MOST_RUNS // 2]
    told = tell(store, recording, MOST_RUNS, (min(near), max(near)))
    item = next(item for item in told.episodes if any(each.n == run for each in item.runs))
    info = told.info
    lines = [f"### {escape(item.headline())}", ""]
    lines += [*_runs(told, item), ""]
    records = told.full.get(run)
    if records is not None:
        lines += _source(told, records)
    lines += _graph(store, recording, item.runs, run, graph, limit)
    made = f"Streamlit {info.streamlit}, Python {info.python}"
    lines += [f"{escape(made)}; recorded with rerun-trace ({escape(info.engine)})."]
    text = _joined(lines)
    if len(text) > ISSUE_LIMIT:
        cut = text[:ISSUE_LIMIT].rpartition("\n")[0]
        fences = sum(line.startswith("```") for line in cut.split("\n"))
        text = cut + ("\n```" if fences % 2 else "") + "\n\n… and more than fits into an issue.\n"
    return text


def _joined(lines: list[str]) -> str:
    """The text; of blank lines that follow each other outside of code only one is kept."""
    kept: list[str] = []
    fence = ""
    for line in lines:
        if not fence and not line and kept and not kept[-1]:
            continue
        if opened := re.match("`{3,}", line):
            fence = "" if line == fence else fence or opened[0]
        kept.append(line)
    return "\n".join(kept).rstrip("\n") + "\n"


def _left_out(told: Told) -> list[str]:
    limits = [f"- left out: {escape(limit)}" for limit in told.info.limits]
    return [*limits, ""] if limits else []


def _episode(told: Told, item: Episode, head: str) -> Iterator[str]:
    number = "" if item.interaction is None else f"{item.interaction.n}: "
    yield f"{head} {number}{escape(item.headline(told.runs))}"
    yield ""
    yield from _runs(told, item)


def _runs(told: Told, item: Episode) -> Iterator[str]:
    brief: list[ScriptRun] = []
    for run in item.runs:
        records = told.full.get(run.n)
        if records is None:
            brief.append(run)
            continue
        yield f"**{SYMBOLS[run.outcome]} Run {run.n}** {escape(_end(run, records))}"
        yield ""
        yield at_start(" ".join(sentences(records)))
        yield from _facts(records)
        yield from _notes(told.notes_of(run.n))
        yield ""
    shown = brief[:MOST_RUNS]
    yield from (f"- {SYMBOLS[run.outcome]} run {run.n}: {_end(run)}" for run in shown)
    if len(brief) > len(shown):
        yield f"- … and {words.count(len(brief) - len(shown), 'more run')}"


def _end(run: ScriptRun, records: RunRecords | None = None) -> str:
    took = words.duration(None if run.ended_ns is None else run.ended_ns - run.started_ns)
    return f"{words.outcome_text(run, records.requests if records else ())}, {took}"


def _facts(records: RunRecords) -> Iterator[str]:
    run = records.run
    if records.state_writes:
        yield ""
    for write in records.state_writes:
        old = "absent" if write.old is None else code(write.old)
        new = "removed" if write.new is None else code(write.new)
        who = author(write, run.script, run.blind_step is not None)
        yield f"- state {code(write.key)}: {old} → {new}, {escape(who)}"
    for error in records.errors:
        yield ""
        yield f"{escape(error.type)}: {escape(error.message)}"
        yield ""
        yield from block(error.traceback or f"{error.type}: {error.message}")


def _notes(notes: list[Note]) -> Iterator[str]:
    for note in notes:
        at = words.place_of(note.run, note.step)
        yield ""
        yield from _quoted(f"Note at {at}: {note.text}")


def _quoted(text: str) -> list[str]:
    return [f"> {at_start(line)}".rstrip() for line in text.split("\n")]


def _source(told: Told, records: RunRecords) -> list[str]:
    """The lines of the run's script with how often they ran, or why they did not."""
    coverage = _telling_file(records)
    text = next((s.text for s in told.sources if coverage and s.file_no == coverage.file_no), None)
    if coverage is None or text is None:
        return []
    hits = {item.line: item for item in coverage.executed}
    reasons = {item.line: item.reason for item in coverage.not_run}
    source = source_lines(text)
    wanted = [number for number in (*hits, *reasons) if number <= len(source)]
    halting = coverage.halting_line
    centre = halting or max(hits, default=1)
    # Nearest to where it ended first, when not all of it has room.
    wanted.sort(key=lambda number: abs(number - centre))
    kept = {
        near
        for number in wanted[:SOURCE_LINES]
        for near in range(number - _AROUND, number + _AROUND + 1)
        if 1 <= near <= len(source)
    }
    width = len(str(max(kept, default=1)))
    rows: list[str] = []
    before = 0
    for number in sorted(kept):
        if number != before + 1:
            rows.append("…".rjust(width))
        before = number
        ran = hits.get(number)
        count = (
            f"{ran.hits}{'+' if ran.capped else ''}×" if ran else "–" if number in reasons else ""
        )
        why = coverage.halting_text if number == halting else reasons.get(number)
        said = f"   ← {why}" if why else ""
        rows.append(f"{number:>{width}} {count:>5} │ {source[number - 1].rstrip()}{said}")
    if before < len(source):
        rows.append("…".rjust(width))
    return [
        f"Source of {code(coverage.file)} in run {records.run.n}:",
        "",
        *block("\n".join(rows)),
        "",
    ]


def _telling_file(records: RunRecords) -> FileCoverage | None:
    files = [item for item in records.coverage if item.executed or item.not_run]
    halted = [item for item in files if item.halting_line is not None]
    own = [item for item in files if item.file == records.run.script]
    return next(iter([*halted, *own, *files]), None)


def _graph(
    store: TraceStore,
    recording: int,
    runs: tuple[ScriptRun, ...],
    run: int,
    kind: str,
    limit: int,
) -> list[str]:
    """The graph of the interaction's runs, or of the one run, whichever fits."""
    windows = [(run, run)]
    if kind != "flow" and len(runs) > 1:
        windows.insert(0, (runs[0].n, runs[-1].n))
    for window in windows:
        if kind == "flow":
            text = flow_mermaid(graphs.flow_graph(store, recording, *window))
        else:
            text = causes_mermaid(graphs.cause_graph(store, recording, *window, run))
        if len(text) <= limit:
            return [*block(text, "mermaid"), ""]
    return [f"(The graph has more than the {limit:,} characters that are drawn here.)", ""]
