"""The static summary: what it says, that it is small, and that nothing in it runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_web_compare import compare
from test_web_markdown import HOSTILE, hostile
from ui.handmade import everything, many_runs, three_runs

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import ComparedVariant
from rerun_trace.web.models.telling import sentences, tell
from rerun_trace.web.report.summary import static_comparison, static_page, static_summary

pytestmark = pytest.mark.first_row


class _Texts(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_it_says_what_the_studio_says(store: TraceStore) -> None:
    id = three_runs(store)
    store.add_note(id, 2, 0, "Here it is late")
    page = _Texts(static_summary(store, id))
    assert "2 interactions → 3 script runs: 2 completed, 1 halted by a rerun" in page.text
    for records in tell(store, id, 9).full.values():
        assert " ".join(sentences(records)) in page.text
    assert "run 1, 3: branch not taken; run 2: st.rerun() ended the run here" in page.text
    assert "Note at run 2, before its first step: Here it is late" in page.text
    assert "The page at the end of run 3" in page.text
    assert "valuevaluewritten" not in page.text
    assert "value'Foo'run 2, line 9" in page.text


def test_it_is_small_and_stays_so(store: TraceStore) -> None:
    style = len(static_summary(store, three_runs(store))) - len(
        re.sub("<style>.*?</style>", "", static_summary(store, 1), flags=re.S)
    )
    assert len(static_summary(store, 1)) < 8_000
    many = static_summary(store, many_runs(store, 150))
    assert len(many) - style < 25_000
    assert many.count("<rect") == 5, "two clicks of 150 that are alike"
    # Every interaction is in it: in full, or a row of the table.
    titles = set(re.findall(r"\b(\d+):? click Foo", many))
    assert titles == {str(n) for n in range(1, 151)}


def test_nothing_of_the_app_s_is_markup(store: TraceStore) -> None:
    id = hostile(store)
    page = _Texts(static_page(HOSTILE, static_summary(store, id, title=HOSTILE, note=HOSTILE)))
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "a", "iframe", "link"})
    names = {name for _, attributes in page.tags for name in attributes}
    assert not [name for name in names if name.startswith("on")]
    assert not names & {"src", "href", "style"}
    assert page.text.count("<img src=x onerror=alert(1)>") > 5


def test_long_names_and_other_records_do_no_harm(store: TraceStore) -> None:
    page = _Texts(static_summary(store, everything(store)))
    assert "ValueError: <b>no</b>" in page.text
    assert "Left out: values longer than 200 characters were shortened" in page.text
    window = _Texts(static_summary(store, 1, runs=(4, 4)))
    assert "1 interaction → 1 script run: 1 error" in window.text


def test_a_comparison_has_its_figures_and_its_variants(store: TraceStore) -> None:
    failed = ComparedVariant("c.py", (), "it broke")
    pair = [ComparedVariant(n, (three_runs(store),)) for n in ("a.py", "b.py")]
    number = compare(store, *pair, failed)
    page = _Texts(static_comparison(store, number))
    assert "All interactions" in page.text
    for variant in store.comparison(number).variants:
        assert variant.name in page.text


@pytest.mark.parametrize("most", [1, 2, 5])
def test_what_is_told_in_full_fits(store: TraceStore, most: int) -> None:
    told = tell(store, many_runs(store, 6), most)
    assert len(told.full) <= most


def test_its_style_is_a_file_of_ours(store: TraceStore) -> None:
    style = Path(__file__).parent.parent / "web" / "static" / "paper.css"
    assert style.read_text(encoding="utf-8") in static_summary(store, three_runs(store))
