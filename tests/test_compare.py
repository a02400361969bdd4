"""`rerun-trace compare`, as a user calls it: real apps, each in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import say
from support import SAMPLES

from rerun_trace.comparing import Driven, Variant, derive_steps, name_variants, title_of
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.errors import AppNotFound

pytestmark = pytest.mark.ends

HEADERS = [SAMPLES / f"{name}.py" for name in ("rerun", "callback", "container")]
SETS = SAMPLES / "compare"
PAGE = "import streamlit as st\n"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "recordings.sqlite"


def compared(db: Path, *words: str | Path, code: int = 0) -> dict[str, Any]:
    """The comparison document that `compare WORDS --json` prints."""
    said = say(db, "compare", *words, "--json")
    assert said.code == code, said.err
    document: dict[str, Any] = json.loads(said.out)
    return document


def metric(document: dict[str, Any], key: str, interaction: int | None = None) -> list[float]:
    """A row of the table: in total, or of one interaction."""
    table = document["total"]
    if interaction is not None:
        table = document["interactions"][interaction]["metrics"]
    return [figure["median"] for figure in table[key]["values"]]


def write(folder: Path, **apps: str) -> list[Path]:
    for name, text in apps.items():
        (folder / f"{name}.py").write_text(PAGE + text)
    return [folder / f"{name}.py" for name in apps]


def one_line(db: Path, *words: str | Path, code: int) -> str:
    said = say(db, "compare", *words, "--no-browser")
    assert (said.code, said.out) == (code, ""), said.err
    (line,) = said.err.splitlines()
    return line


# -- the lessons of the samples -------------------------------------------------------------------


def test_the_three_headers(db: Path) -> None:
    said = say(db, "compare", *HEADERS, "--scenario", SETS / "header.toml", "--no-browser")
    assert said.code == 0, said.err
    rows = [line.split("  ") for line in said.out.splitlines()]
    runs = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert ["script runs", "2", "1 ★", "1 ★"] in runs  # for the click
    assert ["script runs", "3", "2 ★", "2 ★"] in runs  # in total
    for name in ("rerun", "callback", "container"):
        assert f"\n{name}: Runs " in said.out
    assert "final pages" in said.out
    found = "→ rerun.py:16 rerun-instead-of-callback: `Foo` needs two runs where one would do"
    note = "i container.py:17 out-of-order-write: `Title` reads above what was written before it"
    assert f"\nrerun: 1 hint\n  {found}\n\n" in said.out
    assert f"\ncontainer: 1 note\n  {note}\n\ncallback: nothing found\n" in said.out
    with TraceStore.open(db, create=False) as store:
        (comparison,) = store.comparisons()
        assert comparison.title == "samples: rerun, callback, container"
        names = {"rerun": "Foo", "callback": "Bar", "container": "Baz"}
        assert comparison.steps == ({"click": names},)
        for variant in comparison.variants:
            assert variant.failed is None
            (recording,) = variant.recordings
            assert store.recording(recording).variant == variant.name
            assert store.recording(recording).complete


@pytest.mark.first_row
def test_without_a_scenario_each_button_is_clicked_by_its_place(db: Path) -> None:
    said = say(db, "compare", *HEADERS, "--json")
    assert said.code == 0, said.err
    assert "the first load, then a click on button#0 (Foo / Bar / Baz)" in said.err
    document = json.loads(said.out)
    assert document["schema"] == "rerun-trace/comparison/1"
    assert metric(document, "script_runs", 1) == [2, 1, 1]
    assert document["final_pages"]["same_elements"]
    found = [[each["kind"] for each in v["findings"]] for v in document["variants"]]
    assert found == [["rerun-instead-of-callback"], [], ["out-of-order-write"]]


def lesson(db: Path, name: str, *variants: str) -> dict[str, Any]:
    folder = SETS / name
    scenario = folder / "scenario.toml"
    document = compared(db, *(folder / v for v in variants), "--scenario", scenario)
    assert [variant["failed"] for variant in document["variants"]] == [None, None]
    assert document["final_pages"]["same_elements"] or name == "form"
    return document


def test_a_form_saves_runs(db: Path) -> None:
    document = lesson(db, "form", "form.py", "separate.py")
    assert metric(document, "script_runs") == [2, 5]


def test_a_fragment_makes_runs_small(db: Path) -> None:
    document = lesson(db, "fragment", "fragment.py", "full_rerun.py")
    assert metric(document, "script_runs") == [3, 3]
    for n in (1, 2):
        few, many = metric(document, "steps", n)
        assert few < many / 3
        few, many = metric(document, "elements_written", n)
        assert few < many


def test_a_cache_saves_steps(db: Path) -> None:
    document = lesson(db, "caching", "cached.py", "uncached.py")
    few, many = metric(document, "steps", 0)
    assert few > 200
    assert many > 200
    for n in (1, 2):
        few, many = metric(document, "steps", n)
        assert few < 20
        assert many > 200


def test_a_callback_saves_reruns(db: Path) -> None:
    document = lesson(db, "rerun_chain", "chain.py", "callback.py")
    assert metric(document, "script_runs", 1) == [3, 1]
    assert metric(document, "rerun_requests", 1) == [2, 0]


# -- variants that do not come to the end ---------------------------------------------------------


@pytest.mark.first_row
def test_a_variant_that_fails_leaves_the_others(db: Path, tmp_path: Path) -> None:
    apps = write(
        tmp_path,
        good='if st.button("Go"):\n    st.write("gone")\n',
        lacks='st.button("Stay")\n',
        endless='if st.button("Go") or st.session_state.get("on"):\n'
        "    st.session_state.on = True\n    st.rerun()\n",
        dies='import os\nif st.button("Go"):\n    os._exit(3)\n',
        raises='if st.button("Go"):\n    1 / 0\n',
    )
    (tmp_path / "go.toml").write_text('[[steps]]\nclick = "Go"\n')
    document = compared(db, *apps, "--scenario", tmp_path / "go.toml", "--timeout", "3")
    good, lacks, endless, dies, raises = (v["failed"] for v in document["variants"])
    assert good is None
    assert "step 1: click 'Go': no widget has this name; the page has button 'Stay'" in lacks
    assert "step 1: click 'Go': the app did not become idle within 3 s" in endless
    assert "ended before its time (exit code 3)" in dies
    assert "ZeroDivisionError" in raises
    assert document["total"]["script_runs"]["values"][0]["median"] == 2
    with TraceStore.open(db, create=False) as store:
        kept = store.comparison(document["id"]).variants
        assert [len(variant.recordings) for variant in kept] == [1] * 5
        assert kept[1].failed is not None


@pytest.mark.first_row
def test_no_variant_comes_to_the_end(db: Path, tmp_path: Path) -> None:
    apps = write(tmp_path, one="st.button('A')\n", two="st.button('B')\n")
    (tmp_path / "go.toml").write_text('[[steps]]\nclick = "Go"\n')
    said = say(db, "compare", *apps, "--scenario", tmp_path / "go.toml")
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("rerun-trace: no variant came to the end")
    assert "one (failed)" in said.out


@pytest.mark.first_row
def test_repeats_are_kept_in_order(db: Path, tmp_path: Path) -> None:
    apps = write(tmp_path, one="st.write(1)\n", two="st.write(2)\n")
    (tmp_path / "again.json").write_text('[{"rerun": true}]')
    words: list[str | Path] = ["--repeat", "2", "--scenario", tmp_path / "again.json"]
    document = compared(db, *apps, *words)
    assert [variant["repeats"] for variant in document["variants"]] == [2, 2]
    with TraceStore.open(db, create=False) as store:
        recordings = [variant.recordings for variant in store.comparison(1).variants]
    assert recordings == [(1, 3), (2, 4)]


# -- what is said before anything is driven -------------------------------------------------------


@pytest.mark.first_row
def test_mistakes_are_told_before_anything_is_driven(db: Path, tmp_path: Path) -> None:
    one, two = write(tmp_path, one="", two="")
    assert "no such file" in one_line(db, one, tmp_path / "three.py", code=2)
    assert "is given twice" in one_line(db, one, one, code=2)
    assert "2 to 6 apps, not 1" in one_line(db, one, code=2)
    assert "No such file" in one_line(db, one, two, "--scenario", tmp_path / "no.toml", code=2)
    (tmp_path / "go.toml").write_text('[[steps]]\nclick = {one = "A"}\n')
    line = one_line(db, one, two, "--scenario", tmp_path / "go.toml", code=2)
    assert "step 1: click names nothing for the variant 'two', only for 'one'" in line
    assert not db.exists()


@pytest.mark.first_row
def test_variants_are_named_by_their_scripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, app="")
    write(tmp_path, other="")
    variants = name_variants(["old/app.py", "new/app.py", "other.py"])
    assert [variant.name for variant in variants] == ["old/app.py", "new/app.py", "other"]
    assert title_of(variants) == "old/app.py, new/app.py, other"
    with pytest.raises(AppNotFound, match="given twice"):
        name_variants(["other.py", str(tmp_path / "other.py")])


@pytest.mark.first_row
def test_derived_steps() -> None:
    many = Driven(buttons=[("A", False), ("B", True), ("C", False), ("D", False)])
    few = Driven(buttons=[("A", False), ("", False), ("E", False)])
    broken = Driven(failed="it did not load")
    steps, words = derive_steps([many, few, broken])
    assert [step.target for step in steps] == ["button#0", "button#2"]
    assert words.endswith("a click on button#0 (A), button#2 (C / E)")
    assert derive_steps([many, Driven()])[0] == ()
    assert derive_steps([broken])[0] == ()
    assert Variant("a", "a.py").scenario.steps == ()
