"""Streamlit dropped the value of a widget's key, since a run did not draw the widget.

A fault when the value was another than the widget begins with, and the app met the key again as
absent, or its widget with the value that it begins with. A note when nobody missed it so far.

Silent when the value was the one to begin with, when the key got the same value again, and when the
app keeps the value under another key.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import ContainerWrite, StateOp, StateWrite
from ..finding import Docs, Evidence, Finding, Kind, Level
from ..history import Episode
from ..ledger import Drawn, last_drawn
from ..run import Run
from ..texts import value_words

KIND = Kind(
    "RT105",
    "key-dropped",
    Level.FAULT,
    Docs(
        "Understanding widget behavior",
        "https://docs.streamlit.io/develop/concepts/architecture/widget-behavior",
    ),
)
_PERSIST = (1, 59)


def find(episode: Episode) -> Iterator[Finding]:
    """See the module."""
    for run in episode.runs:
        for write in run.state_writes:
            if write.op is StateOp.CLEANUP:
                dropped = _Dropped.of(run, write)
                if dropped is not None:
                    yield dropped.note()
            elif write.op is StateOp.WIDGET and write.line is not None and write.old is None:
                yield from _missed(run, write.key, write.step, write)
        seen: set[str] = set()
        for read in run.reads:
            if not read.found and read.key not in seen:
                seen.add(read.key)
                yield from _missed(run, read.key, read.step, None)


def _missed(run: Run, key: str, step: int, drawn: StateWrite | None) -> Iterator[Finding]:
    """The key is absent, or has the value that its widget begins with: is that for a clean-up?"""
    last = run.history.last_write(run, key, step)
    if last is None or last.op is not StateOp.CLEANUP or last.run >= run.n:
        return
    made = run.history.runs.get(last.run)
    dropped = _Dropped.of(made, last) if made is not None else None
    if dropped is None or made is None:
        return
    begun = drawn or next((w for w in run.state_writes if w.key == key and w.step >= step), None)
    if begun is not None and begun.new == last.old:
        return
    yield dropped.fault(run, step, drawn)


class _Dropped:
    """A key that lost a value which somebody had given it."""

    def __init__(self, run: Run, write: StateWrite, widget: Drawn) -> None:
        self.run, self.write = run, write
        self.drawing: ContainerWrite = widget.write
        self.name = widget.name
        self.drawn_in = widget.run

    @classmethod
    def of(cls, run: Run, write: StateWrite) -> _Dropped | None:
        life = run.history.writes_of_key(run.record.app_session, write.key)
        if write.old is None or write.old == life[0].new or _copied(run, write):
            return None
        ids = {w.widget_id for w in run.history.widgets.values() if w.key == write.key}
        found = [d for d in (last_drawn(run, each) for each in ids) if d is not None]
        return cls(run, write, max(found, key=lambda d: d.run)) if found else None

    def note(self) -> Finding:
        key, old = self.write.key, value_words(self.write.old)
        return self._finding(
            f"`{key}` lost its value: its widget was not drawn",
            f"Run {self.run.n} did not draw `{self.name}`, so Streamlit dropped `{key}` "
            f"({old}) from session state when the run ended.",
            (),
            Level.NOTE,
        )

    def fault(self, run: Run, step: int, drawn: StateWrite | None) -> Finding:
        key, old = self.write.key, value_words(self.write.old)
        place = run.place(step)
        line = place.line if place else self.drawing.line
        if drawn is not None:
            met = f"run {run.n} drew it again with {value_words(drawn.new)}"
            line = drawn.line
        else:
            met = f"line {line} found no `{key}` in run {run.n}"
        evidence = Evidence(run.n, step, place.file if place else self.drawing.file, line, met)
        return self._finding(
            f"`{key}` lost its value: its widget was not drawn",
            f"Run {self.run.n} did not draw `{self.name}`, so Streamlit dropped `{key}` "
            f"({old}) from session state; {met}.",
            (evidence,),
            Level.FAULT,
        )

    def _finding(self, title: str, text: str, met: tuple[Evidence, ...], level: Level) -> Finding:
        key, drawing, run = self.write.key, self.drawing, self.run
        return Finding(
            KIND,
            (met[0].run if met else run.n),
            drawing.file,
            drawing.line,
            title,
            text,
            _remedy(run, key, self.name),
            (
                Evidence(
                    self.drawn_in,
                    drawing.step,
                    drawing.file,
                    drawing.line,
                    "drawn for the last time",
                ),
                Evidence(run.n, self.write.step, None, None, f"`{key}` was dropped"),
                *met,
            ),
            level=level,
            same=key,
        )


def _copied(run: Run, dropped: StateWrite) -> bool:
    """Whether the app keeps the value under another key, stored since the widget got it."""
    life = run.history.writes_of_key(run.record.app_session, dropped.key)
    given = next((w.run for w in reversed(life) if w.new == dropped.old and w.run <= run.n), run.n)
    return any(
        write.op is StateOp.SET and write.key != dropped.key and write.new == dropped.old
        for each in run.history.runs_of(run.record.app_session)
        if given <= each.n <= run.n
        for write in each.state_writes
    )


def _remedy(run: Run, key: str, name: str) -> str:
    copy = (
        f"Keep a copy under a key that is no widget's "
        f"(`st.session_state.saved_{key} = st.session_state.{key}` in `on_change=`) and draw "
        f"`{name}` from it."
    )
    if run.history.version >= _PERSIST:
        return f'Pass `persist_state="session"` to `{name}`. Or {copy[0].lower()}{copy[1:]}'
    return copy
