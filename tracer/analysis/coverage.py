"""Which lines a script run executed, and why it did not execute the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rerun_trace.tracer.analysis.scopes import Scope, scopes_of
from rerun_trace.tracer.model import Interaction, LineCount, Outcome, RunKind, ScriptRun, Source


@dataclass(frozen=True, slots=True)
class NotRun:
    """An executable line that did not run, with the reason in words."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """One file in one run. `halting_line` ended the run early, as `halting_text` says."""

    file_no: int
    file: str
    executed: tuple[LineCount, ...]
    not_run: tuple[NotRun, ...]
    halting_line: int | None = None
    halting_text: str | None = None


def superseding(run: ScriptRun, interactions: Iterable[Interaction]) -> int | None:
    """Number of the interaction that superseded `run`: the first newer one of its app session."""
    if run.outcome is not Outcome.SUPERSEDED:
        return None
    newer = (
        item
        for item in interactions
        if item.app_session == run.app_session
        and item.n != run.interaction
        and item.at_ns >= run.started_ns
    )
    first = min(newer, key=lambda item: item.at_ns, default=None)
    return None if first is None else first.n


def ending(run: ScriptRun, file: str, superseded_by: int | None = None) -> str | None:
    """Why the rest of `file` did not run, in words; None when the run came to its own end."""
    at = ""
    if run.halted_line is not None:
        other = run.halted_file is not None and run.halted_file != file
        at = f" at {run.halted_file} line" if other else " at line"
        at += f" {run.halted_line}"
    match run.outcome:
        case Outcome.RERUN:
            return f"halted by the rerun{at}"
        case Outcome.SWITCHED:
            return f"halted by the page switch{at}"
        case Outcome.STOPPED:
            return f"stopped{at}" if at else "stopped from the browser"
        case Outcome.SUPERSEDED:
            by = "a newer interaction" if superseded_by is None else f"interaction {superseded_by}"
            return f"superseded by {by}"
        case Outcome.ERROR:
            return f"an error{at} ended the run"
        case Outcome.COMPILE_ERROR:
            return "the script could not be compiled"
        case Outcome.RUNNING:
            return "not reached so far"
        case Outcome.COMPLETED:
            return None


def cover_run(
    run: ScriptRun,
    sources: Iterable[Source],
    counts: Iterable[LineCount],
    superseded_by: int | None = None,
) -> tuple[FileCoverage, ...]:
    """The files that `run` executed, its script first; of other files only what ran.

    `counts` are the line counts of this run. A source that was edited counts in the version that
    the run executed. Nothing is said about a run of which only the run itself was kept.
    """
    if not run.detailed:
        return ()
    hits: dict[str, dict[int, LineCount]] = {}
    for count in counts:
        hits.setdefault(count.file, {})[count.line] = count
    files = [run.script, *sorted(file for file in hits if file != run.script)]
    versions = {source.file: source for source in _as_executed(run, sources)}
    scopes = {file: scopes_of(versions[file]) for file in files if file in versions}
    reached = _halted_scopes(run, scopes, hits)
    return tuple(
        _cover_file(run, versions[file], scopes[file], hits.get(file, {}), reached, superseded_by)
        for file in files
        if file in versions
    )


def _as_executed(run: ScriptRun, sources: Iterable[Source]) -> list[Source]:
    known = [source for source in sources if source.since_run <= run.n]
    return sorted(known, key=lambda source: (source.since_run, source.file_no))


_Reached = dict[tuple[str, int], int]
"""(file, scope's index) -> the line at which the run's end caught this scope."""


def _halted_scopes(
    run: ScriptRun, scopes: dict[str, tuple[Scope, ...]], hits: dict[str, dict[int, LineCount]]
) -> _Reached:
    """The scopes that were on the call stack when the run ended early.

    Line counts hold no call stack. The scope of the halting line is on it, and so is the module of
    an app run; another function is when the last line of it that ran calls one that is.
    """
    reached: _Reached = {}
    if run.outcome is Outcome.COMPLETED:
        return reached
    names: set[str] = set()
    for index, scope in enumerate(scopes.get(run.halted_file or "", ())):
        if run.halted_line in scope.lines:
            reached[run.halted_file or "", index] = run.halted_line or 0
            names |= {scope.name} if scope.is_function else set()
    last = {
        (file, index): max(line for line in scope.lines if line in hits.get(file, {}))
        for file, found in scopes.items()
        for index, scope in enumerate(found)
        if any(line in hits.get(file, {}) for line in scope.lines)
    }
    grew = True
    while grew:
        grew = False
        for (file, index), line in last.items():
            scope = scopes[file][index]
            if (file, index) in reached or not scope.is_function:
                continue
            if scope.calls_at(line) & names:
                reached[file, index] = line
                names.add(scope.name)
                grew = True
    if run.kind is RunKind.APP and (run.script, 0) not in reached:
        reached[run.script, 0] = last.get((run.script, 0), 0)
    return reached


def _cover_file(
    run: ScriptRun,
    source: Source,
    scopes: Sequence[Scope],
    hits: dict[int, LineCount],
    reached: _Reached,
    superseded_by: int | None,
) -> FileCoverage:
    is_script = source.file == run.script
    not_run: list[NotRun] = []
    for index, scope in enumerate(scopes):
        ran = any(line in hits for line in scope.lines)
        if not ran and not is_script:
            continue  # another file's module body ran at its import, perhaps in an earlier run
        caught = reached.get((source.file, index))
        halted = _ahead(scope, caught)
        for line in scope.lines:
            if line in hits:
                continue
            if run.outcome is Outcome.COMPILE_ERROR:
                reason = ending(run, source.file) or ""
            elif run.kind is RunKind.FRAGMENT and is_script and not scope.is_function:
                reason = "outside the fragment"
            elif line in halted:
                reason = ending(run, source.file, superseded_by) or "branch not taken"
            elif scope.is_function and not ran:
                reason = "function not called"
            else:
                reason = "branch not taken"
            not_run.append(NotRun(line, reason))
    halting_line = run.halted_line if run.halted_file == source.file else None
    return FileCoverage(
        source.file_no,
        source.file,
        tuple(hits[line] for line in sorted(hits)),
        # Where sight was lost, any line may have run.
        tuple(sorted(not_run, key=lambda item: item.line)) if run.blind_step is None else (),
        halting_line,
        None if halting_line is None else _halting_text(run, superseded_by),
    )


def _ahead(scope: Scope, caught: int | None) -> frozenset[int]:
    if caught is None:
        return frozenset()
    return scope.after(caught) if caught else frozenset(scope.lines)


def _halting_text(run: ScriptRun, superseded_by: int | None) -> str:
    match run.outcome:
        case Outcome.RERUN:
            return "st.rerun() ended the run here"
        case Outcome.SWITCHED:
            return "st.switch_page() ended the run here"
        case Outcome.STOPPED:
            return "the run was stopped here"
        case Outcome.ERROR:
            return "an error ended the run here"
        case Outcome.SUPERSEDED:
            by = "a newer interaction" if superseded_by is None else f"interaction {superseded_by}"
            return f"{by} ended the run here"
        case _:
            return "the run ended here"
