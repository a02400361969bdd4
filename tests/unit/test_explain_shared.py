"""Which lines use, add to or replace what all app sessions share."""

from __future__ import annotations

import pytest

from rerun_trace.tracer.explain.shared import How, touches

SHOP = """\
cart = []
customer = None


class Box:
    def put(self, item):
        self.items.append(item)

    def size(self):
        return len(self.items)


box = Box()
"""
HEAD = """\
import streamlit as st
import shop
import shop as s
from shop import box, cart as basket
@st.cache_resource
def store():
    return {}
@st.cache_resource(scope="session")
def own():
    return []
@st.cache_resource
def of(user):
    return []
@st.cache_data
def rows():
    return []
"""
LINES = [
    ("shop.cart.append(1)", How.ADD),
    ("s.cart += [1]", How.ADD),
    ("basket.append(1)", How.ADD),
    ("shop.customer = 'Ada'", How.SET),
    ("shop.cart.clear()", How.SET),
    ("shop.cart[0] = 1", How.SET),
    ("del basket[0]", How.SET),
    ("box.put(1)", How.ADD),
    ("box.size()", How.USE),
    ("st.write(len(shop.cart))", How.USE),
    ("store()['a'].append(1)", How.ADD),
    ("store().get('a').append(1)", How.ADD),
    ("store()['sold'] += 1", How.ADD),
    ("store()['a'] = 1", How.SET),
    ("of('all').append(1)", How.ADD),
    ("store().setdefault('a', [])", How.USE),  # for all the same
    ("store()[st.session_state.user] = 1", None),  # to each their own
    ("store().setdefault(user_id, []).append(1)", None),
    ("of(name).append(1)", None),
    ("own().append(1)", None),
    ("rows().append(1)", None),
    ("sorted(rows()).append(1)", None),
    ("st.session_state.cart.append(1)", None),
    ("cart = []", None),  # a name of the script's own
]


def touched(app: str) -> list[How]:
    found = touches("app.py", (("app.py", HEAD + app), ("shop.py", SHOP)))
    return [each.how for each in found if each.line > HEAD.count("\n")]


@pytest.mark.parametrize(("line", "how"), LINES)
def test_what_a_line_does(line: str, how: How | None) -> None:
    changes = set(touched(line)) - {How.USE}
    assert changes == ({how} - {How.USE} if how else set())
    assert How.USE in touched(line) if how is How.USE else True


def test_names_are_followed_within_their_function() -> None:
    app = "orders = store()\ndef add():\n    orders.append(1)\ndef no(orders):\n  orders.clear()\n"
    assert touched(app) == [How.ADD]


def test_the_part_that_is_nearest_to_it_is_told() -> None:
    app = (
        "log = store()['log']\nlog[0]['a'] = 1\nstore()['n'] += 1\n"
        "shop.box.items[1] = 2\nst.write(s.cart)"
    )
    found = touches("app.py", (("app.py", HEAD + app), ("shop.py", SHOP)))
    own = [each for each in found if each.line > HEAD.count("\n")]
    assert [(t.thing.name, t.part) for t in own] == [
        ("store", "log"),
        ("store", "n"),
        ("box", "items"),
        ("cart", ""),
    ]


@pytest.mark.parametrize(
    "app",
    [
        "with lock:\n    shop.cart.append(1)\n",
        "if shop.customer is None:\n    shop.customer = 'Ada'\n",
        "def get(k):\n    if k in shop.cart:\n        return 1\n    shop.cart[k] = 1\n",
        "try:\n    print(shop.cart[1])\nexcept IndexError:\n    shop.cart.append(1)\n",
    ],
)
def test_what_is_made_once_or_under_a_lock_is_meant(app: str) -> None:
    assert set(touched(app)) == {How.USE}
