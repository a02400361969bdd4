"""What the text of a call says of the names in it. Pure."""

from __future__ import annotations

import ast

from ...source.program import dotted, own_nodes
from ..dependence import Link
from ..run import Run


def only_passed(run: Run, step: int, returned: set[str]) -> set[str]:
    """The names that a statement only passes to functions whose `return` is followed anyway."""
    statement = run.statement(step)
    if statement is None or not returned:
        return set()
    names = {name.rpartition(".")[2] for name in returned}
    inside: set[int] = set()
    for call in statement.call_nodes():
        if dotted(call.func).rpartition(".")[2] in names:
            inside |= {id(each) for each in ast.walk(call)}
    loads = [each for each in own_nodes(statement.node) if isinstance(each, ast.Name)]
    outside = {each.id for each in loads if id(each) not in inside}
    return {each.id for each in loads if id(each) in inside} - outside


def passed_names(run: Run, frame: int, link: Link) -> frozenset[str]:
    """The names in the expression that a call passed for a parameter; all it reads if unclear."""
    statement = run.statement(link.origin)
    called = run.frames[frame]
    program = run.history.program(called.file)
    if statement is None or program is None:
        return frozenset()
    definitions = program.statements.get(called.line)
    name = called.function.rpartition(".")[2]
    for call in statement.call_nodes():
        own = (
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        )
        if own != name or definitions is None:
            continue
        node = definitions.node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            order = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
            by_name = {each.arg: each.value for each in call.keywords if each.arg}
            if link.name in by_name:
                return names_in(by_name[link.name])
            if link.name in order and order.index(link.name) < len(call.args):
                return names_in(call.args[order.index(link.name)])
    return statement.uses


def names_in(node: ast.AST) -> frozenset[str]:
    return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def is_constant(node: ast.AST) -> bool:
    value = getattr(node, "value", None)
    if not isinstance(node, ast.Assign | ast.AnnAssign) or value is None:
        return False
    return not any(
        isinstance(each, ast.Name | ast.Call | ast.Attribute | ast.Await)
        for each in ast.walk(value)
    )
