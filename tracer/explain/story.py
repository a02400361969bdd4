"""Why a script run started, what it did and how it ended, in a few sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rerun_trace.tracer.analysis.coverage import FileCoverage
from rerun_trace.tracer.analysis.moves import BEGINS, Move
from rerun_trace.tracer.explain.pieces import Piece, line_at, said
from rerun_trace.tracer.model import (
    CacheAccess,
    Callback,
    ContainerWrite,
    Interaction,
    InteractionKind,
    MessageFate,
    Outcome,
    RerunRequest,
    RunError,
    ScriptRun,
    StateWrite,
    TriggerType,
)
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.elements import elements, is_lost
from rerun_trace.tracer.words.ends import RunEnd, call_of, end_of
from rerun_trace.tracer.words.sight import sight_words


@dataclass(frozen=True)
class RunRecords:
    """Everything that belongs to one run, plus the request that triggered it and who came next."""

    run: ScriptRun
    interaction: Interaction | None
    coverage: Sequence[FileCoverage]
    callbacks: Sequence[Callback]
    requests: Sequence[RerunRequest]
    state_writes: Sequence[StateWrite]
    writes: Sequence[ContainerWrite]
    fates: Mapping[int, MessageFate]
    errors: Sequence[RunError]
    cache: Sequence[CacheAccess]
    triggering: Sequence[RerunRequest] = ()
    next_runs: Sequence[ScriptRun] = ()
    superseded_by: int | None = None
    also: Sequence[Interaction] = ()  # other interactions whose requests went into the run
    app: str = ""  # the recording's script
    moves: Sequence[Move] = ()  # of blocks, since the full run before
    last_seen: tuple[str | None, int | None] = (None, None)  # where sight of its lines was lost
    same: frozenset[int] | None = None  # messages that changed nothing on the page; None: not known
    waits: Sequence[tuple[str, list[Piece]]] = ()  # of a load: widgets that lines wait for

    @property
    def end(self) -> RunEnd:
        """How the run ended."""
        return end_of(self.run, self.requests, self.superseded_by)

    @property
    def main(self) -> str:
        """The script that called the page that ran, by `st.navigation`; else empty."""
        ran = {item.file for item in self.coverage if item.executed}
        return self.app if self.app != self.run.script and self.app in ran else ""


def story(records: RunRecords) -> Iterable[list[Piece]]:
    """Why the run started, what it did and how it ended: sentences, as lists of pieces."""
    yield _beginning(records)
    yield from _also(records)
    if records.callbacks and not records.end.before_body:
        yield [
            said("Before the script's first line, the "),
            *_callbacks(records),
            said(" ran."),
        ]
    yield from _end(records)
    yield from _requests(records)
    if records.writes:
        yield _writes(records)
    for move in records.moves:
        yield _moved(records, move)
    blind = sight_words(records.run, *records.last_seen)
    if blind is not None:
        yield [said(blind)]
    if not records.run.detailed:
        yield [said("Only the run itself was kept: its lines and writes are not known.")]


def _beginning(records: RunRecords) -> list[Piece]:
    run = records.run
    ran = [said(words.what_ran(run, records.main))]
    if records.end.before_body and records.callbacks:
        ran = [said("the "), *_callbacks(records)]
    if run.trigger_type is TriggerType.RERUN:
        request = next((item for item in records.triggering if item.allowed), None)
        call = call_of(request.scope if request is not None else "app")
        where = []
        if request is not None:
            at = line_at(request.file, request.line, request.step, run.script)
            where = [said(" at "), {**at, "run": run.trigger}]
        return [
            said(f"Run {run.trigger}", run=run.trigger),
            said(f" called {call}"),
            *where,
            said(", so Streamlit ran "),
            *ran,
            said("."),
        ]
    if records.interaction is None:
        return [
            said("Streamlit ran "),
            *ran,
            said("; the interaction behind it was not recorded."),
        ]
    if records.interaction.kind is not InteractionKind.LOAD:
        again = ("from the top", "again from the top")
        ran = [{**piece, "text": piece["text"].replace(*again)} for piece in ran]
    sentence = words.interaction_sentence(records.interaction)
    return [said(sentence, step=0), said(", so Streamlit ran "), *ran, said(".")]


def _also(records: RunRecords) -> Iterable[list[Piece]]:
    """Interactions whose requests went into this run, besides the one that started it."""
    gone = len(records.run.fragments_gone)
    for item in records.also:
        went = f"{words.interaction_title(item)} (interaction {item.n}) went into this run, too"
        lost = item.fragment in records.run.fragments_gone
        gone -= lost
        yield [said(went + (": its fragment was gone, so nothing of it ran." if lost else "."))]
    if gone > 0:
        word = "1 fragment that was" if gone == 1 else f"{gone} fragments that were"
        yield [said(f"{word} to run, too, {'was' if gone == 1 else 'were'} gone by then.")]


def _callbacks(records: RunRecords) -> list[Piece]:
    pieces = [said("callback " if len(records.callbacks) == 1 else "callbacks ")]
    for index, callback in enumerate(records.callbacks):
        if index:
            pieces.append(said(", then "))
        pieces.append(
            said(
                f"{callback.function}()",
                step=min(callback.step + 1, records.run.steps),
                file=callback.file,
                line=callback.line,
            ),
        )
        if callback.error:
            pieces.append(said(f" (it raised {words.shorten(callback.error)})"))
    return pieces


def _end(records: RunRecords) -> Iterable[list[Piece]]:
    run, end = records.run, records.end
    last = next((item.step for item in records.requests if item.allowed), run.steps)
    here = line_at(end.file, end.line, last, run.script)
    first = {**here, "text": here["text"][:1].upper() + here["text"][1:]}
    never = never_ran(records)
    following = [
        piece
        for item in records.next_runs[:1]
        for piece in (said(", and "), said(f"run {item.n}", run=item.n), said(" started"))
    ]
    stop = said(".")
    match run.outcome:
        case Outcome.COMPLETED:
            yield [said("It ran to its end"), *following, stop]
        case Outcome.RERUN | Outcome.SWITCHED if end.before_body:
            what = f" called {end.call} in the callback: the script itself did not run"
            yield [first, said(what), *following, stop]
        case Outcome.RERUN | Outcome.SWITCHED:
            what = f" called {end.call}: this run stopped there"
            yield [first, said(what), *never, *following, stop]
        case Outcome.STOPPED if end.stopped_by == "script":
            yield [first, said(" called st.stop(): this run stopped there"), *never, stop]
        case Outcome.STOPPED if end.stopped_by == "session":
            yield [said("The browser tab was closed, which stopped it at "), here, *never, stop]
        case Outcome.STOPPED if end.line is None:
            yield [said("It was stopped from the browser.")]
        case Outcome.STOPPED:
            by = " from the browser" if end.stopped_by == "browser" else ""
            yield [said(f"It was stopped{by} at "), here, *never, stop]
        case Outcome.SUPERSEDED:
            newer = end.newer[:1].upper() + end.newer[1:]
            came = said(f"{newer} came before it was done: it ended at ")
            yield [came, here, *never, *following, stop]
        case Outcome.ERROR:
            error = records.errors[-1].type if records.errors else "An error"
            yield [said(f"{error} ended it at "), here, *never, stop]
        case Outcome.COMPILE_ERROR:
            yield [said("The script could not be compiled, so no line of it ran.")]
        case Outcome.RUNNING:
            is_over = run.blind_step is not None and run.ended_ns is not None
            yield [said("How it ended is not known." if is_over else "It has not ended so far.")]


def _requests(records: RunRecords) -> Iterable[list[Piece]]:
    """Reruns that were asked for and did not end the run: refused, or caught by the app."""
    end = records.end
    for request in records.requests:
        at = line_at(request.file, request.line, request.step, records.run.script)
        first = {**at, "text": at["text"][:1].upper() + at["text"][1:]}
        if not request.allowed:
            if "no-op" in (request.refusal or ""):
                ignored = " called st.rerun() in a callback, which this Streamlit ignores."
                yield [first, said(ignored)]
                continue
            refusal = f": {request.refusal.rstrip('.')}" if request.refusal else ""
            yield [said("A rerun asked for at "), at, said(f" was refused{refusal}.")]
        elif not end.before_body and (request.file, request.line) != (end.file, end.line):
            caught = "but the app caught the exception that ends a run"
            yield [first, said(f" called {call_of(request.scope)}, {caught}.")]


def never_ran(records: RunRecords) -> list[Piece]:
    """The lines that the end kept from running."""
    halted = [item for item in records.coverage if item.file == records.end.file]
    for coverage in [*halted, *records.coverage]:
        lines = coverage.never_reached
        if lines:
            of = "" if coverage.file == records.end.file else f" of {coverage.file}"
            if len(lines) == 1:
                text = f"line {lines[0]}{of}"
            else:
                text = f"{len(lines)} statements from line {lines[0]}{of} on"
            piece = said(text, file=coverage.file, line=lines[0])
            return [said(", "), piece, said(" never ran")]
    return []


def _writes(records: RunRecords) -> list[Piece]:
    written = elements(records.writes)
    lost = [write for write in written if is_lost(records.fates.get(write.message))]
    late = [write for write in written if write.out_of_order]
    if not written:
        return [said("It wrote containers, and no element into them.")]
    pieces = [
        said("It wrote "),
        said(words.count(len(written), "element"), step=written[0].step),
    ]
    if len(lost) == len(written):
        one = len(written) == 1
        pieces.append(
            said("; the browser never saw it" if one else ", which the browser never saw")
        )
    elif lost:
        pieces += [
            said("; the browser never saw "),
            said(f"{len(lost)} of them", step=lost[0].step),
        ]
    if late:
        pieces += [
            said("; "),
            said(f"{len(late)} landed", step=late[0].step),
            said(" above something written before"),
        ]
    return [*pieces, said(".")]


def _moved(records: RunRecords, move: Move) -> list[Piece]:
    """A block whose state the browser forgets, because it is at another place."""
    script, block = records.run.script, move.block
    many = block.element == "tabs"
    name = f"The {block.element} {words.shorten(block.label)}".rstrip()
    pieces = [
        said(f"{name} of "),
        line_at(block.file, block.line, block.step, script),
        said(f" moved from place {_place(move.old)} to {_place(block.path)}"),
    ]
    if move.by is not None:
        verb = "wrote before is gone from" if move.is_gone else "writes came"
        where = line_at(move.by.file, move.by.line, move.by.step, script)
        if move.is_gone:  # that step was another run's
            where = said(where["text"])
        pieces += [said(", as what "), where, said(f" {verb} above")]
        pieces.append(said(" them" if many else " it"))
    them = "them for new ones" if many else "it for a new one"
    begins = BEGINS[block.element]
    return [*pieces, said(f": the browser takes {them} and {begins}.")]


def _place(path: Sequence[int]) -> str:
    return ".".join(map(str, path))
