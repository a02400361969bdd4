"""Whether a value can give away what it was made of, itself or by what is in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from types import ModuleType
from typing import Any, Final

from .class_shapes import LIBRARIES, module_dict, module_name
from .values import is_dict

_NOTHING: Final = frozenset({id(None), id(True), id(False), id(NotImplemented), id(...)})
_ITEMS: Final = 50  # of a container that are looked through for another one


def says_nothing(value: object) -> bool:
    """Whether a value is None, True, False or empty: it is shown, whatever it was made of."""
    if id(value) in _NOTHING:
        return True
    kind = type(value)
    return (kind is str or kind is bytes or kind is tuple) and not value


def holds(holder: object, value: object, depth: int) -> bool:
    """Whether `value` is `holder`, or is in it, at most `depth` containers deep."""
    if holder is value:
        return True
    return depth > 0 and any(holds(item, value, depth - 1) for item in _items(holder))


def _items(holder: Any) -> Iterator[Any]:
    kind = type(holder)
    if kind is list or kind is tuple:
        return islice(list(holder), _ITEMS)
    if is_dict(holder):
        return islice(list(dict.values(holder)), _ITEMS)
    return iter(())


def can_hold(value: object) -> bool:
    """Whether what a value was made of can be seen in it, or in what is taken out of it.

    An object of an installed package (a client, a connection, a container of the page) shows its
    class alone; what it answers is looked at by its value.
    """
    kind = type(value)
    name = module_name(kind)
    top = name.partition(".")[0]
    if kind is ModuleType:
        return False
    if top in LIBRARIES or name in ("builtins", "__main__", "streamlit.runtime.secrets"):
        return True
    module = sys.modules.get(name)
    file = module_dict(module).get("__file__") if type(module) is ModuleType else None
    return type(file) is not str or not ("site-packages" in file or "dist-packages" in file)
