"""What the texts of values, sources and paths say, as `export --redact` reads them."""

from __future__ import annotations

from typing import Any

import pytest

from rerun_trace.exporting.named import (
    Named,
    literals,
    masked_query,
    pairs,
    query_values,
    values_in,
)
from rerun_trace.exporting.paths import Paths


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("'tea'", ["tea"]),
        ("52345", [52345]),
        ("-1.5", [-1.5]),
        ("{'a': 'tea', 'b': [1234]}", [{"a": "tea", "b": [1234]}]),
        ("Decimal('12.50')", ["12.50"]),
        ("np.float64(1234.5)", [1234.5]),
        ("1990-05-17", ["1990-05-17"]),
        ("'a long…the end' (5,000 characters)", ["a long", "the end"]),
        ("['first', 'second', …]", ["first", "second"]),
        ("<DataFrame: 10000 rows: 'a', 'b'>", []),
        ("None", []),
        ("(hidden)", []),
        ("[secret 3]", []),
        (None, []),
    ],
)
def test_what_the_text_of_a_value_says(text: str | None, values: list[Any]) -> None:
    assert values_in(text) == values


def test_a_name_is_the_whole_name() -> None:
    named = Named(["Net Salary", "$"])
    assert named.has("net_salary")
    assert named.has("netSalary")
    assert named.has("$")
    assert not named.has("salary")
    assert not named.has("net_salary_2")
    assert not named.has("")
    assert named.id("$$ID-" + "0" * 32 + "-net_salary")
    assert not named.id("$$ID-" + "0" * 32 + "-None")


def test_values_beside_a_name_in_a_text() -> None:
    named = Named(["pin"])
    found = [
        value
        for text in (
            "{'pin': '12', 'x': 3}",
            '{"a": {"pin": 4711}}',
            r'"{\"pin\": \"9\"}"',
            "{'pin': None, 'pins': 5}",
        )
        for _, _, value, _ in pairs(text, named)
    ]
    assert found == ["'12'", "4711", r"\"9\""]


def test_query_strings() -> None:
    named = Named(["who"])
    assert query_values("?a=1&who=Ada%20L&who=", named) == ["Ada L"]
    assert masked_query("a=1&who=Ada%20L&b", named, lambda _: "X") == "a=1&who=X&b"


SOURCE = """
salary = 1
salary: int = 2
self.salary, other = 3, 4
state["salary"] = -5
call(salary=6)
{"salary": 7}
def f(x, salary=8, *, y=9): ...
st.number_input("Salary", 0, 10, value=11)
col.slider("x", 12, key="salary", options=[13])
salary = st.selectbox("City", ["a", "b"], index=14)
salary = int("15") + f"{16}"
wages = 17
(salary := 18)
"""


def test_constants_that_a_source_gives_to_a_name() -> None:
    found = [value for _, value in literals(SOURCE, Named(["salary"]))]
    assert sorted(map(str, found), key=int) == [
        *("0", "1", "2", "3", "4", "5", "6", "7", "8", "10", "11", "12", "14", "15", "18")
    ]
    assert literals("salary = (", Named(["salary"])) == []


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("/srv/class/ada/demo/app.py", "demo/app.py"),
        ("PosixPath('/srv/class/ada/demo')", "PosixPath('demo')"),
        ("/srv/class/ada/demo2/x.csv", "…/x.csv"),
        ("in /srv/class/bob/x.csv.", "in …/x.csv."),
        ("/home/ada", "~"),
        ("/Users/ada/Documents/a b", "…/a b"),
        (r"C:\\Users\\ada\\x.txt", "…/x.txt"),
        ("/usr/lib/python3.11/json/x.py", "python3.11/json/x.py"),
        ("/opt/e/lib/python3.11/site-packages/pandas/io.py", "pandas/io.py"),
        ('File "/home/a b/c d/e.py", line 3', 'File "…/e.py", line 3'),
        ("https://example.org/home/ada/x", "https://example.org/home/ada/x"),
        ("/media/0a1b.png and /page_2", "/media/0a1b.png and /page_2"),
        ("a / b, 1/2, and/or", "a / b, 1/2, and/or"),
        ("/tmp", "/tmp"),
    ],
)
def test_paths_of_a_machine(text: str, short: str) -> None:
    paths = Paths("/srv/class/ada/demo")
    assert paths.text(text) == short
    assert paths.text(short) == short


def test_files_of_elsewhere_stay_different() -> None:
    paths = Paths("/srv/class/ada/demo")
    assert paths.file("pages/a.py") == "pages/a.py"
    assert paths.file("/srv/lib/a.py") == "…/a.py"
    assert paths.file("/opt/lib/a.py") == "…/a.py (2)"
    assert paths.file("/srv/lib/a.py") == "…/a.py"
