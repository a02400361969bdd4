"""A call passed another default, and the widget kept its value because it is known by its key.

Holds when a widget with a key was drawn by the same call in two runs with the same identity and
another `value`, `index` or `default`, and its value is not the new default: the parameter counts
only when the widget is drawn for the first time.

Silent when the user had set the widget himself (his value is to stay), when the new default is what
it has anyway, when the default is the value that it had (it is fed back), and when another
parameter changed as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...model import DrawnWidget
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, differences, drawn, given
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT204",
    "value-ignored-with-key",
    Level.HINT,
    Docs(
        "Understanding widget behavior",
        "https://docs.streamlit.io/develop/concepts/architecture/widget-behavior",
    ),
)
_DEFAULTS = ("default", "value", "index")


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        before = run.previous
        if before is None or not before.known:
            continue
        old_numbers = {write.widget for write in before.writes if write.widget}
        new = [w.widget for w in run.writes if w.widget and w.widget not in old_numbers]
        if not any(run.history.widgets[n].key for n in new if n in run.history.widgets):
            continue
        were = drawn(before)
        for call, now in drawn(run).items():
            old = were.get(call)
            if old is not None and now.widget.key and now.widget.n in new:
                yield from _of_call(run, before, old, now)


def _of_call(run: Run, before: Run, old: Drawn, now: Drawn) -> Iterator[Finding]:
    if old.widget.widget_id != now.widget.widget_id or old.write.value != now.write.value:
        return
    changed = differences(old.widget, now.widget)
    if len(changed) != 1 or changed[0][0] not in _DEFAULTS:
        return
    was, default = (_default(each, changed[0][0]) for each in (old.widget, now.widget))
    value = now.write.value
    if (
        value is None
        or default is None
        or _plain(default) in value
        or _plain(default) == _plain(was)
    ):
        return
    if given(run.history, run, now.widget.widget_id) is not None:
        return
    write, key, start = now.write, now.widget.key, value_words(_plain(default))
    yield Finding(
        KIND,
        run.n,
        write.file,
        write.line,
        f"`{now.name}` ignores its new default",
        f"Line {write.line} drew `{now.name}` with the default {start} instead of "
        f"{value_words(_plain(was))}, and it still has {value_words(value)}. A widget with a key "
        f"is the same one as long as its key is `{key}`, and its default counts only when it is "
        "drawn for the first time.",
        f'Set `st.session_state["{key}"]` before the widget is drawn (where the default changes, '
        "or in a callback), or give it another key when it is to begin anew.",
        (
            Evidence(
                before.n,
                before.step_of(old.write),
                old.write.file,
                old.write.line,
                f"drawn with the default {value_words(_plain(was))}",
            ),
            Evidence(
                run.n,
                run.step_of(write),
                write.file,
                write.line,
                f"drawn with the default {start}: it has {value_words(value)}",
            ),
        ),
        same=key,
    )


def _default(widget: DrawnWidget, name: str) -> str | None:
    """What a widget is to begin with: of the place of an option the option itself."""
    made = dict(widget.made_of)
    text = made.get(name)
    if text is None or "options" not in made:
        return text
    try:
        return repr(ast.literal_eval(made["options"])[int(text)])
    except (SyntaxError, ValueError, IndexError, TypeError):
        return None  # cut off, or several


def _plain(text: object) -> str:
    """A number as its value says it: `3` for `3.0`; `3` of `[3.0]` for the default of a slider."""
    plain = str(text).strip("[]")
    return plain.removesuffix(".0")
