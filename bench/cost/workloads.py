"""The scripts that are measured. Each runs again at every interaction, as Streamlit does it."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@dataclass(frozen=True, slots=True)
class Workload:
    """A script and how it is driven: `click` presses its first button, else the page reruns."""

    name: str
    text: str
    click: bool = False

    def app(self, birdseye: bool = False) -> str:
        """The script as it is driven: the clock runs from its first line to its last."""
        if birdseye:  # it runs a text that it compiles itself
            return "import bench_clock\nwith bench_clock.run:\n    bench_clock.birdseye()\n"
        body = textwrap.indent(self.text, "    ")
        return f"import bench_clock\nwith bench_clock.run:\n{body}\n"


def _sample(name: str) -> str:
    """A sample without its docstring, which Streamlit would write to the page when indented."""
    text = (SAMPLES / name).read_text("utf-8")
    first = ast.parse(text).body[0]
    assert isinstance(first, ast.Expr), name
    return "".join(text.splitlines(keepends=True)[first.end_lineno or 0 :])


_LOOP = """
import streamlit as st
total = 0
for i in range(1_000_000):
    total += i
st.write(total)
"""

_CALLS = """
import streamlit as st
def add(a, b):
    return a + b
total = 0
for i in range(200_000):
    total = add(total, i)
st.write(total)
"""

_RECURSION = """
import streamlit as st
def depth(n):
    if n == 0:
        return 0
    return 1 + depth(n - 1)
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
for turn in range(100):
    deepest = depth(400)
st.write(deepest, fib(21))
"""

_FRAMES = """
import numpy as np
import pandas as pd
import streamlit as st
rows = 100_000
numbers = np.random.default_rng(7)
sales = pd.DataFrame({
    "shop": numbers.integers(0, 50, rows),
    "day": numbers.integers(0, 365, rows),
    "units": numbers.integers(1, 20, rows),
    "price": numbers.random(rows) * 9 + 1,
})
sales["turnover"] = sales["units"] * sales["price"]
shops = pd.DataFrame({"shop": range(50), "city": [f"City {n % 7}" for n in range(50)]})
joined = sales.merge(shops, on="shop")
by_city = joined.groupby("city")["turnover"].agg(["sum", "mean", "max"])
by_day = joined.pivot_table(index="day", columns="city", values="units", aggfunc="sum")
smooth = by_day.rolling(7).mean().fillna(0)
best = joined.sort_values("turnover", ascending=False).head(20)
shares = {}
for city, group in joined.groupby("city"):
    shares[city] = float(group["turnover"].sum() / sales["turnover"].sum())
st.dataframe(by_city)
st.line_chart(smooth)
st.dataframe(best)
st.write(shares)
"""


def _long() -> str:
    """About 2,000 lines that each run once or a few times, with a write every 50."""
    lines = ["import streamlit as st", "total = 0"]
    n = 0
    while len(lines) < 1_990:
        n += 1
        lines += [
            f"def part_{n}(x):",
            f"    y = x * {n}",
            "    return y + 1",
            f"items_{n} = [part_{n}(total % 7), {n}]",
            f"if items_{n}[0] > {n * 3}:",
            f"    total += items_{n}[0]",
            "else:",
            f"    total -= {n}",
        ]
        if n % 6 == 0:
            lines += [f"for step in range({n % 5}):", "    total += step"]
        if n % 12 == 0:
            lines += [f"st.metric('Part {n}', total)"]
    return "\n".join(lines)


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("dashboard", _sample("dashboard.py")),
        Workload("data frames", _FRAMES),
        Workload("2,000 lines", _long()),
        Workload("loop of 1,000,000", _LOOP),
        Workload("200,000 calls", _CALLS),
        Workload("recursion", _RECURSION),
        Workload("variant: rerun", _sample("rerun.py"), click=True),
        Workload("variant: callback", _sample("callback.py"), click=True),
        Workload("variant: container", _sample("container.py"), click=True),
    )
}
