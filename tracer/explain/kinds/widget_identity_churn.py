"""One call drew a widget of another identity than in the run before, and the user's value was lost.

Holds when a call (its statement, its turn in a loop) drew one widget in a run and another in the
next, the first was not drawn any more, the user had given it a value, and the new one has another
value although that one would still be possible. A hint, not a fault, when only the default followed
another widget or the label names what the user chose: the widget may be meant to begin anew.

Silent when the value is the same, when the key or the form was changed, when the new options or
limits do not have room for the value, and when the new widget stood elsewhere before.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ...model import DrawnWidget
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, differences, drawn, given, parameter
from ..run import Run
from ..texts import listed, value_words

KIND = Kind(
    "RT202",
    "widget-identity-churn",
    Level.FAULT,
    Docs(
        "Understanding widget behavior",
        "https://docs.streamlit.io/develop/concepts/architecture/widget-behavior",
    ),
)
_TRIGGERS = ("button", "form_submit_button", "download_button", "chat_input", "link_button")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        before = run.previous
        if before is None or not run.whole or not before.whole or not before.known:
            continue
        if run.record.script != before.record.script or not (run.writes and before.writes):
            continue
        ids = [{w.widget for w in r.writes if w.widget} for r in (before, run)]
        if ids[0] <= ids[1]:  # everything that was drawn still is: nothing can be lost
            continue
        yield from _of_runs(episode, before, run)


def _of_runs(episode: Episode, before: Run, run: Run) -> Iterator[Finding]:
    were, are = drawn(before), drawn(run)
    old_ids = {each.widget.widget_id for each in were.values()}
    new_ids = {each.widget.widget_id for each in are.values()}
    for call, new in are.items():
        old = were.get(call)
        if old is None or old.widget.widget_id in new_ids or new.widget.widget_id in old_ids:
            continue
        if call.element in _TRIGGERS or old.widget.key != new.widget.key:
            continue
        if old.widget.form != new.widget.form:
            continue
        change = given(run.history, run, old.widget.widget_id)
        if change is None:
            continue
        in_episode = episode.interaction is not None and change in episode.interaction.changes
        kept = repr(change.new) if in_episode else old.write.value
        if kept is None or _same(kept, new.write.value) or not _possible(new.widget, kept):
            continue
        changed = [each for each in differences(old.widget, new.widget) if each[1] != each[2]]
        if changed:
            yield _finding(episode, before, run, old, new, kept, changed, in_episode)


def _same(one: str, other: str | None) -> bool:
    return one == other or (other is not None and _read(one) == _read(other))


def _read(text: str | None) -> Any:
    try:
        value = ast.literal_eval(text or "")
    except (SyntaxError, ValueError, MemoryError):
        return text
    return list(value) if isinstance(value, tuple) else value


def _possible(widget: DrawnWidget, kept: str) -> bool:
    """Whether a widget could have had a value: its options hold it, its limits have room for it."""
    made, value = dict(widget.made_of), _read(kept)
    values = value if isinstance(value, list) else [value]
    if "options" in made:
        options = made["options"]
        return all(str(each) in options for each in values)
    numbers = [each for each in values if isinstance(each, int | float)]
    low, high = _read(made.get("min")), _read(made.get("max"))
    if isinstance(low, int | float) and any(each < low for each in numbers):
        return False
    return not (isinstance(high, int | float) and any(each > high for each in numbers))


def _finding(
    episode: Episode,
    before: Run,
    run: Run,
    old: Drawn,
    new: Drawn,
    kept: str,
    changed: list[tuple[str, Any, Any]],
    in_episode: bool,
) -> Finding:
    write, was = new.write, old.write
    names = [name for name, _, _ in changed]
    called = [parameter(new.call.element, name) for name in names]
    what = listed(
        [
            f"`{n}` ({_value(a)} to {_value(b)})"
            for n, (_, a, b) in zip(called, changed, strict=True)
        ]
    )
    has_key = bool(new.widget.key)
    chosen = [str(c.new) for c in episode.interaction.changes] if episode.interaction else []
    labelled = names == ["label"] and any(text in new.widget.label for text in chosen if text)
    is_meant = not in_episode and (labelled or names == ["default"] or names == ["value"])
    return Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{old.name}` lost {value_words(kept)}: it became another widget",
        f"The user had set `{old.name}` to {value_words(kept)}. In run {run.n} line {write.line} "
        f"drew it with {'another' if len(names) == 1 else 'other'} {what}, which Streamlit takes "
        f"for a new widget{'' if has_key else ', as it has no key'}: it begins with "
        f"{value_words(write.value)}, and what was set is lost.",
        _remedy(run.history.version, new, names, called),
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
                f"drew `{new.name}` as {value_words(write.value)}, with another {listed(called)}",
            ),
        ),
        level=Level.HINT if is_meant else None,
        same=new.widget.key or ",".join(names),
    )


def _value(text: Any) -> str:
    """A parameter's value; numbers come as floats in messages, whatever they were."""
    words = value_words(text)
    return words.removesuffix(".0") if words[:1].isdigit() or words[:1] == "-" else words


def _remedy(version: tuple[int, int], new: Drawn, names: list[str], called: list[str]) -> str:
    words = listed([f"`{name}`" for name in called])
    if new.widget.key or version < (1, 50) or set(names) & {"min", "max", "step", "options"}:
        return (
            f"Keep {words} the same from run to run. Where it has to change, keep the value in a "
            "key of `st.session_state` of its own (written in `on_change=`), and draw the widget "
            "from that key."
        )
    return (
        f"Give it a `key=`: with one, Streamlit {version[0]}.{version[1]} keeps most widgets' "
        f"values when {words} {'changes' if len(names) == 1 else 'change'}. Or keep {words} the "
        "same, and show what changes in a text beside it."
    )
