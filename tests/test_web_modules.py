"""The pure modules of the pages, without a browser: Node.js runs them."""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from frontend import ROOT, bundle, tool

from rerun_trace.tracer.words import sentences as words

pytestmark = pytest.mark.first_row


def evaluate(names: str, module: str, body: str, given: Any) -> Any:
    """What a function body returns, with some names of a module and `given` in reach."""
    code = bundle(
        f'import {{ {names} }} from "./{module}";\n'
        'import { readFileSync } from "node:fs";\n'
        'const given = JSON.parse(readFileSync(0, "utf8"));\n'
        f"const result = (() => {{ {body} }})();\n"
        "process.stdout.write(JSON.stringify(result));\n",
        "--platform=node",
    )
    done = subprocess.run(
        [tool("node"), "--input-type=module", "--eval", code],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_the_modules_say_of_themselves(tmp_path: Path) -> None:
    """The tests of `tests/modules`, by the test runner of Node.js."""
    files = sorted((ROOT / "tests" / "modules").glob("*.test.ts"))
    bundling = [tool("esbuild"), *map(str, files), "--bundle", "--platform=node", "--format=esm"]
    bundling += [f"--outdir={tmp_path}", "--out-extension:.js=.mjs", "--log-level=warning"]
    subprocess.run(bundling, check=True, timeout=60)
    done = subprocess.run(
        [tool("node"), "--test", *map(str, sorted(tmp_path.glob("*.mjs")))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_length_of_time_is_worded_as_elsewhere() -> None:
    lengths = [0, 7, 999, 1_000, 4_200, 12_345, 123_456, 4_200_000, 98_760_000, 999_400_000]
    lengths += [10**9, 59_400_000_000, 59_994_000_000, 60 * 10**9, 119_600_000_000, 3_725 * 10**9]
    said = evaluate("duration", "base/format", "return given.map(duration);", lengths)
    assert said == [words.duration(ns) for ns in lengths]


Span = tuple[float, float]


def spans(rnd: random.Random) -> list[Span]:
    """Ordered by start; some long ones over many others, some without length, some alike."""
    count = rnd.choice((0, 1, 2, 15, 16, 17, 300, 700))
    made: list[Span] = []
    for _ in range(count):
        start = rnd.randrange(1000) / 1000
        length = rnd.choice((0, 0, 0.0005, 0.001, 0.01, 0.2 if rnd.random() < 0.1 else 0))
        made.append((start, min(start + length, 1)))
    return sorted(made)


def nearest(
    made: list[Span], x: float, before: float, after: float, counts: list[int] | None
) -> int:
    """The last of those that are nearest: it was drawn above the others."""
    best, least = -1, float("inf")
    for i, (start, end) in enumerate(made):
        away = max(0, start - x, x - end)
        is_near = start < x + after and end > x - before
        if is_near and away <= least and (counts is None or i in counts):
            best, least = i, away
    return best


def test_the_nearest_span_is_the_one_that_looking_at_all_finds() -> None:
    # GIVEN many spans, and places in them, with little and with much room around
    rnd = random.Random(1)
    given: list[dict[str, Any]] = []
    for _ in range(60):
        made = spans(rnd)
        for _ in range(20):
            counts = sorted(rnd.sample(range(len(made)), len(made) // 4))
            before, after = rnd.choice(((0.002, 0.002), (0.05, 0.01), (0.01, 0.05), (2, 2)))
            asked = (rnd.random(), before, after, rnd.choice((None, counts)))
            given.append({"spans": made, "asked": asked})
    # WHEN the nearest is asked for
    found = evaluate(
        "makeSpans",
        "timeline/spans",
        """return given.map(({ spans, asked: [x, before, after, counts] }) => {
          const made = makeSpans(spans.map((_, i) => i), (i) => spans[i][0], (i) => spans[i][1]);
          const place = made.nearest(x, before, after,
            counts ? (i) => counts.includes(i) : undefined);
          return place;
        })""",
        given,
    )
    # THEN it is the same as when each is looked at
    wanted = [nearest(each["spans"], *each["asked"]) for each in given]
    assert found == wanted
    assert 100 < sum(place < 0 for place in wanted) < len(wanted) - 400


def test_the_nearest_of_a_few() -> None:
    made = [(0.1, 0.2), (0.15, 0.15), (0.4, 0.5), (0.5, 0.9)]
    asked = {
        (0.12, 0.01, 0.01): 0,  # inside of it
        (0.15, 0.01, 0.01): 1,  # the one that lies above
        (0.21, 0.05, 0.05): 0,  # its end is near
        (0.21, 0.005, 0.05): -1,  # its end is too far
        (0.38, 0.1, 0.03): 2,  # its start is near
        (0.38, 0.1, 0.01): -1,  # its start is too far, and so is any end
        (0.31, 1, 1): 2,  # the start behind it is nearer than the end before it
        (0.29, 1, 1): 0,
        (0.95, 0.1, 0.1): 3,
        (2.0, 0.1, 0.1): -1,
    }
    found = evaluate(
        "makeSpans",
        "timeline/spans",
        """const made = makeSpans([0, 1, 2, 3], (i) => given.spans[i][0], (i) => given.spans[i][1]);
        return given.asked.map((each) => made.nearest(...each))""",
        {"spans": made, "asked": list(asked)},
    )
    assert found == list(asked.values())


SECOND = 1e9


@pytest.mark.parametrize("mode", ["bursts", "busy", "true"])
def test_a_burst_without_length_is_to_be_seen(mode: str) -> None:
    # GIVEN a load, a click in a form that sent nothing (no run, no length), a click, and one more
    starts = [0.0, 60 * SECOND, 120 * SECOND, 180 * SECOND]
    ends = [0.5 * SECOND, 60 * SECOND, 121 * SECOND, 180 * SECOND]
    times = sorted([*starts, *ends, 30 * SECOND, 60 * SECOND + 1, 120.5 * SECOND])
    scale, places, back, ticks = evaluate(
        "buildScale, toX, toTime, ticks",
        "timeline/timescale",
        """const scale = buildScale(
          Float64Array.from(given.starts), Float64Array.from(given.ends), given.mode);
        const places = given.times.map((time) => toX(scale, time));
        const list = (array) => Array.from(array.slice(0, scale.count));
        return [
          [list(scale.t0), list(scale.t1), list(scale.x0), list(scale.x1)],
          places, places.map((x) => toTime(scale, x)), ticks(scale, 0, 1, 1000)]""",
        {"starts": starts, "ends": ends, "mode": mode, "times": times},
    )
    t0, t1, x0, x1 = scale
    if mode == "true":  # one stretch, in which idle time is kept
        assert (t0, t1) == ([0], [180 * SECOND])
    else:
        assert (t0, t1) == (starts, ends)
        # THEN each has a width of its own, and they follow each other
        assert all(end > start for start, end in zip(x0, x1, strict=True))
        assert all(start > end for end, start in zip(x1, x0[1:], strict=False))
        # ... of which the longest has most, and those without length the same little
        widths = [end - start for start, end in zip(x0, x1, strict=True)]
        assert widths[1] == pytest.approx(widths[3])
        assert widths[2] > widths[0] > widths[1] > 0
    assert (x0[0], x1[-1]) == (0, pytest.approx(1))
    # ... every moment has its place, and a place its moment
    assert places == sorted(places)
    assert all(0 <= x <= 1 for x in places)
    assert back == pytest.approx(times, abs=1e3)
    # ... and each burst has its time on the axis, as far as there is room
    strong = [tick["label"] for tick in ticks if tick["strong"]]
    assert strong[0] == "0.000 s"
    if mode != "true":
        assert {"1:00.000", "3:00.000"} <= set(strong)
    assert all(0 <= tick["x"] <= 1 for tick in ticks)


@pytest.mark.parametrize("mode", ["bursts", "busy", "true"])
def test_only_a_moment(mode: str) -> None:
    """One click that ran nothing is all that there is."""
    places, labels = evaluate(
        "buildScale, toX, ticks",
        "timeline/timescale",
        """const scale = buildScale(Float64Array.of(5e9), Float64Array.of(5e9), given);
        return [[toX(scale, 5e9), toX(scale, 1), toX(scale, 9e9)],
          ticks(scale, 0, 1, 1000).map((tick) => tick.label)]""",
        mode,
    )
    assert places == [0, 0, 1]
    assert labels == ["5.000 s"]


def test_the_axis_has_one_unit_for_moments_and_one_for_each_burst() -> None:
    readable, true = evaluate(
        "buildScale, ticks",
        "timeline/timescale",
        """const starts = Float64Array.of(0.6282e9, 3.92e9, 9e9, 65e9);
        const ends = Float64Array.of(0.6482e9, 4.2e9, 11.5e9, 65.1e9);
        return ["bursts", "true"].map((mode) =>
          ticks(buildScale(starts, ends, mode), 0, 1, 1000).map((tick) => tick.label))""",
        None,
    )
    assert [each for each in readable if each[0] != "+"] == [
        *("0.628 s", "3.920 s", "9.000 s", "1:05.000")
    ]
    assert "+1.0 s" in readable
    assert "+200 ms" in readable
    assert all(re.fullmatch(r"[+][\d.]+ m?s", each) for each in readable if each[0] == "+")
    assert true[1:3] == ["11 s", "21 s"]
