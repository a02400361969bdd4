"""Two calls drew widgets that Streamlit took for one another.

Holds when two calls without a key drew the same identity: in one run, which Streamlit refuses, or
in runs that follow one another, where what the user gave the one turned up in the other, though the
script gives them different names.

Silent when both have the same key (then it was meant), when both give their value to the same name
(one widget that is drawn in two ways), and when the user has not set it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import RunError
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, drawn, given
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT203",
    "widget-identity-shared",
    Level.FAULT,
    Docs(
        "Understanding widget behavior",
        "https://docs.streamlit.io/develop/concepts/architecture/widget-behavior",
    ),
)
_REFUSED = ("DuplicateElementId", "DuplicateElementKey", "DuplicateWidgetID")
_TRIGGERS = ("button", "form_submit_button", "download_button", "chat_input")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for error in run.errors:
            if error.type.rpartition(".")[2].endswith(_REFUSED):
                yield _refused(run, error)
        before = run.previous
        if before is not None and run.whole and before.whole and before.known:
            yield from _carried(before, run)


def _carried(before: Run, run: Run) -> Iterator[Finding]:
    places = [{(w.file, w.line) for w in r.writes if w.widget} for r in (before, run)]
    if not places[1] - places[0]:
        return
    were = {each.widget.widget_id: each for each in drawn(before).values()}
    for now in drawn(run).values():
        old = were.get(now.widget.widget_id)
        if old is None or now.widget.key or now.call.element in _TRIGGERS:
            continue
        if old.call[:2] == now.call[:2] or (now.write.file, now.write.line) in places[0]:
            continue
        change = given(run.history, run, now.widget.widget_id)
        if change is None or now.write.value != old.write.value:
            continue
        names = [_names(r, each) for r, each in ((before, old), (run, now))]
        if names[0] and names[1] and not names[0] & names[1]:
            yield _finding(before, run, old, now, names)


def _names(run: Run, each: Drawn) -> frozenset[str]:
    """The names that a call gives its widget's value to."""
    statement = run.statement(run.step_of(each.write))
    return statement.binds if statement else frozenset()


def _finding(before: Run, run: Run, old: Drawn, now: Drawn, names: list[frozenset[str]]) -> Finding:
    one, other = min(names[0]), min(names[1])
    write, was = now.write, old.write
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{now.name}` has the value of another widget",
        f"Line {write.line} drew `{now.name}` for `{other}`, and it has {value_words(write.value)}"
        f": what the user gave to `{old.name}` of line {was.line}, which is `{one}`. Both calls "
        "have the same parameters and no key, so Streamlit takes them for one widget.",
        f'Give each a key of its own: `key="{one}"` in line {was.line}, `key="{other}"` in line '
        f"{write.line}.",
        (
            Evidence(
                before.n,
                before.step_of(was),
                was.file,
                was.line,
                f"drew `{old.name}` as {value_words(was.value)}",
            ),
            Evidence(
                run.n,
                run.step_of(write),
                write.file,
                write.line,
                f"drew `{now.name}`, and it was {value_words(write.value)}",
            ),
        ),
        also=((was.file, was.line),) if was.file and was.line else (),
        same=now.widget.label,
    )


def _refused(run: Run, error: RunError) -> Finding:
    has_key = "Key" in error.type
    what = "the same key" if has_key else "the same parameters and no key"
    statement = run.history.statement(error.file, error.line, run.n)
    code = next((name for name in reversed(statement.calls)), "") if statement else ""
    name = f"`{code}`" if code else "A widget"
    return Finding(
        KIND,
        run.n,
        error.file,
        error.line,
        f"{name} in line {error.line} is there already",
        f"Line {error.line} drew a second widget with {what} in run {run.n}. Streamlit cannot tell "
        "the two apart, raised, and the rest of the script did not run.",
        f"Give {'each' if has_key else 'it'} a `key=` of its own; in a loop make it of what the "
        'turn is about, such as `key=f"row {n}"`.',
        (Evidence(run.n, error.step, error.file, error.line, error.message.split(". ")[0][:120]),),
        same="refused",
    )
