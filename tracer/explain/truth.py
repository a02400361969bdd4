"""What a condition over session state comes to, for given values. Pure.

Only what can be told from the text for sure: constants, keys of session state whose value's text is
a literal, comparisons, `and`, `or`, `not`, and whether a key is there.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ..source.program import dotted, state_key

Values = Mapping[str, str | None]
"""Texts of the values of keys; None: absent. A key that is not in it is not known."""

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}


class _Unknown(Exception):
    """It cannot be told."""


@lru_cache(maxsize=4096)  # a condition is asked of in every run
def keys_of(test: ast.expr) -> frozenset[str]:
    """The keys of session state that a condition names."""
    return frozenset(key for node in ast.walk(test) if (key := _key(node)) is not None)


def holds(test: ast.expr, values: Values) -> bool | None:
    """Whether a condition holds; None: it cannot be told."""
    try:
        return bool(_value(test, values))
    except (_Unknown, TypeError, ValueError):
        return None


def _key(node: ast.AST) -> str | None:
    """The key that an expression reads or asks for."""
    if isinstance(node, ast.Call) and dotted(node.func).endswith("session_state.get") and node.args:
        return _text(node.args[0])
    if (
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.In | ast.NotIn)
        and _is_state(node.comparators[0])
    ):
        return _text(node.left)
    key = state_key(node)
    return None if key == "get" else key


def _text(node: ast.AST) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else None  # type: ignore[attr-defined]


def _is_state(node: ast.AST) -> bool:
    name = dotted(node)
    return name == "session_state" or name.endswith(".session_state")


def _value(node: ast.expr, values: Values) -> Any:
    key = _key(node)
    if key is not None:
        return _of_key(node, key, values)
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_value(each, values) for each in node.elts]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _value(node.operand, values)
    if isinstance(node, ast.BoolOp):
        parts = [bool(_value(each, values)) for each in node.values]
        return all(parts) if isinstance(node.op, ast.And) else any(parts)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        sides = _value(node.left, values), _value(node.comparators[0], values)
        return _COMPARE[type(node.ops[0])](*sides)
    raise _Unknown


def _of_key(node: ast.expr, key: str, values: Values) -> Any:
    if key not in values:
        raise _Unknown
    text = values[key]
    if isinstance(node, ast.Compare):
        return (text is not None) == isinstance(node.ops[0], ast.In)
    if text is None and isinstance(node, ast.Call):
        return _value(node.args[1], values) if len(node.args) > 1 else None
    if text is None:
        raise _Unknown
    try:
        return ast.literal_eval(text)
    except SyntaxError:
        raise _Unknown from None
