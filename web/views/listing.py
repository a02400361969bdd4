"""What the list of recordings asks for: how many findings each has, and that some be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.explain.finding import Level
from rerun_trace.tracer.words import recordings as words
from rerun_trace.tracer.words.sentences import size
from rerun_trace.web.models import answers
from rerun_trace.web.server import query
from rerun_trace.web.server.counting import FindingCounts
from rerun_trace.web.server.explaining import ExplainError, Explaining
from rerun_trace.web.views.answering import answer
from rerun_trace.web.views.changing import refuse_others, sent

if TYPE_CHECKING:
    from rerun_trace.db.store import RecordingSummary
    from rerun_trace.web.server.reads import Reads

MOST = 2_000  # recordings in one request


def blueprint(reads: Reads, explaining: Explaining) -> Blueprint:
    """The routes."""
    routes = Blueprint("listing", __name__)
    routes.before_request(refuse_others)
    counts = FindingCounts(reads.store, explaining)

    @routes.get("/api/recordings/<int:recording>/levels")
    def levels(recording: int) -> ResponseReturnValue:
        try:
            found = counts.of(recording)
        except ExplainError as problem:
            text = str(problem)
            abort(500, f"{text[:1].upper()}{text[1:]}")
        return answer(answers.Levels(**{level.value: found[level] for level in Level}))

    @routes.get("/api/going")
    def going() -> ResponseReturnValue:
        wanted = query.numbers("recordings", MOST)
        chosen = [each for each in reads.store.summaries() if each.info.id in wanted]
        live = _live(reads, chosen)
        gone = [each for each in chosen if each.info.id not in live]
        lines = words.going(gone, reads.store.comparisons()) if gone else []
        return answer(
            answers.Going(
                recordings=[each.info.id for each in gone],
                lines=lines,
                stays=f"Stays: {words.still_live(live)}." if live else None,
            )
        )

    @routes.delete("/api/recordings")
    def delete() -> ResponseReturnValue:
        ids = sent("recordings")["recordings"]
        if not isinstance(ids, list) or not ids or len(ids) > MOST:
            abort(400, f"recordings must be a list of 1 to {MOST:,} numbers.")
        if any(type(id) is not int for id in ids):
            abort(400, "recordings must be whole numbers.")
        chosen = [each for each in reads.store.summaries() if each.info.id in ids]
        if live := _live(reads, chosen):
            text = words.still_live(live)
            abort(409, f"{text[:1].upper()}{text[1:]}. Nothing was deleted.")
        freed = reads.store.delete(*ids)
        space = size(freed.size) if freed.size else None
        return answer(answers.Deleted(text=words.deleted(set(ids), freed.comparisons, space)))

    return routes


def _live(reads: Reads, summaries: list[RecordingSummary]) -> list[int]:
    """Those that are being recorded, whoever does it."""
    states = {each.info.id: reads.state_of(each.info, each.duration_ns) for each in summaries}
    return [id for id, state in states.items() if state == "live"]
