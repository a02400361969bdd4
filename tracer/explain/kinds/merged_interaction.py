"""An interaction got no run of its own.

A fault when the fragment of the widget that was used was not there any more as its run began: the
click is lost. A note when Streamlit merged it into the run of a newer interaction: its value came
along, but what would have been shown in between was not.

Silent for ticks of timers, and when the interaction was taken alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from ...model import Interaction, InteractionKind
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, last_drawn
from ..run import Run

KIND = Kind(
    "RT306",
    "merged-interaction",
    Level.FAULT,
    Docs(
        "Working with fragments",
        "https://docs.streamlit.io/develop/concepts/architecture/fragments",
    ),
)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for number in run.record.took if run.record.fragments_gone else ():
            interaction = episode.history.interactions.get(number)
            if _by_person(interaction) and interaction.fragment in run.record.fragments_gone:
                yield from _gone(run, interaction)
        for number in run.record.took[:-1]:
            interaction = episode.history.interactions.get(number)
            if _by_person(interaction) and interaction.fragment is None:
                yield from _merged(run, interaction)


def _by_person(interaction: Interaction | None) -> TypeGuard[Interaction]:
    return interaction is not None and interaction.kind is InteractionKind.WIDGET


def _widget(run: Run, interaction: Interaction) -> Drawn | None:
    for change in interaction.changes:
        found = last_drawn(run, change.widget_id)
        if found is not None:
            return found
    return None


def _gone(run: Run, interaction: Interaction) -> Iterator[Finding]:
    drawn = _widget(run, interaction)
    if drawn is None:
        return
    before = run.previous
    what = "click" if drawn.call.element == "button" else "input"
    evidence = [
        Evidence(drawn.run, drawn.write.step, drawn.write.file, drawn.write.line, "drawn last")
    ]
    if before is not None:
        evidence.append(Evidence(before.n, 0, None, None, "did not draw the fragment"))
    evidence.append(Evidence(run.n, 0, None, None, "found the fragment gone"))
    yield Finding(
        KIND,
        run.n,
        drawn.write.file,
        drawn.write.line,
        f"`{drawn.name}` was used, but its fragment was gone",
        f"`{drawn.name}` is in a fragment that run {drawn.run} drew last. When it was used, a "
        "run was on its way that did not draw the fragment, so nothing of it ran: the "
        f"{what} is lost, and nothing on the page says so.",
        f"Draw the fragment of `{drawn.name}` in every run, and decide inside of it what it shows; "
        "or keep the run that takes it away short, so that nobody can use it meanwhile.",
        tuple(evidence),
        same=drawn.widget.label,
    )


def _merged(run: Run, interaction: Interaction) -> Iterator[Finding]:
    drawn = _widget(run, interaction)
    if drawn is None:
        return
    yield Finding(
        KIND,
        run.n,
        drawn.write.file,
        drawn.write.line,
        f"`{drawn.name}` got no run of its own",
        f"`{drawn.name}` was used while a run was busy, and Streamlit merged it into run {run.n}, "
        "which a newer interaction caused. Its value came along; no run showed it alone.",
        "Make runs shorter (cache slow work, or put it into a fragment), or put widgets that "
        "belong together into a form, which sends them together.",
        (
            Evidence(drawn.run, drawn.write.step, drawn.write.file, drawn.write.line, "drawn last"),
            Evidence(run.n, 0, None, None, "took both interactions"),
        ),
        level=Level.NOTE,
        same=drawn.widget.label,
    )
