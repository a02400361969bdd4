"""One script run in full, as the panels of the studio show it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from rerun_trace.tracer.analysis.coverage import FileCoverage
from rerun_trace.tracer.explain.brief import because, brief
from rerun_trace.tracer.explain.pieces import Piece
from rerun_trace.tracer.explain.story import RunRecords, story
from rerun_trace.tracer.words import names
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.models import answers
from rerun_trace.web.models.timeline import fate_word


def run_view(records: RunRecords) -> answers.RunView:
    """The run, with what happened in it. Files are relative to the app's folder."""
    run = records.run
    return answers.RunView(
        n=run.n,
        app_session=run.app_session,
        kind=run.kind,
        script=run.script,
        fragments=list(run.fragments),
        outcome=run.outcome,
        end=words.outcome_text(run, records.requests),
        cause=words.trigger_text(run, records.interaction),
        trigger=answers.Trigger(type=run.trigger_type, number=run.trigger),
        interaction=run.interaction,
        started_ns=run.started_ns,
        ended_ns=run.ended_ns,
        duration=words.duration(None if run.ended_ns is None else run.ended_ns - run.started_ns),
        detailed=run.detailed,
        steps=run.steps,
        dropped_steps=run.dropped_steps,
        blind_step=run.blind_step,
        story=[_pieces(sentence) for sentence in story(records)],
        brief=_pieces(brief(records)),
        because=_pieces(because(records)),
        waits=[
            answers.Wait(widget=widget, text=_pieces(sentence))
            for widget, sentence in records.waits
        ],
        gesture=words.gesture(records.interaction),
        keyboard=names.keyboard(records.interaction),
        callbacks=[answers.Callback(**asdict(item)) for item in records.callbacks],
        requests=[answers.Request(**asdict(item)) for item in records.requests],
        state_writes=[answers.StateWrite(**asdict(item)) for item in records.state_writes],
        writes=[
            answers.Write(**asdict(write), fate=fate_word(records.fates.get(write.message)))
            for write in records.writes
        ],
        errors=[answers.RunError(**asdict(item)) for item in records.errors],
        cache=[
            answers.CacheAccess(**asdict(item), duration=words.duration(item.duration_ns))
            for item in records.cache
        ],
        files=[_file(coverage) for coverage in records.coverage],
    )


def _pieces(sentence: Iterable[Piece]) -> list[answers.Piece]:
    return [answers.Piece(**piece) for piece in sentence]


def _file(coverage: FileCoverage) -> answers.FileCoverage:
    return answers.FileCoverage(
        file_no=coverage.file_no,
        file=coverage.file,
        executed=[(item.line, item.hits, item.capped) for item in coverage.executed],
        not_run=[(item.line, item.reason) for item in coverage.not_run],
        halting_line=coverage.halting_line,
        halting_text=coverage.halting_text,
    )
