"""A dialog that a rerun was to close is opened again by the same call, without a click.

Holds when a run of a dialog's content (a fragment run) asked for a run of the whole app, which is
how a dialog is closed from inside, and that run opened the dialog again at the same line.

Silent when the rerun was for the fragment alone, when the dialog was opened by another call (the
next step of a wizard), when its title changed, when the request was made elsewhere, and when a flag
in session state keeps it open on purpose: a function of the file, such as the dialog's own, gives
the flag that it hangs on another value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...model import ContainerWrite, RerunRequest, TriggerType
from ...source.program import dotted, own_nodes, state_key
from ..dependence import conditions_of, links
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..run import Run

KIND = Kind(
    "RT404",
    "dialog-reopened",
    Level.FAULT,
    Docs("st.dialog", "https://docs.streamlit.io/develop/api-reference/execution-flow/st.dialog"),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        if not run.whole or run.record.trigger_type is not TriggerType.RERUN:
            continue
        opened = [w for w in run.writes if w.element == "dialog" and w.line is not None]
        asked = run.history.runs.get(run.record.trigger)
        if not opened or asked is None or asked.whole:
            continue
        request = _request(asked)
        before = _open_in(asked) if request is not None else None
        if request is None or before is None:
            continue
        again = next((w for w in opened if _same(w, before)), None)
        if again is not None and run.history.delivered(again) and not _is_kept(run, again):
            yield _finding(asked, run, request, again)


def _request(run: Run) -> RerunRequest | None:
    """The last rerun of the whole app that a fragment run asked for."""
    asked = [r for r in run.requests if r.allowed and r.scope == "app"]
    return asked[-1] if asked else None


def _open_in(run: Run) -> ContainerWrite | None:
    """The dialog that a fragment run is the content of: the one that holds its block."""
    paths = [write.path for write in run.writes]
    earlier = run.previous
    while earlier is not None:
        for write in reversed(earlier.writes):
            if write.element == "dialog" and write.line is not None:
                inside = any(path[: len(write.path)] == write.path for path in paths)
                return write if inside else None
        if earlier.whole:
            return None
        earlier = earlier.previous
    return None


def _is_kept(run: Run, write: ContainerWrite) -> bool:
    """Whether the flag that opened a dialog is one that something else than its opening resets."""
    step = run.step_of(write)
    guards = conditions_of(run, step)
    held = {
        link.name: link.value
        for guard in guards[:1]
        for link in links(run, guard.origin)
        if link.via == "state"
    }
    program = run.program(step)
    return any(
        each.function != "<module>" and _resets(each.node, held)
        for each in (program.statements.values() if program and held else ())
    )


def _resets(node: ast.AST, held: dict[str, str | None]) -> bool:
    """Whether a statement takes a key away, or gives it something else than it has."""
    if isinstance(node, ast.Delete):
        return any(state_key(target) in held for target in node.targets)
    if isinstance(node, ast.Assign):
        keys = [key for target in node.targets if (key := state_key(target)) in held]
        return any(ast.unparse(node.value) != held[key] for key in keys if key)
    return any(_taken(each) in held for each in own_nodes(node))


def _taken(node: ast.AST) -> str | None:
    """The key that `st.session_state.pop(key)` takes away."""
    is_pop = isinstance(node, ast.Call) and dotted(node.func).endswith("session_state.pop")
    first = node.args[0] if is_pop and node.args else None  # type: ignore[attr-defined]
    return first.value if isinstance(first, ast.Constant) and type(first.value) is str else None


def _same(one: ContainerWrite, other: ContainerWrite) -> bool:
    return (one.file, one.line, one.label) == (other.file, other.line, other.label)


def _finding(asked: Run, run: Run, request: RerunRequest, write: ContainerWrite) -> Finding:
    name, step = write.label or "The dialog", run.step_of(write)
    guards = conditions_of(run, step)
    why, remedy, evidence = "", "", []
    if guards:
        guard = guards[0]
        place = run.place(guard.origin)
        line = place.line if place else None
        why = f", because `{guard.name.removesuffix(':')}` on line {line} still holds"
        evidence.append(
            Evidence(run.n, guard.origin, place and place.file, line, "the condition still holds")
        )
        keys = [link.name for link in links(run, guard.origin) if link.via == "state"]
        if keys:
            remedy = f"Reset `{keys[0]}` before the rerun on line {request.line}, or open"
    remedy = remedy or "Open"
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"Dialog `{name}` opens again after it was closed",
        f"Line {request.line} asked for a rerun, which closes the dialog `{name}`; in the run that "
        f"followed line {write.line} opened it again{why}. Nobody clicked: the person sees a "
        "dialog that does not close.",
        f"{remedy} it straight from the button that asks for it, whose value is true in one run "
        "only.",
        (
            Evidence(asked.n, request.step, request.file, request.line, "a rerun to close it"),
            *evidence,
            Evidence(run.n, step, write.file, write.line, f"`{name}` opened again"),
        ),
    )
