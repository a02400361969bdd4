"""Whether the variants of a comparison end with the same page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..words.names import meant
from .page import PageNode, page_after
from .recording import RecordingFacts


@dataclass(frozen=True, slots=True)
class PageDifference:
    """One place in page order at which the variants show different things; None: nothing."""

    position: int  # 1-based
    shown: tuple[str | None, ...]  # one a compared variant, such as `heading Foo`


@dataclass(frozen=True, slots=True)
class FinalPages:
    """The final pages of the variants that have one (`compared`), set against each other.

    `same_elements`: the same elements in the same order. `differing_text` are the kinds of element
    whose texts differ even so, the widgets that the interactions used left out;
    `named_differently`: only by the names of those widgets.
    """

    compared: tuple[str, ...]
    same_elements: bool
    differing_text: tuple[str, ...]
    named_differently: bool
    differences: tuple[PageDifference, ...]
    summary: str


def final_page(recording: RecordingFacts) -> list[PageNode]:
    """What the first app session's browser showed at the end."""
    return page_after(m for m in recording.messages if m.app_session == 1).visible()


def compare_pages(recordings: Mapping[str, RecordingFacts]) -> FinalPages:
    """Compares the final pages of the named variants."""
    names = tuple(recordings)
    pages = [final_page(recording) for recording in recordings.values()]
    shapes = [[(node.element, node.kind) for node in page] for page in pages]
    same = all(shape == shapes[0] for shape in shapes)
    differences = tuple(_differences(pages))
    used = [_used_widgets(recording) for recording in recordings.values()]
    kinds: tuple[str, ...] = ()
    if same and pages:
        places = [
            item.position - 1
            for item in differences
            if not _is_the_used_widget([page[item.position - 1] for page in pages], used)
        ]
        kinds = tuple(dict.fromkeys(pages[0][place].element for place in places))
    neutral = [
        [(node.element, _neutral(node.label, recording)) for node in page]
        for page, recording in zip(pages, recordings.values(), strict=True)
    ]
    renamed = same and bool(kinds) and all(page == neutral[0] for page in neutral)
    summary = _summary(names, same, kinds, len(differences))
    return FinalPages(names, same, kinds, renamed, differences, summary)


def _used_widgets(recording: RecordingFacts) -> dict[tuple[str, str], set[int]]:
    """Element and label of each widget that was used, with the interactions that used it."""
    used: dict[tuple[str, str], set[int]] = {}
    for item in recording.interactions:
        for change in item.changes:
            used.setdefault((change.element, change.label), set()).add(item.n)
    return used


def _is_the_used_widget(
    nodes: Sequence[PageNode], used: Sequence[Mapping[tuple[str, str], set[int]]]
) -> bool:
    """Whether `nodes` are, in each variant, the widget of the same interaction.

    A scenario names it for each variant: that its labels differ is no difference of the pages.
    """
    of_each = [
        interactions.get((node.element, node.label), set())
        for node, interactions in zip(nodes, used, strict=True)
    ]
    return bool(set.intersection(*of_each))


def _neutral(label: str, recording: RecordingFacts) -> str:
    """A label that is the name of a widget that the scenario used says which step it was."""
    for item in recording.interactions:
        change = meant(item)
        if label and change is not None and change.label == label:
            return f"<the widget of interaction {item.n}>"
    return label


def _differences(pages: Sequence[Sequence[PageNode]]) -> Iterable[PageDifference]:
    for place in range(max((len(page) for page in pages), default=0)):
        shown = tuple(_text(page[place]) if place < len(page) else None for page in pages)
        if len(set(shown)) > 1:
            yield PageDifference(place + 1, shown)


def _text(node: PageNode) -> str:
    return f"{node.element} {node.label}".strip()


def _summary(names: Sequence[str], same: bool, kinds: Sequence[str], count: int) -> str:
    if len(names) < 2:
        return "fewer than two final pages to compare"
    if not same:
        places = "1 place" if count == 1 else f"{count} places"
        return f"final pages differ in {places}"
    if kinds:
        return f"final pages equal but for the text of: {', '.join(kinds)}"
    return "final pages equal"
