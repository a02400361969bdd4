"""What a report holds of script runs: their answers, in parts, as many as there is room for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from rerun_trace.tracer.errors import RerunTraceError
from rerun_trace.tracer.model import Outcome, ScriptRun
from rerun_trace.tracer.words.ends import has_ended
from rerun_trace.web.replay.page_reads import PageReads, RunStart
from rerun_trace.web.replay.page_view import page_view
from rerun_trace.web.report.answers import Answers, refusal
from rerun_trace.web.report.packing import Part, dumps, joined, pack_moments, pack_steps, part
from rerun_trace.web.report.read_ahead import BLOCK, ReadAhead
from rerun_trace.web.views.pages import WINDOW

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

Told = Callable[[int, int], None]  # runs that were looked at, of how many

_LARGE = 400_000  # characters of answers, deflated at once
_WINDOWS = 16  # windows of steps of a long run, deflated at once
_MASK = re.compile(r"\[secret(?: (\d+))?\]|\(hidden\)")
_VALUES = re.compile(r'"changes":\{"step":\[\d')
STEP = "{step}"  # stands for the step in a text of the page's


@dataclass(slots=True)
class RunParts:
    """The parts that a report holds, and which runs are in which."""

    parts: list[Part] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)  # for the page: see report/parts.ts
    runs: set[int] = field(default_factory=set)  # that are in, at least in part
    in_part: set[int] = field(default_factory=set)  # some of their steps are not
    bodies: set[str] = field(default_factory=set)  # of the page messages that they show
    size: int = 0
    values: bool = False  # whether values of variables are among them
    secrets: set[str] = field(default_factory=set)  # numbers of those that were masked
    hidden: bool = False  # whether values were hidden by their names

    def look(self, text: str) -> None:
        """Notes what is masked in an answer, and whether it holds values."""
        for number in _MASK.findall(text):
            if number:
                self.secrets.add(number)
            else:
                self.hidden = True
        self.values = self.values or _VALUES.search(text) is not None


@dataclass(slots=True)
class _Candidate:
    """Answers of some runs that are in a report together or not at all."""

    text: str
    runs: tuple[int, ...]
    bodies: frozenset[str]
    windows: tuple[int, int, int] | None = None  # run, first and last step


class RunContents:
    """Makes the parts of one recording."""

    def __init__(self, reads: ReadAhead, answers: Answers, recording: int) -> None:
        self._reads = reads
        self._answers = answers
        self._recording = recording
        self._pages = PageReads(cast("TraceStore", reads))
        self._added: dict[str, Any] | None = None

    def collect(
        self, room: int, window: tuple[int, int] | None, body_size: Callable[[str], int], tell: Told
    ) -> RunParts:
        """As many runs as `room` bytes hold: those that ended early first, then the newest.

        `body_size` says how much room a page message needs that is not there yet.
        """
        first, last = self._ends(window)
        early, rest = RunParts(), []
        spent_on_rest = 0
        done = 0
        blocks = list(range(first, last + 1, BLOCK))
        for low in reversed(blocks):
            high = min(low + BLOCK - 1, last)
            self._reads.enter(self._recording, low, high)
            runs = self._reads.runs(self._recording, first=low, last=high)
            telling = [run for run in runs if run.outcome is not Outcome.COMPLETED]
            for candidate in self._candidates(telling):
                self._take(early, candidate, room, body_size)
            if spent_on_rest <= room:  # what comes later is older, and would not be taken
                quiet = [run for run in runs if run.outcome is Outcome.COMPLETED]
                for candidate in self._candidates(quiet):
                    made = part("", candidate.text)
                    spent_on_rest += made.size
                    rest.append((candidate, made))
            done += len(runs)
            tell(done, last - first + 1)
        for candidate, made in rest:
            self._take(early, candidate, room, body_size, made)
        self._reads.leave()
        return early

    def _ends(self, window: tuple[int, int] | None) -> tuple[int, int]:
        newest = self._reads.counts(self._recording)["runs"]
        first, last = window or (1, newest)
        return max(1, first), min(last, newest)

    def _take(
        self,
        taken: RunParts,
        candidate: _Candidate,
        room: int,
        body_size: Callable[[str], int],
        made: Part | None = None,
    ) -> None:
        run = candidate.windows[0] if candidate.windows else 0
        if run and run not in taken.runs:
            return  # steps of a run that is not in
        made = made or part("", candidate.text)
        size = made.size + sum(body_size(body) for body in candidate.bodies - taken.bodies)
        if taken.size + size > room:
            taken.in_part |= {run} - {0}
            return
        id = f"r{self._recording}-{len(taken.parts)}"
        taken.parts.append(replace(made, id=id))
        taken.size += size
        taken.look(candidate.text)
        taken.bodies |= candidate.bodies
        place: dict[str, Any] = {"id": id, "runs": list(candidate.runs)}
        if candidate.windows is not None:
            place["steps"] = candidate.windows[1:]
        else:
            taken.runs.update(candidate.runs)
        taken.places.append(place)

    # -- what is said of runs ------------------------------------------------------------------

    def _candidates(self, runs: Sequence[ScriptRun]) -> Iterator[_Candidate]:
        """Runs with all that they hold, newest first; of a long one, its steps by themselves."""
        answers: dict[str, str] = {}
        numbers: list[int] = []
        bodies: set[str] = set()
        size = 0
        for run in reversed(runs):
            own, used = self._of_run(run)
            answers |= own
            numbers.append(run.n)
            bodies |= used
            size += sum(map(len, own.values()))
            is_long = self._windows(run) > _WINDOWS
            if size > _LARGE or is_long:
                yield _Candidate(joined(answers), tuple(numbers), frozenset(bodies))
                answers, numbers, bodies, size = {}, [], set(), 0
            if is_long:
                yield from self._steps_alone(run)
        if numbers:
            yield _Candidate(joined(answers), tuple(numbers), frozenset(bodies))

    def _windows(self, run: ScriptRun) -> int:
        return max(1, -(-self._steps(run) // WINDOW))

    def _steps(self, run: ScriptRun) -> int:
        # A run without an end does not know its length.
        return run.steps if has_ended(run) else self._reads.step_window(*self._of(run), 1).total

    def _of(self, run: ScriptRun) -> tuple[int, int]:
        return self._recording, run.n

    def _of_run(self, run: ScriptRun) -> tuple[dict[str, str], set[str]]:
        path = f"/runs/{run.n}"
        found = {path: self._text(path), f"{path}/state": self._text(f"{path}/state")}
        if self._windows(run) <= _WINDOWS:
            found |= dict(self._window(run, no) for no in range(self._windows(run)))
        bodies: set[str] = set()
        try:
            page, bodies = self.page(run)
            found[f"{path}/page"] = self._answers.hidden(dumps(page))
        except RerunTraceError as error:
            found[f"{path}/page"] = refusal(str(error))
        flow = f"/graph.dot?kind=flow&run={run.n}"
        found[flow] = self._text(flow)
        return found, bodies

    def _window(self, run: ScriptRun, no: int) -> tuple[str, str]:
        path = f"/runs/{run.n}/steps?at={no * WINDOW + 1}"
        return path, pack_steps(self._text(path))

    def _steps_alone(self, run: ScriptRun) -> Iterator[_Candidate]:
        """The windows of a long run, the last ones first."""
        numbers = range(0, self._windows(run), _WINDOWS)
        for start in reversed(numbers):
            end = min(start + _WINDOWS, self._windows(run))
            text = joined(dict(self._window(run, no) for no in range(start, end)))
            steps = (run.n, start * WINDOW + 1, min(end * WINDOW, self._steps(run)))
            yield _Candidate(text, (run.n,), frozenset(), steps)

    def page(self, run: ScriptRun) -> tuple[dict[str, Any], set[str]]:
        """The pages at all steps of a run, packed, and the hashes of the messages they show."""
        start = self._pages.start(self._recording, run.n)
        following = self._reads.next_run(self._recording, run)
        steps = sorted({0, 1, run.steps, *(write.step for write in start.writes)})
        if not has_ended(run):
            steps.append(steps[-1] + 1)  # all that there is so far
        packed: dict[str, Any] = {"more": self._more(run, start)}
        bodies: set[str] = set()
        for as_ in ("sent", "written"):
            moments: list[tuple[int, dict[str, Any]]] = []
            for step in steps:
                view = page_view(start, step, written=as_ == "written", next_run=following)
                bodies |= {item["hash"] for item in view["feed"] if "hash" in item}
                view["text"] = view["text"].replace(f"after step {step}", f"after step {STEP}")
                del view["step"]
                if not moments or moments[-1][1] != view:
                    moments.append((step, view))
            packed[as_] = pack_moments(moments)
        return packed, bodies

    def _more(self, run: ScriptRun, start: RunStart) -> dict[str, Any]:
        """What the route adds to the view of a page, the same for all of the recording."""
        if self._added is None:
            answer = json.loads(self._text(f"/runs/{run.n}/page?step=0&as=sent"))
            view = page_view(start, 0, written=False, next_run=None)
            self._added = {name: value for name, value in answer.items() if name not in view}
        return self._added

    def _text(self, path: str) -> str:
        return self._answers.json(f"/api/recordings/{self._recording}{path}")
