"""What a report always holds of a recording: its index, timeline, sources, graphs of causes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from msgspec import to_builtins

from rerun_trace.tracer.analysis.causes import Causes
from rerun_trace.tracer.model import StateWrite
from rerun_trace.tracer.render.causes_dot import causes_dot
from rerun_trace.tracer.words import sentences as words
from rerun_trace.web.models.graphs import cause_facts
from rerun_trace.web.report.answers import Answers
from rerun_trace.web.report.explaining import explaining
from rerun_trace.web.report.packing import dumps
from rerun_trace.web.report.read_ahead import ReadAhead
from rerun_trace.web.views.state import HISTORY, history_view

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

INDEX = "/index?from=1&interactions=0&again="  # as api/api.ts asks for it
TIMELINE = 100  # runs of one answer; as in api/details.ts
CAUSES = "/graph.dot?kind=cause"
_MOST_HISTORIES = 20_000  # writes in all histories; more, and each shows fewer
_MOST_GRAPHS = 3_000_000  # characters
_WINDOW = 1000  # runs
_PLAIN = "-_.!~*'()"  # what encodeURIComponent leaves as it is

Window = tuple[int, int]


def base_answers(
    reads: ReadAhead, answers: Answers, recording: int, windows: Sequence[Window]
) -> dict[str, str]:
    """All but the index, by path: JSON texts."""
    api = f"/api/recordings/{recording}"
    runs = reads.counts(recording)["runs"]
    found: dict[str, str] = {}
    for first in range(1, max(runs, 1) + 1, TIMELINE):
        path = f"/timeline?first={first}&last={first + TIMELINE - 1}"
        found[path] = answers.json(api + path)
    for path in ("/notes", "/share"):
        found[path] = answers.json(api + path)
    for source in reads.sources(recording):
        path = f"/source/{source.file_no}"
        found[path] = answers.json(api + path)
    for first, last in windows:
        path = f"{CAUSES}&first={first}&last={last}"
        found[path] = answers.json(api + path)
    found[CAUSES] = answers.hidden(dumps(_causes(reads, recording)))
    found |= explaining(reads, answers, recording)
    found["ends"] = answers.hidden(dumps(_ends(reads, recording, runs)))
    return found | _histories(reads, answers, recording, runs)


def _ends(reads: ReadAhead, recording: int, runs: int) -> dict[str, object]:
    """How each run ended, in words: for the search."""
    texts: dict[str, int] = {}
    of = []
    for first in range(1, runs + 1, _WINDOW):
        for run in reads.runs(recording, first=first, last=first + _WINDOW - 1):
            of.append(texts.setdefault(words.outcome_text(run), len(texts)))
    return {"texts": list(texts), "of": of}


def _causes(reads: ReadAhead, recording: int) -> dict[str, object]:
    """The graphs that show all runs between them, and which run is in which."""
    causes = Causes(cause_facts(cast("TraceStore", reads), recording))
    graphs: list[str] = []
    of_run: dict[int, int] = {}
    size = 0
    for run in causes.runs:
        if run in of_run or size > _MOST_GRAPHS:
            continue
        graph = causes.graph(run)
        alone = {n for node in graph.nodes for n in node.runs if node.id == f"run-{n}"}
        # One that stands for several is marked in the graph.
        marked = {n for node in graph.nodes if run in node.runs for n in node.runs}
        shown = alone if run in alone else marked | {run}
        graphs.append(causes_dot(graph, run))
        size += len(graphs[-1])
        for n in shown - of_run.keys():
            of_run[n] = len(graphs) - 1
    return {"graphs": graphs or [causes_dot(causes.graph(None))], "of": of_run}


def _histories(reads: ReadAhead, answers: Answers, recording: int, runs: int) -> dict[str, str]:
    """The newest writes of each key of session state, by app session."""
    newest: dict[tuple[str, int], deque[StateWrite]] = {}
    totals: dict[tuple[str, int], int] = {}
    for first in range(1, runs + 1, _WINDOW):
        window = (first, first + _WINDOW - 1)
        columns = reads.runs(recording, first=window[0], last=window[1])
        session = {run.n: run.app_session for run in columns}
        for write in reads.state_writes(recording, runs=window):
            key = write.key, session[write.run]
            totals[key] = totals.get(key, 0) + 1
            newest.setdefault(key, deque(maxlen=HISTORY)).append(write)
    kept = sum(map(len, newest.values()))
    most = HISTORY if kept <= _MOST_HISTORIES else max(3, HISTORY * _MOST_HISTORIES // kept)
    found = {}
    for (name, number), writes in newest.items():
        view = history_view(name, totals[name, number], list(writes)[: -most - 1 : -1])
        path = f"/state/history?key={quote(name, safe=_PLAIN)}&session={number}"
        found[path] = answers.hidden(dumps(to_builtins(view)))
    return found
