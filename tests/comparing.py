"""Three small variants made by hand: a rerun, a callback and a container. Times in ns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from rerun_trace.tracer.analysis.recording import RecordingFacts
from rerun_trace.tracer.model import (
    Callback,
    CodeBlock,
    ContainerWrite,
    Interaction,
    InteractionKind,
    LineCount,
    MessageFate,
    Outcome,
    PageMessage,
    RecordingInfo,
    RerunRequest,
    RunKind,
    ScriptRun,
    Source,
    StateOp,
    StateWrite,
    TriggerType,
    WidgetChange,
    WriteKind,
)

INFO = RecordingInfo(
    "app.py", "/apps", datetime(2026, 5, 4, tzinfo=UTC), "3.13", "1.67", "monitoring", "there"
)
DONE = Outcome.COMPLETED
Write = tuple[tuple[int, ...], str, str, int]  # path, element, label, line


def run(n: int, interaction: int, started: int, steps: int, **change: object) -> ScriptRun:
    """A completed run that takes 5 ns."""
    made = ScriptRun(
        n, 1, RunKind.APP, TriggerType.INTERACTION, interaction, interaction, "app.py", started
    )
    whole = replace(made, outcome=DONE, ended_ns=started + 5, body_started_ns=started, steps=steps)
    return replace(whole, **change)  # type: ignore[arg-type]


def lines(number: int, *found: int) -> list[LineCount]:
    return [LineCount(number, "app.py", line, 1) for line in found]


def page(run: ScriptRun, first: int, writes: Iterable[Write], lost: bool = False) -> list[object]:
    """The run's beginning, its writes and its end, as writes and page messages."""
    made: list[object] = []
    highest: tuple[int, ...] = ()
    for n, (path, element, label, line) in enumerate(writes, first):
        kind = WriteKind.BLOCK if element == "container" else WriteKind.ELEMENT
        fate = MessageFate.DISCARDED if lost else MessageFate.DELIVERED
        at = run.started_ns + 4
        sent = None if lost else n
        late = path < highest
        highest = max(highest, path)
        made.append(
            ContainerWrite(run.n, at, 1, n, path, kind, element, label, late, "app.py", line)
        )
        made.append(
            PageMessage(
                n, 1, run.n, at, "delta", f"{n:064x}", 7, path, kind, element, label,
                fate=fate, fate_ns=at + 2, sent_order=sent,
            )
        )  # fmt: skip
    return made


def facts(label: str, text: str, runs: list[ScriptRun], parts: list[object]) -> RecordingFacts:
    """A recording of the first load and one click on the button `label`."""
    executable = tuple(range(1, len(text.splitlines()) + 1))
    return RecordingFacts(
        INFO,
        [
            Interaction(0, 1, 10, InteractionKind.LOAD, {"load": True}),
            Interaction(
                1,
                1,
                98,
                InteractionKind.WIDGET,
                {"click": label},
                (WidgetChange("button", "button", label, None, False, True),),
            ),
        ],
        runs,
        [item for item in parts if isinstance(item, Callback)],
        [item for item in parts if isinstance(item, RerunRequest)],
        [item for item in parts if isinstance(item, StateWrite)],
        [item for item in parts if isinstance(item, ContainerWrite)],
        [],
        [item for item in parts if isinstance(item, LineCount)],
        [item for item in parts if isinstance(item, PageMessage)],
        [Source(1, "app.py", text, "script", (CodeBlock("<module>", 1, executable),))],
    )


def header(label: str, button: str, first: int = 2) -> list[Write]:
    return [((0, 0), "heading", label, first), ((0, 1), "button", button, first + 1)]


def _rerun() -> RecordingFacts:
    halted = {"outcome": Outcome.RERUN, "halted_file": "app.py", "halted_line": 5}
    again = {"trigger_type": TriggerType.RERUN, "trigger": 2}
    runs = [run(1, 0, 12, 3), run(2, 1, 100, 5, **halted), run(3, 1, 110, 3, **again)]
    text = (
        "import streamlit as st\nst.header(value)\n"
        'if st.button("Foo"):\n    value = 1\n    st.rerun()'
    )
    return facts(
        "Foo",
        text,
        runs,
        [
            *lines(1, 1, 2, 3),
            *lines(2, 1, 2, 3, 4, 5),
            *lines(3, 1, 2, 3),
            *page(runs[0], 1, header("Title", "Foo")),
            *page(runs[1], 3, header("Title", "Foo"), lost=True),
            *page(runs[2], 5, header("Foo", "Foo")),
            RerunRequest(2, 105, 5, "app.py", 5, "<module>", "app", True),
        ],
    )


def _callback() -> RecordingFacts:
    runs = [run(1, 0, 12, 4), run(2, 1, 100, 4)]
    text = (
        "import streamlit as st\ndef update_value():\n    value = 1\nst.header(value)\n"
        'st.button("Bar", on_click=update_value)'
    )
    return facts(
        "Bar",
        text,
        runs,
        [
            *lines(1, 1, 2, 4, 5),
            *lines(2, 1, 2, 3, 4),
            *page(runs[0], 1, header("Title", "Bar", 4)),
            *page(runs[1], 3, header("Bar", "Bar", 4)),
            Callback(2, "update_value", "app.py", 2, 100, 102, 1),
            StateWrite(2, 101, 1, "value", StateOp.SET, "'Title'", "'Bar'", "app.py", 3),
        ],
    )


def _container() -> RecordingFacts:
    runs = [run(1, 0, 12, 4), run(2, 1, 100, 5)]
    text = (
        'import streamlit as st\nc = st.container()\nif st.button("Baz"):\n    value = 1\n'
        "c.header(value)"
    )

    def written(label: str) -> list[Write]:
        return [
            ((0, 0), "container", "", 2),
            ((0, 1), "button", "Baz", 3),
            ((0, 0, 0), "heading", label, 5),
        ]

    return facts(
        "Baz",
        text,
        runs,
        [
            *lines(1, 1, 2, 3, 5),
            *lines(2, 1, 2, 3, 4, 5),
            *page(runs[0], 1, written("Title")),
            *page(runs[1], 4, written("Baz")),
        ],
    )


RERUN, CALLBACK, CONTAINER = _rerun(), _callback(), _container()


def scaled(recording: RecordingFacts, factor: int) -> RecordingFacts:
    """The same with runs that take `factor` times as long."""
    runs = [replace(item, ended_ns=item.started_ns + 5 * factor) for item in recording.runs]
    return replace(recording, runs=runs)
