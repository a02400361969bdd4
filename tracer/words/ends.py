"""How a script run ended, and why that kept lines from running, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Interaction, Outcome, RerunRequest, ScriptRun
from .outcomes import ENDED, NOWHERE

NOT_SO_FAR = "not run so far"
"""All that is said of a line that a run without an end has not executed: it may yet."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The end of a run: what it was, the statement at which it came, and who brought it.

    `superseded_by` is an interaction's number. `stopped_by` is `script`, `browser` or `session`;
    None: not known. `before_body`: a callback ended the run, and no line of the script ran.
    """

    run: ScriptRun
    file: str | None = None
    line: int | None = None
    superseded_by: int | None = None
    stopped_by: str | None = None
    before_body: bool = False
    scope: str = "app"

    def why_not(self, file: str) -> str | None:
        """Why the rest of `file` did not run; None when the run came to its own end."""
        at = "" if self.line is None else f" at {self.place(file)}"
        match self.run.outcome:
            case Outcome.RERUN | Outcome.SWITCHED if self.before_body and at:
                return f"not begun: {self.place(file)} called {self.call} in a callback"
            case Outcome.RERUN:
                return f"halted by the rerun{at}"
            case Outcome.SWITCHED:
                return f"halted by the page switch{at}"
            case Outcome.STOPPED if self.stopped_by == "browser":
                return f"stopped from the browser{at}"
            case Outcome.STOPPED if self.stopped_by == "session":
                return f"stopped{at}: the browser tab was closed"
            case Outcome.STOPPED if self.stopped_by == "script":
                return f"stopped by st.stop(){at}"
            case Outcome.STOPPED:
                return f"stopped{at}" if at else "stopped from the browser"
            case Outcome.SUPERSEDED:
                return f"superseded by {self.newer}"
            case Outcome.ERROR:
                return f"an error{at} ended the run"
            case Outcome.COMPILE_ERROR:
                return "the script could not be compiled"
            case Outcome.RUNNING:
                return NOT_SO_FAR
            case Outcome.COMPLETED:
                return None

    def here(self) -> str:
        """What is said at the line that ended the run."""
        match self.run.outcome:
            case Outcome.RERUN | Outcome.SWITCHED:
                return f"{self.call} ended the run here"
            case Outcome.STOPPED if self.stopped_by == "browser":
                return "the run was here when the browser stopped it"
            case Outcome.STOPPED if self.stopped_by == "session":
                return "the run was here when the browser tab was closed"
            case Outcome.STOPPED if self.stopped_by == "script":
                return "st.stop() ended the run here"
            case Outcome.STOPPED:
                return "the run was stopped here"
            case Outcome.ERROR:
                return "an error ended the run here"
            case Outcome.SUPERSEDED:
                return f"{self.newer} ended the run here"
            case _:
                return "the run ended here"

    def short(self, place: str | None = None) -> str:
        """How the run ended, for a table cell, a span of the timeline or a node of a graph.

        `place` is what to call the statement that ended it; as the run's own script does, else.
        """
        outcome = self.run.outcome
        if outcome in NOWHERE:
            return ENDED[outcome]
        at = "" if self.line is None else f" at {place or self.place(self.run.script)}"
        match self.stopped_by if outcome is Outcome.STOPPED else None:
            case "browser":
                return f"stopped from the browser{at}"
            case "session":
                return f"stopped{at}, tab closed"
            case _:
                return ENDED[outcome] + at

    @property
    def call(self) -> str:
        """What the script called to end the run."""
        return call_of("page" if self.run.outcome is Outcome.SWITCHED else self.scope)

    @property
    def newer(self) -> str:
        """The interaction that superseded the run."""
        n = self.superseded_by
        return "a newer interaction" if n is None else f"interaction {n}"

    def place(self, file: str) -> str:
        """The statement that ended the run, as it is called in `file`."""
        return place(self.file, self.line, file)


def call_of(scope: str) -> str:
    """The call that asks for another run, by its request's scope: app, fragment, page, or keys."""
    if scope == "page":
        return "st.switch_page()"
    if scope in ("app", "fragment"):
        return "st.rerun()"
    return f'st.rerun("{scope}")' if scope.isidentifier() else f"st.rerun({scope})"


def place(file: str | None, line: int | None, inside: str) -> str:
    """`line 7`, or `helper.py line 7` where one speaks of another file."""
    return f"line {line}" if file in (None, inside) else f"{file} line {line}"


def end_of(
    run: ScriptRun,
    requests: Iterable[RerunRequest] = (),
    superseded_by: int | None = None,
) -> RunEnd:
    """The end of `run`; `requests` are its own. A callback's request tells where it ended."""
    file, line = run.halted_file, run.halted_line
    asked = [item for item in requests if item.run == run.n and item.allowed and item.line]
    halted = run.outcome in (Outcome.RERUN, Outcome.SWITCHED)
    if halted and line is None and asked:
        file, line = asked[-1].file, asked[-1].line
    called = bool(asked) and asked[-1].function not in (None, "<module>")
    no_body = halted and called and run.body_started_ns is None and run.blind_step is None
    stopped_by = run.stopped_by
    scope = next((item.scope for item in asked if (item.file, item.line) == (file, line)), "app")
    return RunEnd(run, file, line, superseded_by, stopped_by, no_body, scope)


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


def has_ended(run: ScriptRun) -> bool:
    """Whether the run has an end in the recording. Without one, nothing is said to be left out."""
    return run.outcome is not Outcome.RUNNING


def without_run(interaction: Interaction, runs: Iterable[ScriptRun]) -> str:
    """What became of an interaction that started no run; `runs` are those that came after it."""
    for run in runs:
        if interaction.n in run.took:
            gone = interaction.fragment in run.fragments_gone
            return f"went into run {run.n}" + (": its fragment was gone" if gone else "")
    return "no run of its own"
