"""Which lines a script run executed, and why it did not execute the others.

The one place that answers this: the source pane, the sentences, the timeline, the flow graph and
the comparison all ask `cover_run`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rerun_trace.tracer.analysis.unreached import Break, Cause, Why, reasons
from rerun_trace.tracer.model import (
    CacheAccess,
    LineCount,
    Outcome,
    RerunRequest,
    RunKind,
    ScriptRun,
    Source,
)
from rerun_trace.tracer.source.scopes import Scope, scopes_of
from rerun_trace.tracer.words.ends import (
    NOT_SO_FAR,
    RunEnd,
    call_of,
    end_of,
    has_ended,
    place,
    superseding,
)

__all__ = ["Cause", "FileCoverage", "NotRun", "Place", "Reasons", "cover_run", "superseding"]

Place = tuple[str, int]
"""A file and a line of it."""


@dataclass(frozen=True, slots=True)
class NotRun:
    """An executable line that did not run, with the reason in words."""

    line: int
    reason: str
    cause: Cause = Cause.BRANCH


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """One file in one run. `halting_line` ended the run early, as `halting_text` says."""

    file_no: int
    file: str
    executed: tuple[LineCount, ...]
    not_run: tuple[NotRun, ...]
    halting_line: int | None = None
    halting_text: str | None = None

    @property
    def never_reached(self) -> tuple[int, ...]:
        """Lines that the run's end kept from running, ascending."""
        return tuple(item.line for item in self.not_run if item.cause is Cause.ENDED)


class Reasons:
    """Why lines did not run in several runs of one file: the reason most often met, and how many
    others there are. Nothing is said of a line that one of the runs executed."""

    def __init__(self, coverages: Iterable[FileCoverage]) -> None:
        self._ran: set[int] = set()
        self._texts: dict[int, Counter[str]] = {}
        for coverage in coverages:
            self._ran |= {count.line for count in coverage.executed}
            for item in coverage.not_run:
                self._texts.setdefault(item.line, Counter())[item.reason] += 1

    def of(self, line: int) -> str | None:
        """The reason in words; None when the line ran, or nothing is known of it."""
        if line in self._ran or line not in self._texts:
            return None
        (text, _), *others = self._texts[line].most_common()
        return f"{text}; in other runs otherwise" if others else text


def cover_run(
    run: ScriptRun,
    sources: Iterable[Source],
    counts: Iterable[LineCount],
    superseded_by: int | None = None,
    *,
    requests: Iterable[RerunRequest] = (),
    cache: Iterable[CacheAccess] = (),
    seen: Iterable[Place] = (),
) -> tuple[FileCoverage, ...]:
    """The files that `run` executed, its script first; of other files only what ran.

    `counts`, `requests` and `cache` are those of this run. `seen`: places where the run is known to
    have been, though no step of it is there yet. A source that was edited counts in the version
    that the run executed. Nothing is said about a run of which only the run itself was kept.
    """
    if not run.detailed:
        return ()
    hits: dict[str, dict[int, LineCount]] = {}
    for count in counts:
        hits.setdefault(count.file, {})[count.line] = count
    versions = {source.file: source for source in _as_executed(run, sources)}
    for file, line in seen:
        if file in versions and line in versions[file].executable:
            met = LineCount(run.n, file, line, 1, capped=True)
            hits.setdefault(file, {}).setdefault(line, met)
    files = [run.script, *sorted(file for file in hits if file != run.script)]
    scopes = {file: scopes_of(versions[file]) for file in files if file in versions}
    asked = [item for item in requests if item.run == run.n]
    end = end_of(run, asked, superseded_by)
    reader = _Reader(end, scopes, hits, asked, _answered(cache))
    return tuple(reader.file(versions[file]) for file in files if file in versions)


def _as_executed(run: ScriptRun, sources: Iterable[Source]) -> list[Source]:
    known = [source for source in sources if source.since_run <= run.n]
    return sorted(known, key=lambda source: (source.since_run, source.file_no))


def _answered(cache: Iterable[CacheAccess]) -> Mapping[str, CacheAccess]:
    """Functions all of whose calls the cache answered, by name, with the first such call."""
    calls: dict[str, list[CacheAccess]] = {}
    for access in cache:
        calls.setdefault(access.function.rpartition(".")[2], []).append(access)
    return {name: found[0] for name, found in calls.items() if all(each.hit for each in found)}


class _Reader:
    """One run's scopes: what ran in them, and what came through them from within."""

    def __init__(
        self,
        end: RunEnd,
        scopes: Mapping[str, tuple[Scope, ...]],
        hits: Mapping[str, Mapping[int, LineCount]],
        requests: Sequence[RerunRequest],
        cached: Mapping[str, CacheAccess],
    ) -> None:
        self._end = end
        self._run = end.run
        self._scopes = scopes
        self._hits = hits
        self._cached = cached
        self._last = {
            (file, index): max(line for line in scope.lines if line in hits.get(file, {}))
            for file, found in scopes.items()
            for index, scope in enumerate(found)
            if any(line in hits.get(file, {}) for line in scope.lines)
        }
        self._reached: dict[tuple[str, int], int] = {}
        if self._run.outcome is not Outcome.COMPLETED and has_ended(self._run):
            self._reached = self._stack_of(end.file or "", end.line)
            if self._run.kind is RunKind.APP and not end.before_body:
                self._reached.setdefault(
                    (self._run.script, 0), self._last.get((self._run.script, 0), 0)
                )
        ending = (end.file, end.line)
        self._caught = [
            (item, set(self._ways_to(item.file, item.line)))
            for item in requests
            if item.allowed and item.file and item.line and not end.before_body
            if (item.file, item.line) != ending
        ]

    def _ways_to(self, file: str, line: int) -> Iterator[tuple[str, int, int]]:
        """File, scope's index and line of all statements that ran and may have led to `line`."""
        names: set[str] = set()
        for index, scope in enumerate(self._scopes.get(file, ())):
            if line in scope.lines:
                yield file, index, line
                names |= {scope.name} if scope.is_function else set()
        known: set[str] = set()
        while names - known:
            looked, known = names - known, known | names
            for other, found in self._scopes.items():
                for index, scope in enumerate(found):
                    ran = (each for each in scope.lines if each in self._hits.get(other, {}))
                    for each in ran:
                        if scope.calls_at(each) & looked:
                            yield other, index, each
                            names |= {scope.name} if scope.is_function else set()

    def _stack_of(self, file: str, line: int | None) -> dict[tuple[str, int], int]:
        """(file, scope's index) -> its line that was on the call stack when `line` was executed.

        Line counts hold no call stack. The scope of the line is on it; another function is when
        the last line of it that ran calls one that is.
        """
        reached: dict[tuple[str, int], int] = {}
        names: set[str] = set()
        for index, scope in enumerate(self._scopes.get(file, ())):
            if line in scope.lines:
                reached[file, index] = line or 0
                names |= {scope.name} if scope.is_function else set()
        grew = True
        while grew:
            grew = False
            for (other, index), last in self._last.items():
                scope = self._scopes[other][index]
                if (other, index) in reached or not scope.is_function:
                    continue
                if scope.calls_at(last) & names:
                    reached[other, index] = last
                    names.add(scope.name)
                    grew = True
        return reached

    def file(self, source: Source) -> FileCoverage:
        hits = self._hits.get(source.file, {})
        not_run: list[NotRun] = []
        for index, scope in enumerate(self._scopes[source.file]):
            missed = [line for line in scope.lines if line not in hits]
            if not missed:
                continue
            ran = len(missed) < len(scope.lines)
            if not ran and source.file != self._run.script:
                continue  # another file's module body ran at its import, perhaps in an earlier run
            why = self._whole(source, scope, ran)
            found = {} if why is not None else self._inside(source.file, index, scope, hits)
            for line in missed:
                reason = why or found[line]
                not_run.append(NotRun(line, reason.text, reason.cause))
        run = self._run
        halting = self._end.line if self._end.file == source.file else None
        if not has_ended(run) or run.outcome is Outcome.COMPLETED:
            halting = None
        return FileCoverage(
            source.file_no,
            source.file,
            tuple(hits[line] for line in sorted(hits)),
            # Where sight was lost, any line may have run.
            tuple(sorted(not_run, key=lambda item: item.line))
            if self._run.blind_step is None
            else (),
            halting,
            None if halting is None else self._end.here(),
        )

    def _whole(self, source: Source, scope: Scope, ran: bool) -> Why | None:
        """The one reason of all lines of a scope that did not run, if there is one."""
        run = self._run
        if not has_ended(run):
            return Why(Cause.SO_FAR, NOT_SO_FAR)
        if run.outcome is Outcome.COMPILE_ERROR:
            return Why(Cause.ENDED, self._end.why_not(source.file) or "")
        if not scope.is_function and source.file == run.script:
            if run.kind is RunKind.FRAGMENT:
                return Why(Cause.OUTSIDE, "outside the fragment")
            if self._end.before_body:
                return Why(Cause.ENDED, self._end.why_not(source.file) or "")
        if scope.is_function and not ran:
            access = self._cached.get(scope.name)
            if access is None:
                return Why(Cause.NOT_CALLED, "function not called")
            at = f" at {place(access.file, access.line, source.file)}" if access.line else ""
            return Why(Cause.CACHED, f"the call{at} was answered by the cache")
        return None

    def _inside(
        self, file: str, index: int, scope: Scope, hits: Mapping[int, LineCount]
    ) -> dict[int, Why]:
        ended = None
        line = self._reached.get((file, index))
        if line is not None:
            ended = Break(line, Why(Cause.ENDED, self._end.why_not(file) or ""))
        caught = []
        for item, ways in self._caught:
            at = f"{place(item.file, item.line, file)} called {call_of(item.scope)}"
            why = Why(Cause.CAUGHT, f"{at}, and the app caught the exception that ends the run")
            caught += [Break(on, why) for where, no, on in ways if (where, no) == (file, index)]
        return reasons(scope, hits, ended, caught)
