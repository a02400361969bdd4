"""The story and the text for an issue as Markdown: what is in them, and what can do no harm."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from commands import say
from ui.handmade import (
    INFO,
    app_run,
    click,
    counts,
    everything,
    first_load,
    keep,
    many_runs,
    three_runs,
)

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import Outcome, RunError, Source, StateOp, StateWrite
from rerun_trace.web.models import markdown
from rerun_trace.web.models.markdown import issue_markdown, story_markdown
from rerun_trace.web.models.telling import lines_of, sentences, tell

pytestmark = pytest.mark.first_row

HOSTILE = "`<img src=x onerror=alert(1)>` [x](javascript:alert(1)) @team #12 | *b* ```"


def hostile(store: TraceStore) -> int:
    """Markup wherever an app or a person can put some."""
    source = Source(2, "x.py", "```\n# " + HOSTILE + "\n````\n", "imported", ())
    records = [
        *first_load(),
        source,
        click(1, 3000, HOSTILE),
        app_run(2, 1, 3001, 5, outcome=Outcome.ERROR, halted_file="rerun.py", halted_line=9),
        *counts(2, (1, 3, 6, 8, 9)),
        StateWrite(2, 3002 * 10**6, 2, HOSTILE, StateOp.SET, HOSTILE, None, "rerun.py", 9),
        RunError(2, 3003 * 10**6, 2, "ValueError", HOSTILE, "```\n" + HOSTILE, "rerun.py", 9),
    ]
    id = keep(store, replace(INFO, app="rerun.py", limits=()), records)
    store.rename(id, HOSTILE)
    store.add_note(id, 2, 1, "# no heading\n- " + HOSTILE)
    return id


def outside_of_code(text: str) -> str:
    """What a reader of Markdown would read as markup."""
    kept, fence = [], ""
    for line in text.split("\n"):
        opened = re.match("`{3,}", line)
        if fence:
            fence = "" if line == fence else fence
        elif opened:
            fence = opened[0]
        else:
            kept.append(line)
    assert not fence, "a block of code is left open"
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", "\n".join(kept).replace("\\`", ""))


def test_a_story_has_the_studio_s_sentences(store: TraceStore) -> None:
    id = three_runs(store)
    store.add_note(id, 2, 0, "Here it\nis late")
    text = story_markdown(store, id)
    assert "**2 interactions → 3 script runs: 2 completed, 1 halted by a rerun**" in text
    assert "## 1: click Foo → 2 script runs" in text
    for records in tell(store, id, 9).full.values():
        assert " ".join(sentences(records)) in text
    assert "- state `value`: `'Title'` → `'Foo'`, line 9" in text
    assert "> Note at run 2, before its first step: Here it\n> is late" in text
    assert "\n\n\n" not in text


def test_nothing_of_the_app_s_is_markup(store: TraceStore) -> None:
    id = hostile(store)
    for text in (story_markdown(store, id), issue_markdown(store, id, 2)):
        plain = outside_of_code(text)
        assert "<img" not in plain
        assert not re.search(r"(?<!\\)\[", plain)
        assert not re.search(r"[@#]\w", plain)
        assert "\n# no heading" not in text


def test_an_issue_has_the_source_and_the_graph(store: TraceStore) -> None:
    id = three_runs(store)
    text = issue_markdown(store, id, 2)
    assert "10    1× │     st.rerun()   ← st.rerun() ended the run here" in text
    assert '11     – │ st.caption("done")   ← halted by the rerun at line 10' in text
    assert text.count("```mermaid\nflowchart LR") == 1
    assert "flowchart TB" in issue_markdown(store, id, 2, graph="flow")


def test_a_graph_over_its_limit_is_narrowed_and_then_left_out(store: TraceStore) -> None:
    id = three_runs(store)
    whole = issue_markdown(store, id, 2)
    graph = whole.partition("```mermaid\n")[2].partition("\n```")[0]
    narrowed = issue_markdown(store, id, 2, limit=len(graph))
    assert "```mermaid" in narrowed
    assert len(narrowed) <= len(whole)
    left_out = issue_markdown(store, id, 2, limit=100)
    assert "mermaid" not in left_out
    assert "(The graph has more than the 100 characters that are drawn here.)" in left_out


def test_an_issue_keeps_its_limit(store: TraceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "ISSUE_LIMIT", 900)
    text = issue_markdown(store, three_runs(store), 2)
    assert len(text) < 1000
    assert text.endswith("… and more than fits into an issue.\n")
    outside_of_code(text)


def test_of_many_runs_some_are_told_in_full_and_all_are_named(store: TraceStore) -> None:
    id = many_runs(store, 120)
    text = story_markdown(store, id)
    assert text.count("**↻ Run") == 49, "and the first load"
    named = {int(n) for n in re.findall(r"\b[Rr]un (\d+)(?:\*\*|:)", text)}
    assert named == set(range(1, 242))
    window = story_markdown(store, id, runs=(2, 3))
    assert "**1 interaction → 2 script runs" in window


def test_what_tells_most_comes_first(store: TraceStore) -> None:
    id = everything(store)
    assert list(tell(store, id, 1).full) == [4], "an error"
    store.add_note(id, 3, 0, "look")
    assert list(tell(store, id, 2).full) == [3, 4]
    assert list(tell(store, id, 3).full) == [2, 3, 4]


def test_lines_are_named_in_short() -> None:
    assert lines_of([7, 1, 2, 3, 9, 10]) == "1-3, 7, 9-10"


def test_the_command_writes_it(store: TraceStore, tmp_path: Path) -> None:
    three_runs(store)
    target = tmp_path / "story.md"
    ended = say(store.location, "export", "-o", target, "--title", "Why *twice*")
    assert ended.code == 0, ended.err
    assert target.read_text(encoding="utf-8").startswith("# Why \\*twice\\*\n")
