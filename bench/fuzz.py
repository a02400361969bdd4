"""Asks the pages, the scenarios and the store what nobody should ask, at random.

    python -m bench.fuzz [--seed 1] [--minutes 1]

Every round is made of its seed alone. It damages a database (bytes, tables, values, blobs) and asks
all GET routes of the pages over it; it asks the routes of a good one with hostile numbers and
names; and it reads a scenario of hostile values. An answer may be an error that says what is
wrong, as the store's own; it may not be a 500, another exception, or take longer than `SLOW_S`.
Prints what was found, each with the seed that finds it again, and ends with 1 if anything was.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask

from rerun_trace.db.store import TraceStore
from rerun_trace.facts import facts_of
from rerun_trace.tracer.documents.scenario import STEPS
from rerun_trace.tracer.driver.scenario import parse_scenario
from rerun_trace.tracer.errors import RerunTraceError
from rerun_trace.web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ui import handmade  # noqa: E402 (needs the path)

SLOW_S = 20.0  # also on a busy machine
NUMBERS = (0, 1, 2, 3, 7, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 2**64, 10**30, 10**400)
TEXTS = ("", "a", "../../etc/passwd", "%00", "\x1b]52;c;x\x07", "-1", "nan", "1e999", "Ω" * 300)
NAMES = ("run", "runs", "step", "first", "last", "as", "kind", "q", "key", "since", "about", "not")
VALUES: tuple[Any, ...] = (
    None,
    -1,
    0,
    2**62,
    1e300,
    "",
    "x",
    "[" * 9999,
    "7",
    b"",
    b"\xff\x00",
    "{}",
)


def good() -> bytes:
    """A database with a recording of everything."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "db.sqlite"
        with TraceStore.open(path) as store:
            handmade.everything(store)
            handmade.three_runs(store)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        return path.read_bytes()


def damaged(content: bytes, path: Path, chance: random.Random) -> str:
    """Writes a damaged database; says how."""
    path.write_bytes(content)
    how = chance.choice(("bytes", "cut", "table", "value", "value", "blob", "blob"))
    if how == "bytes":
        data = bytearray(content)
        for _ in range(chance.randint(1, 60)):
            data[chance.randrange(100, len(data))] = chance.randrange(256)
        path.write_bytes(data)
        return how
    if how == "cut":
        path.write_bytes(content[: chance.randrange(len(content))])
        return how
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        table = chance.choice(tables)
        if how == "table":
            connection.execute(f"DROP TABLE {table}")
            return f"no {table}"
        for _ in range(chance.randint(1, 3)):
            table = chance.choice(tables)
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            blobs = [each[1] for each in columns if each[2].upper() == "BLOB"]
            column = chance.choice(blobs if how == "blob" and blobs else [e[1] for e in columns])
            value = chance.randbytes(chance.randint(0, 50)) if how == "blob" else None
            if value is not None and chance.random() < 0.5:
                value = bytes((chance.choice((1, 2, 3)),)) + value
            value = chance.choice(VALUES) if value is None else value
            some = chance.choice(("", " WHERE rowid % 2 = 0"))
            with suppress(sqlite3.Error):
                connection.execute(f"UPDATE {table} SET {column} = ?{some}", (value,))
        connection.commit()
    return how


def addresses(app: Flask, chance: random.Random, hostile: bool) -> Iterator[str]:
    """One of each GET route, but those that never end or take seconds by design."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.endswith(("/events", "report.html")):
            continue
        address = rule.rule
        for name in rule.arguments:
            is_number = f"<int:{name}>" in address
            if is_number:
                value = str(chance.choice(NUMBERS) if hostile else chance.choice((1, 2)))
            else:
                value = quote(chance.choice(TEXTS) or "x", safe="")
            for kind in ("int:", "path:", ""):
                address = address.replace(f"<{kind}{name}>", value)
        asked = {}
        for name in chance.sample(NAMES, chance.randint(0, 4)) if hostile else ():
            asked[name] = str(chance.choice((*NUMBERS, *TEXTS)))
        yield f"{address}?{urlencode(asked)}" if asked else address


def wrong_answers(store: TraceStore, chance: random.Random, hostile: bool) -> Iterator[str]:
    """What the pages say that they should not."""
    app = create_app(store)
    client = app.test_client()
    for address in addresses(app, chance, hostile):
        began = time.monotonic()
        answer = client.get(address)
        took = time.monotonic() - began
        # Damage is told with a 503; where there is none, nothing but the request can be wrong.
        if answer.status_code == 500 or (hostile and answer.status_code > 500):
            yield f"{address[:300]}: {answer.status_code}: {answer.text[:200]}"
        if took > SLOW_S:
            yield f"{address[:300]}: took {took:.0f} s"


def scenario(chance: random.Random, depth: int = 0) -> Any:
    """A value as no scenario should hold it, or nearly a scenario."""
    if depth == 0:
        return {"steps": [scenario(chance, 1) for _ in range(chance.randint(0, 4))]}
    if depth == 1:
        verb = chance.choice((*STEPS, "jump"))
        words = chance.sample(
            ("value", "option", "rows", "added", "deleted", "files", "tab", "row", "no_wait"),
            chance.randint(0, 3),
        )
        return {name: scenario(chance, 2) for name in (verb, *words)}
    kind = chance.randint(0, 6)
    if kind == 0:
        return [scenario(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    if kind == 1:
        return {chance.choice(TEXTS): scenario(chance, depth + 1) for _ in range(2)}
    return chance.choice((*NUMBERS, *TEXTS, None, True, float("nan"), float("inf"), -1))


def round_of(seed: int, content: bytes, folder: Path) -> list[str]:
    """What one round finds."""
    chance = random.Random(seed)
    found: list[str] = []
    path = folder / f"{seed}.sqlite"
    how = damaged(content, path, chance)
    try:
        with TraceStore.open(path, create=False) as store:
            for info in store.recordings():
                with suppress(RerunTraceError):
                    facts_of(store, info.id)
            found += wrong_answers(store, chance, hostile=False)
    except RerunTraceError as error:
        if "\n" in str(error):
            found.append(f"more than a line: {error}")
    except Exception as error:  # what is looked for
        found.append(f"{type(error).__name__}: {error}")
    path.write_bytes(content)
    with TraceStore.open(path, create=False) as store:
        found += [f"good: {each}" for each in wrong_answers(store, chance, hostile=True)]
    try:
        parse_scenario(scenario(chance))
    except RerunTraceError:
        pass
    except Exception as error:  # what is looked for
        found.append(f"scenario: {type(error).__name__}: {error}")
    for each in folder.glob(f"{seed}.sqlite*"):
        each.unlink()
    return [f"seed {seed} ({how}): {each}" for each in found]


def main() -> int:
    """Rounds until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--minutes", type=float, default=1.0)
    options = parser.parse_args()
    content, end, seed, bad = good(), time.monotonic() + options.minutes * 60, options.seed, 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            for each in round_of(seed, content, Path(folder)):
                print(each, flush=True)
                bad += 1
            seed += 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{seed - options.seed} rounds, {bad} findings, at most {memory} MB of memory")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
