"""Something in a form depends on a widget of the same form: it can follow only with the submit.

Holds when an element or another widget that was drawn in a form used the value of a widget of that
form (or hung on it) in the same run.

Silent for what the submit button itself brings: feedback that is drawn because it was pressed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import ContainerWrite
from ..dependence import sources_of
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, drawn
from ..run import Run

KIND = Kind(
    "RT208",
    "form-defers-change",
    Level.NOTE,
    Docs("Using forms", "https://docs.streamlit.io/develop/concepts/architecture/forms"),
)
_SUBMITS = ("form_submit_button", "button")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        in_forms = {w.widget for w in run.writes if w.widget and _form(run, w)}
        if not in_forms or (run.previous is not None and _drew_same(run.previous, in_forms)):
            continue
        widgets = [each for each in drawn(run).values() if each.widget.form]
        blocks = {each.write.path[:-1]: each.widget.form for each in widgets}
        submits = {run.step_of(d.write) for d in widgets if d.call.element in _SUBMITS}
        made = {run.step_of(d.write): d for d in widgets if d.call.element not in _SUBMITS}
        for write in run.writes:
            form = next((f for path, f in blocks.items() if write.path[: len(path)] == path), None)
            step = run.step_of(write)
            if form is None or not write.line or step in submits:
                continue
            steps = sources_of(run, step, conditions=True).steps - {step}
            used = [made[at] for at in sorted(steps & set(made)) if made[at].widget.form == form]
            if used and not steps & submits:
                yield _finding(run, write, step, used[-1])


def _form(run: Run, write: ContainerWrite) -> str | None:
    widget = run.history.widget(write)
    return widget.form if widget else None


def _drew_same(run: Run, numbers: set[int]) -> bool:
    return numbers <= {write.widget for write in run.writes}


def _finding(run: Run, write: ContainerWrite, step: int, used: Drawn) -> Finding:
    name = write.label or write.element.replace("_", " ")
    source = used.write
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{name}` follows `{used.name}` only with the submit",
        f"`{name}` (line {write.line}) depends on `{used.name}` (line {source.line}), and both "
        "stand in the same form. A form sends nothing until it is submitted, so the user changes "
        f"`{used.name}` and `{name}` stays as it is.",
        f"Draw `{used.name}` outside of the form, above it: then each change of it runs the "
        f"script, and `{name}` follows at once.",
        (
            Evidence(run.n, run.step_of(source), source.file, source.line, f"drew `{used.name}`"),
            Evidence(run.n, step, write.file, write.line, f"drew `{name}` with its value"),
        ),
        same=used.name,
    )
