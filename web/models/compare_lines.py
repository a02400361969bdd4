"""The statements of a variant in one interaction: which ran, ran again, halted or did not. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rerun_trace.tracer.analysis.compare_figures import Episode
from rerun_trace.tracer.analysis.coverage import FileCoverage, Reasons
from rerun_trace.tracer.analysis.recording import Coverages, RecordingFacts
from rerun_trace.tracer.model import Outcome, Source
from rerun_trace.tracer.words.ends import end_of
from rerun_trace.web.models.source_view import Line, highlight

_FEW = 20  # runs at either end of a chain whose lines are looked at


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement by its first line. `kind`: ran, again, callback, halting or not-run."""

    number: int
    tokens: Line
    kind: str
    count: str
    note: str  # in words what the mark stands for


@dataclass(frozen=True, slots=True)
class File:
    """The statements of one file, ascending."""

    name: str
    statements: tuple[Statement, ...]


def files(recording: RecordingFacts, episode: Episode) -> list[File]:
    """The script and the other files that ran in the episode."""
    numbers = [run.n for run in episode.all_runs]
    if not numbers:
        return []
    hits: dict[tuple[str, int], dict[int, str]] = {}
    for item in recording.line_counts:
        if item.run in numbers:
            place = hits.setdefault((item.file, item.line), {})
            place[item.run] = f"{item.hits}{'+' if item.capped else ''}"
    script = episode.all_runs[-1].script
    names = [script, *sorted({file for file, _ in hits} - {script})]
    versions = {
        source.file: source
        for source in sorted(recording.sources, key=lambda item: (item.since_run, item.file_no))
        if source.since_run <= numbers[-1]
    }
    covered = _coverages(recording, episode)
    return [
        _file(versions[name], recording, episode, hits, covered.get(name, ()))
        for name in names
        if name in versions
    ]


def _coverages(recording: RecordingFacts, episode: Episode) -> dict[str, list[FileCoverage]]:
    """File -> its coverage in each run of the episode; of a long chain, the first and last runs."""
    runs = episode.all_runs
    coverages = Coverages(recording)
    found: dict[str, list[FileCoverage]] = {}
    for run in runs if len(runs) <= 2 * _FEW else (*runs[:_FEW], *runs[-_FEW:]):
        for file in coverages.of(run):
            found.setdefault(file.file, []).append(file)
    return found


def _file(
    source: Source,
    recording: RecordingFacts,
    episode: Episode,
    hits: dict[tuple[str, int], dict[int, str]],
    covered: Sequence[FileCoverage],
) -> File:
    text = highlight(source.text)
    reasons = Reasons(covered)
    ends = [end_of(run, recording.rerun_requests) for run in episode.all_runs]
    halts = {
        end.line: end.run
        for end in ends
        if end.run.outcome not in (Outcome.COMPLETED, Outcome.RUNNING)
        and end.file in (None, source.file)
    }
    numbers = {run.n for run in episode.all_runs}
    called = {item.function for item in recording.callbacks if item.run in numbers}
    first = {
        line for block in source.blocks if block.name in called for line in block.lines
    }  # fmt: skip
    is_blind = any(run.blind_step is not None for run in episode.all_runs)
    statements = []
    for number in source.executable:
        found = hits.get((source.file, number), {})
        total = sum(int(value.rstrip("+")) for value in found.values())
        capped = any(value.endswith("+") for value in found.values())
        count = f"{total:,}{'+' if capped else ''}×" if found else ""
        kind, note = "ran", ""
        if number in halts and found:
            kind, note = "halting", f"ends run {halts[number].n}"
            count = f"■ {count}"
        elif not found and is_blind:
            kind, note, count = "unknown", "not known", "–"
        elif not found:
            kind, note, count = "not-run", reasons.of(number) or "not run", "–"
        elif number in first:
            kind, note = "callback", "callback"
            count = f"ƒ {count}"
        elif len(found) > 1:
            kind, note = "again", "ran again"
        tokens = text[number - 1] if number <= len(text) else []
        statements.append(Statement(number, tokens, kind, count, note))
    return File(source.file, tuple(statements))
