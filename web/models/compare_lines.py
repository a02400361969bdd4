"""The statements of a variant in one interaction: which ran, ran again, halted or did not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from rerun_trace.tracer.analysis.compare_figures import Episode
from rerun_trace.tracer.analysis.coverage import FileCoverage, Reasons
from rerun_trace.tracer.analysis.recording import ByRun
from rerun_trace.tracer.model import Outcome, Source
from rerun_trace.tracer.words.ends import end_of
from rerun_trace.web.models.compared import Mark, MarkedFile

_FEW = 20  # runs at either end of a chain whose lines are looked at

Hits = dict[tuple[str, int], dict[int, str]]  # file and line -> run -> how often


def sources_at(sources: Sequence[Source], run: int) -> dict[str, Source]:
    """The files as they were when a run began."""
    return {
        source.file: source
        for source in sorted(sources, key=lambda item: (item.since_run, item.file_no))
        if source.since_run <= run
    }


def files(records: ByRun, episode: Episode) -> list[MarkedFile]:
    """The script and the other files that ran in the episode."""
    numbers = [run.n for run in episode.all_runs]
    if not numbers:
        return []
    hits: Hits = {}
    for number in numbers:
        for item in records.line_counts.get(number, ()):
            place = hits.setdefault((item.file, item.line), {})
            place[number] = f"{item.hits}{'+' if item.capped else ''}"
    script = episode.all_runs[-1].script
    names = [script, *sorted({file for file, _ in hits} - {script})]
    versions = sources_at(records.recording.sources, numbers[-1])
    covered = _coverages(records, episode)
    return [
        _file(versions[name], records, episode, hits, covered.get(name, ()))
        for name in names
        if name in versions
    ]


def _coverages(records: ByRun, episode: Episode) -> Mapping[str, Sequence[FileCoverage]]:
    """File -> its coverage in each run of the episode; of a long chain, the first and last runs."""
    runs = episode.all_runs
    found: dict[str, list[FileCoverage]] = {}
    for run in runs if len(runs) <= 2 * _FEW else (*runs[:_FEW], *runs[-_FEW:]):
        for file in records.coverages.of(run):
            found.setdefault(file.file, []).append(file)
    return found


def _file(
    source: Source,
    records: ByRun,
    episode: Episode,
    hits: Hits,
    covered: Sequence[FileCoverage],
) -> MarkedFile:
    reasons = Reasons(covered)
    runs = episode.all_runs
    ends = [end_of(run, records.requests.get(run.n, ())) for run in runs]
    halts = {
        end.line: end.run
        for end in ends
        if end.run.outcome not in (Outcome.COMPLETED, Outcome.RUNNING)
        and end.file in (None, source.file)
    }
    called = {item.function for run in runs for item in records.callbacks.get(run.n, ())}
    first = {line for block in source.blocks if block.name in called for line in block.lines}
    is_blind = any(run.blind_step is not None for run in runs)
    marks = []
    for number in source.executable:
        found = hits.get((source.file, number), {})
        total = sum(int(value.rstrip("+")) for value in found.values())
        capped = any(value.endswith("+") for value in found.values())
        count = f"{total:,}{'+' if capped else ''}×" if found else ""
        kind: Literal["ran", "again", "callback", "halting", "not-run", "unknown"] = "ran"
        note = ""
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
        marks.append(Mark(line=number, kind=kind, count=count, note=note))
    return MarkedFile(file_no=source.file_no, file=source.file, marks=marks)
