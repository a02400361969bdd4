"""Which names a statement reads, stores and calls upon: what marks follow (see `marks`).

Computed for a code object when the first secret is known and it is met, not before.
"""

from __future__ import annotations

import dis
from dataclasses import dataclass, field
from types import CodeType
from typing import Final

from .statements import CodeTable, is_inlined

Name = tuple[str, bool]  # and whether it is a global one

_STORES: Final = {
    "STORE_NAME": False,
    "STORE_FAST": False,
    "STORE_DEREF": False,
    "STORE_GLOBAL": True,
    "STORE_FAST_MAYBE_NULL": False,
    "DELETE_NAME": False,
    "DELETE_FAST": False,
    "DELETE_DEREF": False,
    "DELETE_GLOBAL": True,
}
_LOADS: Final = {
    "LOAD_NAME": False,
    "LOAD_FAST": False,
    "LOAD_FAST_CHECK": False,
    "LOAD_FAST_BORROW": False,
    "LOAD_FAST_AND_CLEAR": False,
    "LOAD_DEREF": False,
    "LOAD_CLASSDEREF": False,
    "LOAD_FROM_DICT_OR_DEREF": False,
    "LOAD_CLOSURE": False,
    "LOAD_GLOBAL": True,
    "LOAD_FROM_DICT_OR_GLOBALS": True,
}
_OUTER_LOADS: Final = frozenset(_LOADS) - {
    "LOAD_FAST",
    "LOAD_FAST_CHECK",
    "LOAD_FAST_BORROW",
    "LOAD_FAST_AND_CLEAR",
}
_ATTRIBUTES: Final = frozenset({"LOAD_ATTR", "LOAD_METHOD", "STORE_ATTR"})


@dataclass(slots=True, eq=False)
class Flow:
    """What one statement does. Names of a comprehension or lambda in it count as read by it."""

    loads: dict[Name, None] = field(default_factory=dict)
    stores: dict[Name, None] = field(default_factory=dict)
    receivers: set[str] = field(default_factory=set)  # whose attributes or items it uses
    attributes: dict[tuple[str, str], bool] = field(default_factory=dict)  # stored, or read
    inherits: bool = False  # what it binds comes from the statement before: `except`, `case`
    imports: bool = False


def flows_of(table: CodeTable) -> dict[int, Flow]:
    """The flow of each statement of a code object, by the statement's line."""
    flows = table.flows
    if flows is None:
        flows = table.flows = _compute(table)
    return flows


def _compute(table: CodeTable) -> dict[int, Flow]:
    flows: dict[int, Flow] = {}
    _read(table.code, table, flows, 0)
    return flows


def _read(code: CodeType, table: CodeTable, flows: dict[int, Flow], within: int) -> None:
    """Take in the instructions of a code object; `within`: the statement that it stands in."""
    before: tuple[str, ...] = ()  # the names that the last instruction has put on the stack
    for instruction in dis.get_instructions(code):
        line = instruction.positions.lineno if instruction.positions else None
        statement = within or (table.of.get(line) if line else None)
        if not statement:
            continue
        flow = flows.get(statement)
        if flow is None:
            flow = flows[statement] = Flow(inherits=statement in table.inheriting)
        name, value = instruction.opname, instruction.argval
        loaded: tuple[str, ...] = ()
        if name in _STORES and not within:
            if isinstance(value, str):
                flow.stores[value, _STORES[name]] = None
        elif name in _LOADS:
            if isinstance(value, str):
                loaded = (value,)
                if not within or name in _OUTER_LOADS:
                    flow.loads[value, _LOADS[name]] = None
        elif isinstance(value, tuple) and "_FAST" in name:
            kinds = [name.startswith("LOAD"), "LOAD_FAST" in name.partition("_FAST")[2]]
            if not within:
                for item, is_load in zip(value, kinds, strict=False):
                    (flow.loads if is_load else flow.stores)[item, False] = None
            loaded = tuple(item for item, is_load in zip(value, kinds, strict=False) if is_load)
        elif name in _ATTRIBUTES:
            if before and isinstance(value, str):
                flow.receivers.add(before[-1])
                flow.attributes[before[-1], value] = name == "STORE_ATTR" or (
                    flow.attributes.get((before[-1], value), False)
                )
        elif name in ("STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE"):
            flow.receivers.update(item for item, _ in flow.loads)
        elif name == "IMPORT_NAME":
            flow.imports = True
        elif isinstance(value, CodeType) and (is_inlined(value) or value.co_name == "<lambda>"):
            _read(value, table, flows, statement)
        if name not in ("CACHE", "NOP", "PUSH_NULL", "COPY", "EXTENDED_ARG"):
            before = loaded
