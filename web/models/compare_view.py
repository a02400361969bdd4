"""A comparison as its page shows it: what belongs to all of it, and each interaction. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rerun_trace.tracer.analysis.beat_rows import aligned
from rerun_trace.tracer.analysis.beats import RUNS_AFTER, RUNS_BEFORE, Beats
from rerun_trace.tracer.analysis.beats import Beat as FoundBeat
from rerun_trace.tracer.analysis.compare_figures import Episode, Figure
from rerun_trace.tracer.analysis.comparison import (
    ComparisonReport,
    MetricRow,
    VariantRecordings,
)
from rerun_trace.tracer.analysis.recording import ByRun
from rerun_trace.tracer.model import Comparison, ScriptRun
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.ends import end_of
from rerun_trace.web.models import compare_lines, compare_order, compare_strip
from rerun_trace.web.models.compared import (
    Beat,
    BeatStep,
    Cell,
    Compared,
    ComparedInteraction,
    FinalPages,
    Row,
    RunBlock,
    Side,
    Strip,
    Variant,
)

NOTHING = "–"
_WIDTH = 320  # of a strip, in units


class ComparisonView:
    """One comparison, and all that was recorded of its variants."""

    def __init__(
        self,
        comparison: Comparison,
        recordings: Sequence[VariantRecordings],
        report: ComparisonReport,
    ) -> None:
        """`recordings` are what the report was made from, in the comparison's order."""
        self.comparison = comparison
        self.report = report
        shown = [item.repeats[0] if item.repeats else None for item in recordings]
        self._records = [None if each is None else ByRun(each) for each in shown]

    def overview(self) -> Compared:
        """What belongs to no interaction."""
        report = self.report
        pages = report.final_pages
        most = max((item.repeats for item in report.variants), default=0)
        variants = [
            Variant(
                name=each.name,
                verdict=each.verdict,
                failed=each.failed is not None,
                note=each.note,
                recording=None if records is None else records.recording.info.id,
            )
            for each, records in zip(report.variants, self._records, strict=True)
        ]
        differences = [
            f"Place {item.position}: "
            + "; ".join(
                f"{name} shows {text or 'nothing'}"
                for name, text in zip(pages.compared, item.shown, strict=True)
            )
            for item in pages.differences[:20]
        ]
        return Compared(
            title=self.comparison.title,
            variants=variants,
            interactions=[_title(item.n, item.title) for item in report.interactions],
            key=report.key,
            repeats=words.count(most, "repeat"),
            pages=FinalPages(
                text=pages.summary, equal=pages.same_elements, differences=differences
            ),
            total=_rows(report.total),
        )

    def interaction(self, n: int) -> ComparedInteraction:
        """The interaction at place `n` of the order. Raises IndexError."""
        found = self.report.interactions[n]
        strips = compare_strip.strips(self._records, found.episodes, _WIDTH)
        pairs = list(zip(self._records, found.episodes, strips, strict=True))
        told = [
            []
            if records is None or episode is None
            else [_beat(records, beat) for beat in Beats(records).of(episode)]
            for records, episode, _ in pairs
        ]
        rows = aligned([[beat for beat, _ in each] for each in told])
        forms = {id(beat): form for each in told for beat, form in each}
        return ComparedInteraction(
            n=n,
            title=_title(n, found.title),
            steps=[
                BeatStep(
                    name=row.name,
                    beats=[None if beat is None else forms[id(beat)] for beat in row.beats],
                )
                for row in rows
            ],
            sides=[
                None
                if records is None or episode is None or strip is None
                else _side(records, episode, strip)
                for records, episode, strip in pairs
            ],
            figures=_rows(found.rows),
        )


def _title(n: int, title: str) -> str:
    return f"{n}: {title.removeprefix('the ')}"


def _beat(records: ByRun, beat: FoundBeat) -> tuple[FoundBeat, Beat]:
    sources = compare_lines.sources_at(records.recording.sources, beat.run or 1)
    source = sources.get(beat.file or "")
    return beat, Beat(
        kind=beat.kind,
        text=beat.text,
        run=beat.run,
        step=beat.step,
        file_no=source.file_no if source is not None and beat.line else None,
        line=beat.line if source is not None else None,
        lost=beat.lost,
        starts=beat.starts,
        message=beat.message,
    )


def _side(records: ByRun, episode: Episode, strip: Strip) -> Side:
    runs = episode.runs
    hidden = len(runs) - RUNS_BEFORE - RUNS_AFTER
    told = runs if hidden <= 1 else (*runs[:RUNS_BEFORE], *runs[-RUNS_AFTER:])
    more = []
    if len(told) < len(runs):
        more.append(words.count(len(runs) - len(told), "more run") + " in between")
    if episode.tick_runs:
        more.append(words.count(len(episode.tick_runs), "run") + " of a timer afterwards")
    numbers = [run.n for run in episode.all_runs]
    return Side(
        runs=[_block(records, run) for run in told],
        more=", ".join(more) or None,
        first=numbers[0] if numbers else None,
        last=numbers[-1] if numbers else None,
        files=compare_lines.files(records, episode),
        strip=strip,
        orders=compare_order.orders(records, episode),
    )


def _block(records: ByRun, run: ScriptRun) -> RunBlock:
    end = end_of(run, records.requests.get(run.n, ()))
    took = words.duration(None if run.ended_ns is None else run.ended_ns - run.started_ns)
    return RunBlock(
        n=run.n,
        outcome=run.outcome,
        callbacks=[call.function for call in records.callbacks.get(run.n, ())],
        text=f"run {run.n}, {end.short()}, {took}",
    )


def _rows(rows: Sequence[MetricRow]) -> list[Row]:
    return [
        Row(
            label=row.metric.label,
            cells=[
                _cell(figure, row.metric.is_time, index in row.best)
                for index, figure in enumerate(row.figures)
            ],
        )
        for row in rows
    ]


def _cell(figure: Figure | None, is_time: bool, best: bool) -> Cell:
    if figure is None:
        return Cell(text=NOTHING, spread="", best=False)
    spread = ""
    if figure.low != figure.high:
        spread = f"({_number(figure.low, is_time)}–{_number(figure.high, is_time)})"
    return Cell(text=_number(figure.median, is_time), spread=spread, best=best)


def _number(value: float, is_time: bool) -> str:
    if is_time:
        return words.duration(round(value))
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
