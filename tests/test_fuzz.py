"""The fuzz of `bench/fuzz.py` with fixed seeds, and what it found before, as cases of its own."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from flask import Flask

from bench import fuzz
from rerun_trace.db.store import TraceStore
from rerun_trace.web import app as pages
from rerun_trace.web.app import create_app

pytestmark = pytest.mark.first_row


@pytest.fixture(scope="module")
def good() -> bytes:
    return fuzz.good()


@pytest.mark.parametrize("seed", range(1, 5))
def test_a_round_finds_nothing(seed: int, good: bytes, tmp_path: Path) -> None:
    assert fuzz.round_of(seed, good, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_round_is_made_of_its_seed_alone(good: bytes, tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        chance = random.Random(7)
        how = fuzz.damaged(good, tmp_path / name, chance)
        made.append((how, (tmp_path / name).read_bytes(), repr(fuzz.scenario(chance))))
    assert made[0] == made[1]


def test_it_would_find_an_answer_that_nobody_meant(
    good: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(store: TraceStore) -> Flask:
        app = create_app(store)

        @app.get("/api/broken")
        def fails() -> str:
            raise KeyError("nobody meant this")

        return app

    monkeypatch.setattr(fuzz, "create_app", broken)
    (tmp_path / "db").write_bytes(good)
    with TraceStore.open(tmp_path / "db", create=False) as store:
        (found,) = fuzz.wrong_answers(store, random.Random(1), hostile=True)
    assert found.startswith("/api/broken")
    assert ": 503: " in found


@pytest.mark.parametrize("seed", [1026, 1049, 1066, 1085, 1166])
def test_what_a_round_found_is_mended(seed: int, good: bytes, tmp_path: Path) -> None:
    assert fuzz.round_of(seed, good, tmp_path) == []


@pytest.mark.parametrize("number", [2**63, 2**64, 10**30, 10**400])
def test_a_number_beyond_the_database_is_of_nothing(
    number: int, good: bytes, tmp_path: Path
) -> None:
    (tmp_path / "db").write_bytes(good)
    with TraceStore.open(tmp_path / "db", create=False) as store:
        client = pages.create_app(store).test_client()
        for address in (
            f"/api/recordings/{number}/index",
            f"/api/recordings/1/runs/{number}/steps",
            f"/api/recordings/1/runs/{number}/page",
            f"/api/recordings/1/source/{number}",
            f"/api/comparisons/{number}",
        ):
            answer = client.get(address)
            assert answer.status_code == 404, address
            assert "There is no" in answer.text
