"""Elements that show one item each of a value, and the items that came to it later in the run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from ..model import ContainerWrite
from .changes import headers_of
from .dependence import Slice, Via, conditions_of, sources_of
from .run import Run

_MOST = 60  # characters of an element's text that are looked for
_CUT = "…"


def loop_over(run: Run, step: int, holds: Callable[[Slice], bool]) -> int:
    """The step of the `for` around a step that goes through a value; 0: there is none.

    `holds` says of all that the header used whether the value is among it.
    """
    while step:
        for condition in conditions_of(run, step):
            statement = run.statement(condition.origin)
            is_loop = statement is not None and isinstance(statement.node, ast.For)
            if is_loop and holds(sources_of(run, condition.origin)):
                return condition.origin
        step = run.caller(run.steps[step - 1].frame)
    return 0


def are_drawn(
    run: Run, item: ContainerWrite, change: int, old: str | None, new: str | None
) -> bool:
    """Whether the branch that added items to a value draws them as well, as a chat does.

    `item` is an element of the loop that drew the others, `change` the step that added some. Where
    the texts of the values are cut, an element of the same kind is taken for one of the new items.
    """
    if old is None or new is None:
        return False
    if _CUT in old or _CUT in new:
        return any(each.element == item.element for each in of_branch(run, item.step, change))
    if not new.startswith(old[:-1]):
        return False  # another item was changed, or is gone
    added = _plain(new[len(old) - 1 :])
    texts = (_plain(each.label)[:_MOST] for each in of_branch(run, item.step, change))
    return any(text and text in added for text in texts)


def of_branch(run: Run, after: int, change: int) -> Iterator[ContainerWrite]:
    """What is to be read of the branch that a change stands in; without one, of all below `after`.

    Widgets do not count.
    """
    first = next(iter(headers_of(run, change)), 0)
    for each in run.writes:
        step = run.step_of(each)
        if each.widget_id or each.step <= after or step <= first:
            continue
        if not first or first in headers_of(run, step):
            yield each


def _plain(text: str) -> str:
    """A text without what its representation adds to it."""
    return " ".join(text.replace("\\n", " ").replace("\\'", "'").replace('\\"', '"').split())


def of_key(key: str) -> Callable[[Slice], bool]:
    """Says whether a key of session state was used."""
    return lambda used: key in used.keys()  # noqa: SIM118


def of_name(name: str) -> Callable[[Slice], bool]:
    """Says whether a name was used."""
    return lambda used: any(link.via is Via.NAME and link.name == name for link in used.links)
