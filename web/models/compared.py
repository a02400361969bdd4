"""What the page of a comparison asks for: the forms of its answers.

Variants stand in the order of the comparison, in every list that has one entry a variant.
"""

from __future__ import annotations

from typing import Annotated, Literal

from rerun_trace.tracer.analysis.beats import BeatKind
from rerun_trace.tracer.documents.form import Form, about
from rerun_trace.tracer.model import Outcome


class Cell(Form):
    """One value of a row of figures."""

    text: str
    spread: str
    best: bool


class Row(Form):
    """One figure of all variants."""

    label: str
    cells: list[Cell]


class Variant(Form):
    """One variant. `recording` is the one that is shown."""

    name: str
    verdict: str
    failed: bool
    note: str | None
    recording: Annotated[int | None, about("null: there is none to show")]


class FinalPages(Form):
    """Whether all end with the same page."""

    text: str
    equal: bool
    differences: list[str]


class Compared(Form):
    """A comparison, without what belongs to an interaction."""

    title: str
    variants: list[Variant]
    interactions: Annotated[list[str], about("what each one was, in order")]
    key: Annotated[int, about("the one in which the variants differ most")]
    repeats: str
    pages: FinalPages
    total: list[Row]


class Beat(Form):
    """One telling event of a variant, in a sentence, with its moment."""

    kind: BeatKind
    text: str
    run: Annotated[int | None, about("null: nothing ran")]
    step: int
    file_no: Annotated[int | None, about("where it happened; null: no statement did it")]
    line: int | None
    lost: Annotated[bool, about("the browser never got it")]
    starts: Annotated[int | None, about("the run that starts with it")]
    message: Annotated[int | None, about("the page message of an element")]


class BeatStep(Form):
    """One step of all variants: beats that are alike."""

    name: Annotated[str, about("such as `the click`, `heading drawn`")]
    beats: Annotated[list[Beat | None], about("null: the variant waits")]


class RunBlock(Form):
    """A run, as a block. The others of a long chain are in `more` of its side."""

    n: int
    outcome: Outcome
    callbacks: list[str]
    text: str


class Mark(Form):
    """What became of a statement in an interaction, by its first line."""

    line: int
    kind: Literal["ran", "again", "callback", "halting", "not-run", "unknown"]
    count: str
    note: str


class MarkedFile(Form):
    """The statements of one file, ascending."""

    file_no: int
    file: str
    marks: list[Mark]


class Bar(Form):
    """A run in the strip: its box, its callbacks' boxes within, its label, its trigger's arrow."""

    run: int
    outcome: Outcome
    x: float
    width: float
    y: float
    label: str
    label_x: float
    arrow: Annotated[str, about("an SVG path")]
    callbacks: Annotated[list[tuple[float, float]], about("x and width")]


class Strip(Form):
    """The runs on a time scale that all variants share."""

    title: str
    bars: list[Bar]
    width: float
    height: float
    words: Annotated[str, about("the same without a picture")]
    more: str | None
    end: Annotated[str, about("the time at the scale's right end")]


class Written(Form):
    """One element: `number` in the order of writing, its place there and in reading order."""

    number: int
    y: float
    text: str
    text_y: float
    line: Annotated[str, about("an SVG path from the number to the text")]
    crosses: bool


class RunOrder(Form):
    """The elements of one run. `lost`: the browser does not show them any more."""

    run: int
    heading: str
    lost: bool
    items: list[Written]
    height: float
    words: str
    more: str | None


class Side(Form):
    """A variant in one interaction."""

    runs: list[RunBlock]
    more: Annotated[str | None, about("how many runs are left out, in words")]
    first: Annotated[int | None, about("number of the first run; null: nothing ran")]
    last: int | None
    files: list[MarkedFile]
    strip: Strip
    orders: list[RunOrder]


class ComparedInteraction(Form):
    """One interaction of all variants."""

    n: int
    title: str
    steps: list[BeatStep]
    sides: Annotated[list[Side | None], about("null: the variant has no such interaction")]
    figures: list[Row]
