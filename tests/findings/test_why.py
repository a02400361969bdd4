"""Why and why not: whole chains, from questions about the samples and two apps of `why_apps`.

The chains stand in `why_chains.txt`: a question as `app | why or why-not | what | run or -`, then
each link with its place and run.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from commands import say
from explaining import facts_of_recorded
from support import OWN_ENGINE, SAMPLES, record

from rerun_trace.tracer.explain.history import History
from rerun_trace.tracer.explain.why.answer import why
from rerun_trace.tracer.explain.why.asking import UnknownSubject, question_of
from rerun_trace.tracer.explain.why.chain import Chain
from rerun_trace.tracer.explain.why.why_not import why_not

pytestmark = pytest.mark.ends

HERE = Path(__file__).resolve().parent
SCENARIOS: dict[str, list[dict[str, Any]]] = {
    "shop": [
        {"set": "Pieces", "value": 3},
        {"click": "Add"},
        {"set": "Save", "value": True},
    ],
    "order": [
        {"click": "Next"},
        {"set": "name", "value": "Bob"},
        {"click": "Approve"},
        {"set": "Points", "value": 7},
        {"set": "Dish", "value": "Stew"},
        {"submit": "Order"},
    ],
    "callback": [{"click": "Bar"}],
    "rerun": [{"click": "Foo"}],
    "container": [{"click": "Baz"}],
    "fragment": [{"click": "Roll"}],
    "cached": [{"click": "Run again"}],
    "helper_app": [{"set": "Discount", "value": 20}],
}
Questions = dict[tuple[str, str, str, str], list[str]]


def written() -> Questions:
    """The questions with their chains, as they are written down."""
    found: Questions = {}
    links: list[str] = []
    for line in (HERE / "why_chains.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            links.append(line.strip())
        elif line:
            app, ask, what, run = line.split(" | ")
            links = found.setdefault((app, ask, what, run), [])
    return found


CHAINS = written()


class Recordings:
    """Each app is recorded once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.of = functools.cache(self._record)

    def db(self, app: str) -> Path:
        return self._folder / f"{app}.sqlite"

    def _record(self, app: str) -> History:
        own = HERE / "why_apps" / f"{app}.py"
        file = own if own.exists() else SAMPLES / f"{app}.py"
        recorded = record(file, SCENARIOS[app], self.db(app), engine=OWN_ENGINE[0])
        facts = facts_of_recorded(recorded)
        history = History(facts.info)
        assert list(history.extend(facts))
        return history


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    return Recordings(tmp_path_factory.mktemp("why"))


def answered(history: History, ask: str, what: str, run: str = "-") -> Chain:
    question = question_of(history, what, None if run == "-" else int(run))
    return (why if ask == "why" else why_not)(history, question)


def lines_of(chain: Chain) -> list[str]:
    lines = [f"{link.place or 'run'} ({link.run}): {link.text}" for link in chain.links]
    # What a chart's data is called inside of it is the version's own.
    return [re.sub(r"(\d rows: )[^`]*: `", r"\1…: `", line) for line in lines]


@pytest.mark.parametrize("question", CHAINS, ids=" ".join)
def test_the_whole_chain(recordings: Recordings, question: tuple[str, str, str, str]) -> None:
    app, ask, what, run = question
    chain = answered(recordings.of(app), ask, what, run)
    assert lines_of(chain) == CHAINS[question]
    assert chain.links[-1].end
    assert 1 <= len(chain.first) <= 5


def test_the_argument_of_a_callback_is_that_of_the_run_that_drew_it(
    recordings: Recordings,
) -> None:
    chain = answered(recordings.of("order"), "why", "approved")
    texts = [link.text for link in chain.more]
    assert texts[0] == (
        "`name` was 'Bob' in `approve`: `args` or `kwargs` held that when the widget was drawn in "
        "run 4."
    )


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("To pax", "near it are `To pay`"),
        ("shop.py:2000", "is no statement; near it are 39 and 38"),
        ("other.py:3", "other.py is no file of the recording: shop.py"),
        ("77", "there is no run 77: the runs are 1 to 4"),
        ("#9999", "message 9999 wrote no element"),
    ],
)
def test_an_unknown_subject_is_told_with_what_comes_near(
    recordings: Recordings, what: str, message: str
) -> None:
    with pytest.raises(UnknownSubject, match=message.replace("?", ".")):
        question_of(recordings.of("shop"), what)


def test_the_commands(recordings: Recordings) -> None:
    recordings.of("shop")
    db = recordings.db("shop")
    said = say(db, "why", "1", "To pay")
    assert said.code == 0, said.err
    title, first, *_ = said.out.splitlines()
    assert title == "Why does the page show the metric `To pay`?"
    assert first.strip().startswith("The metric `To pay` shows 6: ")
    assert first.endswith("(shop.py:27, run 4)")
    said = say(db, "why-not", "1", "shop.py:37", "--run", "3", "--json")
    document = json.loads(said.out)
    assert (document["links"][0]["file"], document["links"][0]["line"]) == ("shop.py", 36)
    assert document["links"][-1]["end"]
    said = say(db, "why", "1", "To pax")
    assert (said.code, said.out) == (2, "")
    (error,) = said.errors
    assert error.startswith(
        "rerun-trace: recording 1: nothing is called 'To pax'; near it are `To pay`"
    )
